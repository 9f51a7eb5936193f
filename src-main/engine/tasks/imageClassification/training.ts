// Training of image classification: scans from the corners, the mean of the states over all positions, one class per image. Its samples
// are held-out images with their predicted classes.
import { isLargest } from '../../graph/argmax.ts'
import type { Node } from '../../graph/node.ts'
import { crossEntropy, input, mean, softmax, sum } from '../../graph/ops.ts'
import { meanCrossEntropy } from '../../nn/losses.ts'
import { imageReadout, traceImage } from '../../nn/imageTrace.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { largestFirst } from '../../generation/sample.ts'
import { grayImageOf } from '../../generation/images.ts'
import {
  classesOf,
  imageBatch,
  imageNetwork,
  imagesPerEpoch,
  trainedGraph,
  validation,
} from '../images/image.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { ImageData } from '../images/data.ts'

const sampleImages = 8

/** The task of classifying images; throws E_CONFIG_DATA for a texture without classes. */
export function classTask(config: ConfigOf<ImageData>): Task {
  const { data } = config
  const { size } = data
  const { batch } = config.train
  const classes = classesOf(data)
  const network = imageNetwork(config, { outputs: classes.length, causal: false })
  const trainBatch = imageBatch(data, batch)
  const validationBatch = imageBatch(data, validation.images)
  const sampleBatch = imageBatch(data, sampleImages)
  /** Logits (B, V) of a batch of images: the output layer on the mean over positions. */
  const outputs = (weights: Weights, columns: number, training: boolean, perturb?: Perturb) => {
    const pixels = input('pixels', [size, size, columns])
    const trace = traceImage(network, weights, pixels, { training, perturb })
    const logits = imageReadout(weights, mean(trace.features, [0, 1]))
    return { trace, logits, labels: (): Node => input('labels', [columns]) }
  }
  const validationImages = validation.images * validation.runs
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: Math.max(1, Math.floor(imagesPerEpoch / batch)),
    stepsPerRun: 1,
    symbolsPerStep: size * size * batch,
    symbols: { train: imagesPerEpoch * size * size, validation: validationImages * size * size },
    warnings: [],
    graph(weights, _bucket, perturb) {
      const { trace, logits, labels } = outputs(weights, batch, true, perturb)
      return trainedGraph(network, trace, meanCrossEntropy(logits, labels()), logits)
    },
    feed(executable, step) {
      trainBatch.train(config.seed, step)
      executable.write('pixels', trainBatch.pixels)
      executable.write('labels', trainBatch.labels)
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
        validationBatch.validate(run * validation.images)
        executable.write('pixels', validationBatch.pixels)
        executable.write('labels', validationBatch.labels)
      },
      metrics: ({ loss, right }) => ({
        'val/loss': loss! / validationImages,
        'val/accuracy': right! / validationImages,
      }),
    },
    images: {
      graph: (weights) => ({
        outputs: { p: softmax(outputs(weights, sampleImages, false).logits) },
        carry: [],
      }),
      draw(executable) {
        sampleBatch.validate(0)
        executable.write('pixels', sampleBatch.pixels)
        executable.run({ seed: [0, 0], step: 0 })
        const p = executable.read('p')
        const pictures = Array.from(sampleBatch.labels, (label, b) => {
          const probabilities = p.subarray(b * classes.length, (b + 1) * classes.length)
          const guess = largestFirst(probabilities, 1)[0]!
          const predicted = `${classes[guess]} (${Math.round(100 * probabilities[guess]!)} %)`
          const caption = guess === label ? predicted : `${predicted}, is ${classes[label]}`
          return { ...grayImageOf(sampleBatch.pixels, b, sampleImages), caption, wrong: guess !== label }
        })
        return { rows: size, columns: size, levels: data.levels, pictures }
      },
    },
  }
}
