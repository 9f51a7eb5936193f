// Training of an autoregressive model of images in reading order: p(x) = product of p(x_i | x_<i) (van den Oord et al. 2016), with the
// cross-entropy of gray levels. Its samples over training are generated and completed images.
import { isLargest } from '../../graph/argmax.ts'
import { crossEntropy, input, sum } from '../../graph/ops.ts'
import { meanCrossEntropy } from '../../nn/losses.ts'
import { imageReadout, traceImage } from '../../nn/imageTrace.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { pixelReader, sampleImages } from '../../generation/images.ts'
import {
  imageBatch,
  imageNetwork,
  imagesPerEpoch,
  trainedGraph,
  validation,
  validationImage,
} from '../images/image.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { ImageData } from '../images/data.ts'

/** Images of one sample: generated from nothing, and completed from the upper half of validation images. */
const samples = { free: 4, completed: 4 }

/** The task of a pixel model; throws E_CONFIG_*. */
export function pixelTask(config: ConfigOf<ImageData>): Task {
  const { data } = config
  const { size } = data
  const { batch } = config.train
  const network = imageNetwork(config, { outputs: config.data.levels, causal: true })
  const trainBatch = imageBatch(data, batch)
  const validationBatch = imageBatch(data, validation.images)
  const outputs = (weights: Weights, columns: number, training: boolean, perturb?: Perturb) => {
    const pixels = input('pixels', [size, size, columns])
    const trace = traceImage(network, weights, pixels, { training, perturb })
    return { pixels, trace, logits: imageReadout(weights, trace.features) }
  }
  const validationPixels = size * size * validation.images * validation.runs
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: Math.max(1, Math.floor(imagesPerEpoch / batch)),
    stepsPerRun: 1,
    symbolsPerStep: size * size * batch,
    symbols: { train: imagesPerEpoch * size * size, validation: validationPixels },
    warnings: [],
    graph(weights, _bucket, perturb) {
      const { pixels, trace, logits } = outputs(weights, batch, true, perturb)
      return trainedGraph(network, trace, meanCrossEntropy(logits, pixels), logits)
    },
    feed(executable, step) {
      trainBatch.train(config.seed, step)
      executable.write('pixels', trainBatch.pixels)
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
        validationBatch.validate(run * validation.images)
        executable.write('pixels', validationBatch.pixels)
      },
      metrics: ({ loss, right }) => ({
        'val/loss': loss! / validationPixels,
        'val/bits_per_pixel': loss! / validationPixels / Math.LN2,
        'val/accuracy': right! / validationPixels,
      }),
    },
    images: {
      graph: (weights) => pixelReader(network, weights, size, samples.free + samples.completed),
      draw(executable) {
        const rows = Math.ceil(size / 2)
        const given = Array.from({ length: samples.free + samples.completed }, (_, b) =>
          b < samples.free ? undefined : { pixels: validationImage(data, b - samples.free).pixels, rows },
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
