// What a test under filters needs of the held-out images: their pixels and classes, and the program of the network's answers to changed ones.
import type { Node } from '../../graph/node.ts'
import { input, softmax } from '../../graph/ops.ts'
import { classLogits } from '../../nn/ends.ts'
import type { Model } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import { traceExamples, type ExampleNetwork } from '../examples/network.ts'
import { white, type ImageSource } from './source.ts'

export interface FilterTest {
  rows: number
  columns: number
  classes: readonly string[]
  /** Held-out images. */
  count: number
  /** Accuracy on them of always giving the most frequent class of the training part. */
  majority: number
  image(index: number): { pixels: Uint8Array; label: number }
  /** Probabilities `p` (B, classes) of B images. */
  outputs(network: Model, weights: Weights, columns: number): Record<string, Node>
  /** Writes at most B images. */
  write(executable: Executable, images: readonly Uint8Array[]): void
}

/** The test of a source of images. */
export function filterTest({ set, cut, problem, stepsOf, baselines }: ImageSource): FilterTest {
  const size = set.rows * set.columns
  const channels = 'channels' in problem.input ? problem.input.channels : 1
  const steps = size / channels
  return {
    rows: set.rows,
    columns: set.columns,
    classes: set.classes,
    count: set.labels.length - cut,
    majority: baselines?.()['val/accuracy_majority'] ?? 0,
    image(index) {
      const at = cut + index
      return { pixels: set.pixels.subarray(at * size, (at + 1) * size), label: set.labels[at]! }
    },
    outputs(model, weights, columns) {
      const network = { pooling: 'last', ...model } as ExampleNetwork
      const x = input('numbers', [steps, columns, channels])
      const { logits } = traceExamples(network, problem, weights, { x, mask: undefined }, false)
      return { p: softmax(classLogits(network, logits)) }
    },
    write(executable, images) {
      const [, columns] = executable.program.slots.get('numbers')!.shape as [number, number, number]
      const x = new Float64Array(steps * columns * channels)
      images.forEach((pixels, b) => {
        const read = stepsOf(pixels)
        for (let t = 0; t < steps; t++)
          for (let i = 0; i < channels; i++)
            x[(t * columns + b) * channels + i] = read[t * channels + i]! / white
      })
      executable.write('numbers', x)
    },
  }
}
