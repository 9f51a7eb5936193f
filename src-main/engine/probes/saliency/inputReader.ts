// Reads variants of one example side by side: input vectors at P places (steps or pixels) in, K answers and the gradients of one of them out.
import { compile } from '../../compile/compile.ts'
import { grad } from '../../compile/grad.ts'
import type { Node } from '../../graph/node.ts'
import { input, mul, reshape, sum } from '../../graph/ops.ts'
import { unitCount } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { weightNodes } from '../../nn/weights.ts'
import { withWeights, type TrainedModel } from '../model.ts'
import { runStep } from '../stepStates.ts'

const maxRows = 256
/** Largest number of inputs and unit values of the variants that are read at once. */
const maxValues = 2 ** 22
/** Values that a unit keeps at each place, about. */
const valuesPerUnit = 8

/** An example as input vectors, and the graph of one answer to it. */
export interface InputReader {
  kind: 'class' | 'number'
  /** Names of the K answers. */
  names: readonly string[]
  places: number
  /** Numbers of an input vector. */
  size: number
  /** The example as it is, (P, I). */
  vectors: Float64Array
  /** Input vectors (P, B, I) -> answers (B, K). */
  answers(weights: Weights, x: Node): Node
}

/** What was read, a row per variant. */
export interface Readings {
  /** K answers each. */
  answers: Float64Array[]
  /** d (weighted sum of the answers) / d (input vectors), (P, I) each; empty without weights. */
  gradients: Float64Array[]
}

/** Reads `rows` variants; `variant(row)` is the (P, I) input vectors of one. With `by`, a weight per answer, also the gradients of their sum. */
export function readVariants(
  model: TrainedModel,
  reader: InputReader,
  rows: number,
  variant: (row: number) => Float64Array,
  by?: readonly number[],
): Readings {
  const { places, size, names } = reader
  const width = widthFor(model, reader, rows)
  const x = input('x', [places, width, size])
  const answers = reader.answers(weightNodes(model.network), x)
  const outputs: Record<string, Node> = { answers }
  if (by)
    outputs.gradient = grad(sum(mul(answers, reshape(input('by', [names.length]), [1, names.length]))), [
      x,
    ])[0]!
  const executable = withWeights(model, compile({ outputs }))
  const readings: Readings = { answers: [], gradients: [] }
  const xs = new Float64Array(places * width * size)
  try {
    if (by) executable.write('by', by)
    for (let from = 0; from < rows; from += width) {
      const count = Math.min(width, rows - from)
      for (let r = 0; r < count; r++) {
        const vectors = variant(from + r)
        for (let p = 0; p < places; p++)
          xs.set(vectors.subarray(p * size, (p + 1) * size), (p * width + r) * size)
      }
      executable.write('x', xs)
      runStep(executable)
      const read = executable.read('answers')
      const gradients = by && executable.read('gradient')
      for (let r = 0; r < count; r++) {
        readings.answers.push(Float64Array.from(read.subarray(r * names.length, (r + 1) * names.length)))
        if (gradients) readings.gradients.push(rowOf(gradients, r, width, places, size))
      }
      model.control?.progress?.(from + count, rows)
    }
    return readings
  } finally {
    executable.dispose()
  }
}

/** Variants that are read at once. */
function widthFor(model: TrainedModel, { places, size }: InputReader, rows: number): number {
  const perPlace = size + valuesPerUnit * unitCount(model.network)
  return Math.max(1, Math.min(rows, maxRows, Math.floor(maxValues / (places * perPlace))))
}

/** Row r of values (P, B, I) as (P, I). */
function rowOf(
  values: Float32Array | Float64Array,
  r: number,
  width: number,
  places: number,
  size: number,
): Float64Array {
  const own = new Float64Array(places * size)
  for (let p = 0; p < places; p++)
    own.set(values.subarray((p * width + r) * size, (p * width + r + 1) * size), p * size)
  return own
}
