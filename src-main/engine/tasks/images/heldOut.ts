// The validation images: one class per image, or the gray level of every pixel.
import { argmax } from '../../graph/argmax.ts'
import type { Node } from '../../graph/node.ts'
import { crossEntropy, eq, input, logSoftmax, mean, reshape, slice, softmax } from '../../graph/ops.ts'
import { grayImageOf } from '../../generation/images.ts'
import { largestFirst } from '../../generation/sample.ts'
import type { ImageNetwork } from '../../nn/imageNetwork.ts'
import { imageReadout, traceImage } from '../../nn/imageTrace.ts'
import type { Model } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { HeldOut } from '../heldOut.ts'
import type { ImageData } from './data.ts'
import { trainingLevels, validation, validationImage } from './image.ts'

const features = (model: Model, weights: Weights, pixels: Node): Node =>
  traceImage(model as ImageNetwork, weights, pixels).features

/** The validation images of a configuration; `classes` of whole images, or null: the gray level of each pixel is predicted. */
export function heldOutImages(config: ConfigOf<ImageData>, classes: readonly string[] | null): HeldOut {
  const { data } = config
  const { size, levels } = data
  const places = size * size
  const ids = Array.from({ length: levels }, (_, level) => String(level))
  return {
    count: validation.runs * validation.images,
    dimensions: ['pixel'],
    ids,
    answers: { kind: 'class', names: classes ?? ids },
    training: () => Float64Array.from(trainingLevels(config)),
    example(index) {
      const { pixels } = validationImage(data, index)
      return {
        places,
        values: Float64Array.from(pixels),
        tokens: [],
        picture: { rows: size, columns: size, levels, pictures: [grayImageOf(pixels, 0, 1)] },
        at: classes ? null : places - 1,
      }
    },
    graph(model, weights, x, at) {
      const [, rows, width] = x.shape as [number, number, number]
      const all = features(model, weights, reshape(x, [size, size, rows, width]))
      const flat = reshape(all, [places, rows, all.shape[3]!])
      const own = at === null ? mean(flat, [0]) : reshape(slice(flat, 0, at, 1), [rows, all.shape[3]!])
      return logSoftmax(imageReadout(weights, own))
    },
    program(model, weights, numbers) {
      const count = numbers.length
      const images = numbers.map((n) => validationImage(data, n))
      const pixels = input('pixels', [size, size, count])
      const all = features(model, weights, pixels)
      const logits = imageReadout(weights, classes ? mean(all, [0, 1]) : all)
      const labels = classes ? input('labels', [count]) : pixels
      const byImage = (values: Node) => mean(reshape(values, [classes ? 1 : places, count]), [0])
      return {
        outputs: {
          loss: byImage(crossEntropy(logits, labels)),
          right: byImage(eq(argmax(logits), labels)),
          ...(classes && { p: softmax(logits) }),
        },
        write(executable) {
          const levelAt = (_: unknown, i: number) => images[i % count]!.pixels[Math.floor(i / count)]!
          executable.write('pixels', Array.from({ length: places * count }, levelAt))
          if (classes)
            executable.write(
              'labels',
              images.map(({ label }) => label),
            )
        },
        read(executable) {
          const [loss, right] = [executable.read('loss'), executable.read('right')]
          const p = classes && executable.read('p')
          return numbers.map((example, i) => {
            const one = { example, input: `image ${example}`, loss: loss[i]! }
            const share = `${Math.round(100 * right[i]!)} % of the pixels`
            if (!classes || !p) return { ...one, expected: '', predicted: share, right: null }
            const own = p.subarray(i * classes.length, (i + 1) * classes.length)
            const guess = largestFirst(own, 1)[0]!
            const { label } = images[i]!
            const predicted = `${classes[guess]} (${Math.round(100 * own[guess]!)} %)`
            return { ...one, expected: classes[label]!, predicted, right: guess === label }
          })
        },
      }
    },
  }
}
