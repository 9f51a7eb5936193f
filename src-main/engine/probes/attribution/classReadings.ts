// Whole texts read by a classifier, many rows of input vectors at once: log p of every class, and the gradients of log p of one class by all
// input vectors, or by the features that are pooled.
import { compile } from '../../compile/compile.ts'
import { grad } from '../../compile/grad.ts'
import type { Node } from '../../graph/node.ts'
import { crossEntropy, input, mul, sum } from '../../graph/ops.ts'
import { inputSize, stateSize } from '../../generation/stepProgram.ts'
import { probabilities } from '../../generation/sample.ts'
import { classLogits, readout } from '../../nn/ends.ts'
import { pool } from '../../nn/pool.ts'
import { weightNodes } from '../../nn/weights.ts'
import { answerLogits, type ExampleNetwork } from '../../tasks/examples/network.ts'
import { withWeights, type TrainedModel } from '../model.ts'
import { runStep } from '../stepStates.ts'

const maxRows = 256
/** Largest number of inputs and states of the texts that are read at once. */
const maxValues = 2 ** 22

/** What a classifier makes of R texts of T symbols. */
export interface ClassReadings {
  /** log p of every class, for each text. */
  logProbabilities: Float64Array[]
  /** d log p(class) / d (input vectors), (T, I), for each text; empty without a class. */
  gradients: Float64Array[]
}

/** d log p(class) / d values, for one class per row. */
const gradientOf = (network: ExampleNetwork, logits: Node, values: Node): Node =>
  grad(mul(sum(crossEntropy(classLogits(network, logits), input('class', [logits.shape[0]!]))), -1), [
    values,
  ])[0]!

/** Reads `rows` texts of `length` input vectors each, `vectorAt(row, t)` of size I; with `target` also the gradients of log p of that class. */
export function readClasses(
  model: TrainedModel,
  network: ExampleNetwork,
  length: number,
  rows: number,
  vectorAt: (row: number, t: number) => ArrayLike<number>,
  target?: number,
): ClassReadings {
  const [size, classes] = [inputSize(network), network.output.size]
  const fitting = Math.floor(maxValues / (length * (size + 4 * stateSize(network))))
  const width = Math.max(1, Math.min(rows, maxRows, fitting))
  const x = input('x', [length, width, size])
  const dense: ExampleNetwork = { ...network, input: { kind: 'dense', size } }
  const weights = weightNodes(network)
  const logits = answerLogits(dense, weights, { x, mask: undefined })
  const outputs: Record<string, Node> = { logits: classLogits(network, logits) }
  if (target !== undefined) outputs.gradient = gradientOf(network, logits, x)
  const executable = withWeights(model, compile({ outputs }))
  const readings: ClassReadings = { logProbabilities: [], gradients: [] }
  const xs = new Float64Array(length * width * size)
  try {
    if (target !== undefined) executable.write('class', new Float64Array(width).fill(target))
    for (let from = 0; from < rows; from += width) {
      const count = Math.min(width, rows - from)
      for (let t = 0; t < length; t++)
        for (let r = 0; r < count; r++) xs.set(vectorAt(from + r, t), (t * width + r) * size)
      executable.write('x', xs)
      runStep(executable)
      const read = executable.read('logits')
      const gradients = target === undefined ? null : executable.read('gradient')
      for (let r = 0; r < count; r++) {
        readings.logProbabilities.push(
          probabilities(read.subarray(r * classes, (r + 1) * classes), 1).map(Math.log),
        )
        if (!gradients) continue
        const own = new Float64Array(length * size)
        for (let t = 0; t < length; t++)
          own.set(gradients.subarray((t * width + r) * size, (t * width + r + 1) * size), t * size)
        readings.gradients.push(own)
      }
    }
    return readings
  } finally {
    executable.dispose()
  }
}

/** d log p(target) / d (features after each symbol), (D) each, of the pooling and the output layer. */
export function featureGradients(
  model: TrainedModel,
  network: ExampleNetwork,
  features: readonly Float64Array[],
  target: number,
): Float64Array[] {
  const size = network.features
  const weights = weightNodes(network)
  const all = input('features', [features.length, 1, size])
  const pooled = pool(network.pooling, network, weights, { features: all, mask: undefined })
  const gradient = gradientOf(network, readout(network, weights, pooled), all)
  const executable = withWeights(model, compile({ outputs: { gradient } }))
  try {
    executable.write('class', [target])
    executable.write(
      'features',
      features.flatMap((one) => [...one]),
    )
    runStep(executable)
    const values = Float64Array.from(executable.read('gradient'))
    return features.map((_, t) => values.subarray(t * size, (t + 1) * size))
  } finally {
    executable.dispose()
  }
}
