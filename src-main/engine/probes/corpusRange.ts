// The colour range of a signal over a run's own text instead of the part that is shown, so that colours mean the same on every part.
import type { TextLine } from '../tasks/index.ts'
import { inspectedSequences } from './inspectedSequences.ts'
import { sequenceOf, type TrainedModel } from './model.ts'
import { recordSignal } from './recordings/signals.ts'
import { colourRange, readableSignal } from './signals.ts'

/** Most sequences that are read: held-out lines of a run on lines. */
const mostSequences = 40

export interface Corpus {
  text: string
  lines?: (() => readonly TextLine[]) | undefined
}

interface Range {
  lo: number
  hi: number
}
/** By the weights of the checkpoint. */
const known = new WeakMap<TrainedModel['weights'], Map<string, Range>>()

/** The range by `colourRange` over the corpus, read once per model, layer and signal. Gates and bounded signals need no reading. */
export function corpusRange(
  model: TrainedModel,
  { layer, signal: id }: { layer: number; signal: string },
  corpus: () => Corpus,
): Range {
  const signal = readableSignal(sequenceOf(model), id)
  if (signal.kind !== 'free') return colourRange(signal, new Float32Array())
  const ranges = known.get(model.weights) ?? new Map<string, Range>()
  known.set(model.weights, ranges)
  const key = `${layer} ${id}`
  const range = ranges.get(key) ?? colourRange(signal, valuesOver(model, layer, id, corpus()))
  ranges.set(key, range)
  return range
}

/** All values of a signal over the corpus, unit by unit. */
function valuesOver(model: TrainedModel, layer: number, signal: string, corpus: Corpus): Float32Array {
  const sequences = inspectedSequences(model, corpus).slice(0, mostSequences)
  const { units, length, column } = recordSignal(
    model,
    sequences.map(({ ids }) => ids),
    { layer, signal },
  )
  const values = new Float32Array(units * length)
  for (let unit = 0; unit < units; unit++) values.set(column(unit), unit * length)
  return values
}
