// Which texture or digit an image shows: scans from the corners, the mean over all places, one answer. Shows held-out images with
// what the network takes them for.
import { isLargest } from '../../graph/argmax.ts'
import type { Node } from '../../graph/node.ts'
import { crossEntropy, input, mean, softmax, sum } from '../../graph/ops.ts'
import { meanCrossEntropy } from '../../nn/losses.ts'
import { imageReadout, traceImage } from '../../nn/imageTrace.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { largestFirst } from '../../generation/sample.ts'
import { grayImageOf } from '../../generation/images.ts'
import { classesOf, imageBatch, imageNetwork, imagesPerEpoch, trainedGraph, validation } from '../images/image.ts' // prettier-ignore
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { ImageData } from '../images/data.ts'

const shown = 8

export function classTask(config: ConfigOf<ImageData>): Task {
  const { data } = config
  const { size } = data
  const { batch } = config.train
  const classes = classesOf(data)
  const network = imageNetwork(config, { outputs: classes.length, causal: false })
  const own = imageBatch(data, batch)
  const held = imageBatch(data, validation.images)
  const some = imageBatch(data, shown)
  /** One row of logits (B, V) per image: the readout of the mean over places. */
  const outputs = (weights: Weights, columns: number, training: boolean, perturb?: Perturb) => {
    const pixels = input('pixels', [size, size, columns])
    const trace = traceImage(network, weights, pixels, { training, perturb })
    const logits = imageReadout(weights, mean(trace.features, [0, 1]))
    return { trace, logits, labels: (): Node => input('labels', [columns]) }
  }
  const heldImages = validation.images * validation.runs
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: Math.max(1, Math.floor(imagesPerEpoch / batch)),
    stepsPerRun: 1,
    symbolsPerStep: size * size * batch,
    symbols: { train: imagesPerEpoch * size * size, validation: heldImages * size * size },
    warnings: [],
    graph(weights, _bucket, perturb) {
      const { trace, logits, labels } = outputs(weights, batch, true, perturb)
      return trainedGraph(network, trace, meanCrossEntropy(logits, labels()), logits)
    },
    feed(executable, step) {
      own.train(config.seed, step)
      executable.write('pixels', own.pixels)
      executable.write('labels', own.labels)
    },
    evaluation: {
      runs: validation.runs,
      graph(weights) {
        const { logits, labels } = outputs(weights, validation.images, false)
        const ids = labels()
        return {
          outputs: { loss: sum(crossEntropy(logits, ids)), right: sum(isLargest(logits, ids)) },
          carry: [],
        }
      },
      feed(executable, run) {
        held.validate(run * validation.images)
        executable.write('pixels', held.pixels)
        executable.write('labels', held.labels)
      },
      metrics: ({ loss, right }) => ({ 'val/loss': loss! / heldImages, 'val/accuracy': right! / heldImages }),
    },
    images: {
      graph: (weights) => ({ outputs: { p: softmax(outputs(weights, shown, false).logits) }, carry: [] }),
      draw(executable) {
        some.validate(0)
        executable.write('pixels', some.pixels)
        executable.run({ seed: [0, 0], step: 0 })
        const p = executable.read('p')
        const pictures = Array.from(some.labels, (label, b) => {
          const mine = p.subarray(b * classes.length, (b + 1) * classes.length)
          const guess = largestFirst(mine, 1)[0]!
          const taken = `${classes[guess]} (${Math.round(100 * mine[guess]!)} %)`
          const caption = guess === label ? taken : `${taken}, is ${classes[label]}`
          return { ...grayImageOf(some.pixels, b, shown), caption, wrong: guess !== label }
        })
        return { rows: size, columns: size, levels: data.levels, pictures }
      },
    },
  }
}
