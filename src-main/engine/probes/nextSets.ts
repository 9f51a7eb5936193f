// What a network does with sequences of symbols: its state after each, and the set of next symbols that it predicts there.
import { UnrollError } from '../../contract/errors.ts'
import { probabilities } from '../generation/sample.ts'
import { sequenceOf, type TrainedModel } from './model.ts'
import type { TextSequence } from './sequences.ts'
import { streamSignal, unitsOf } from './signalRows.ts'

/** One sequence as the network read it. */
export interface SequenceStates {
  ids: Int32Array
  /** Values (T, units) of the signal. */
  values: Float32Array
  /** Ids of the symbols with more than the threshold's probability, ascending, joined by commas. */
  sets: string[]
  /** Positions before this one are not counted. */
  first: number
}

const maxValues = 2 ** 26

/** Reads each sequence from the zero state. Throws E_TOO_LARGE if symbols * units is too large. */
export function recordSets(
  model: TrainedModel,
  sequences: readonly TextSequence[],
  signal: string,
  layers: readonly number[],
  threshold: number,
): SequenceStates[] {
  const size = unitsOf(sequenceOf(model), layers).length
  const symbols = sequences.reduce((sum, { ids }) => sum + ids.length, 0)
  if (symbols * size > maxValues)
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${symbols} symbols of ${size} units exceed the limit; at most ${Math.floor(maxValues / size)}.`,
      { path: 'text' },
    )
  const classes = sequenceOf(model).output.size
  return sequences.map(({ ids, warmUp }) => {
    const values = new Float32Array(ids.length * size)
    const sets: string[] = []
    const onRows = (
      rows: Float32Array,
      from: number,
      count: number,
      logits?: Float32Array | Float64Array,
    ) => {
      values.set(rows.subarray(0, count * size), from * size)
      for (let t = 0; t < count; t++)
        sets.push(likely(logits!.subarray(t * classes, (t + 1) * classes), threshold))
    }
    streamSignal(model, ids, signal, layers, onRows, { logits: true })
    return { ids, values, sets, first: warmUp }
  })
}

function likely(logits: ArrayLike<number>, threshold: number): string {
  const set: number[] = []
  probabilities(logits, 1).forEach((p, id) => {
    if (p > threshold) set.push(id)
  })
  return set.join(',')
}
