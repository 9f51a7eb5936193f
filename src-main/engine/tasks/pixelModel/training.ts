// A model of images, pixel by pixel in reading order: p(x) = product of p(x_i | x_<i) (van den Oord et al. 2016). Cross-entropy of
// gray levels; bits per pixel. Shows drawn and completed images while it learns.
import { isLargest } from '../../graph/argmax.ts'
import { crossEntropy, input, sum } from '../../graph/ops.ts'
import { meanCrossEntropy } from '../../nn/losses.ts'
import { imageReadout, traceImage } from '../../nn/imageTrace.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { pixelReader, sampleImages } from '../../generation/images.ts'
import { imageBatch, imageNetwork, imagesPerEpoch, trainedGraph, validation, validationImage } from '../images/image.ts' // prettier-ignore
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { ImageData } from '../images/data.ts'

/** Images of one sample: the first half drawn freely, the second half completed from their upper half. */
const shown = { free: 4, completed: 4 }

export function pixelTask(config: ConfigOf<ImageData>): Task {
  const { data } = config
  const { size } = data
  const { batch } = config.train
  const network = imageNetwork(config, { outputs: config.data.levels, causal: true })
  const own = imageBatch(data, batch)
  const held = imageBatch(data, validation.images)
  const outputs = (weights: Weights, columns: number, training: boolean, perturb?: Perturb) => {
    const pixels = input('pixels', [size, size, columns])
    const trace = traceImage(network, weights, pixels, { training, perturb })
    return { pixels, trace, logits: imageReadout(weights, trace.features) }
  }
  const heldPixels = size * size * validation.images * validation.runs
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: Math.max(1, Math.floor(imagesPerEpoch / batch)),
    stepsPerRun: 1,
    symbolsPerStep: size * size * batch,
    symbols: { train: imagesPerEpoch * size * size, validation: heldPixels },
    warnings: [],
    graph(weights, _bucket, perturb) {
      const { pixels, trace, logits } = outputs(weights, batch, true, perturb)
      return trainedGraph(network, trace, meanCrossEntropy(logits, pixels), logits)
    },
    feed(executable, step) {
      own.train(config.seed, step)
      executable.write('pixels', own.pixels)
    },
    evaluation: {
      runs: validation.runs,
      graph(weights) {
        const { pixels, logits } = outputs(weights, validation.images, false)
        return {
          outputs: { loss: sum(crossEntropy(logits, pixels)), right: sum(isLargest(logits, pixels)) },
          carry: [],
        }
      },
      feed(executable, run) {
        held.validate(run * validation.images)
        executable.write('pixels', held.pixels)
      },
      metrics: ({ loss, right }) => ({
        'val/loss': loss! / heldPixels,
        'val/bits_per_pixel': loss! / heldPixels / Math.LN2,
        'val/accuracy': right! / heldPixels,
      }),
    },
    images: {
      graph: (weights) => pixelReader(network, weights, size, shown.free + shown.completed),
      draw(executable) {
        const rows = Math.ceil(size / 2)
        const given = Array.from({ length: shown.free + shown.completed }, (_, b) =>
          b < shown.free ? undefined : { pixels: validationImage(data, b - shown.free).pixels, rows },
        )
        return sampleImages(executable, {
          size,
          levels: data.levels,
          given,
          seed: config.seed,
          temperature: 1,
        })
      },
    },
  }
}
