// The card of one unit: what it does over a text, in numbers and in contexts. All of it comes from one reading of the text and the weights.
import type { SimilarUnit, UnitCard } from '../../contract/unitCard.ts'
import type { TextLine } from '../tasks/index.ts'
import { gateStory } from './gateStory.ts'
import { inspectedSequences } from './inspectedSequences.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { outgoingWeights } from './outgoingWeights.ts'
import { parseWhere } from './positions.ts'
import { valuesOf } from './predicates/overSequences.ts'
import { extremesOf, histogramOf, intervalsOf, splitHistogram } from './unitContexts.ts'
import { lags, recordUnit, type UnitRecord } from './unitRecord.ts'

const mostSimilar = 8

export interface UnitCardOptions {
  text: string
  /** Lines that are read instead of the text, each from a zero state. */
  lines?: (() => readonly TextLine[]) | undefined
  /** Index of the first symbol in the validation text; only passed on. */
  offset: number
  layer: number
  signal: string
  unit: number
  /** By which the histogram is split. */
  predicate?: string | undefined
  /** Symbols on each side of a context. */
  around: number
  /** Of the random contexts. */
  seed: number
}

/** The card of a unit; throws the errors of `recordUnit`. */
export function unitCard(model: TrainedModel, options: UnitCardOptions): UnitCard {
  const { layer, signal, unit, offset, predicate, around, seed, lines } = options
  refuseNonText(model, 'inspect')
  const sequences = inspectedSequences(model, options)
  const expression = predicate === undefined ? undefined : parseWhere(predicate, 'predicate')
  const record = recordUnit(model, sequences, options)
  const { values, correlations, autocorrelations } = record
  return {
    layer,
    signal,
    unit,
    units: sequenceOf(model).layers[layer]!.outputSize,
    step: model.step,
    positions: values.length,
    sequences: sequences.length,
    offset: lines ? 0 : offset,
    ...momentsOf(values),
    histogram: histogramOf(record),
    split: expression
      ? { predicate: predicate!, ...splitHistogram(record, valuesOf(expression, sequences)) }
      : null,
    ...extremesOf(record, around),
    intervals: intervalsOf(record, around, seed),
    autocorrelation: {
      lags: [...lags],
      unit: autocorrelations.map((of) => of[unit]!),
      median: autocorrelations.map(medianOf),
    },
    gates: record.saturation.map((gate) => saturationOf(gate, unit, values.length)),
    story: gateStory(record),
    outgoing: outgoingWeights(model, layer, unit),
    similar: similarUnits(correlations, layer, unit),
  }
}

/** Mean and standard deviation of the finite values; NaN without any. */
function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  const finite = values.filter(Number.isFinite)
  const mean = finite.reduce((sum, v) => sum + v, 0) / finite.length
  return { mean, deviation: Math.sqrt(finite.reduce((sum, v) => sum + (v - mean) ** 2, 0) / finite.length) }
}

/** The median without NaN; NaN if nothing remains. */
function medianOf(values: readonly number[]): number {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Shares of all positions at which a gate is below 0.1 and above 0.9 (Karpathy, Johnson and Fei-Fei 2015). */
function saturationOf(
  { id, closed, open }: UnitRecord['saturation'][number],
  unit: number,
  positions: number,
): UnitCard['gates'][number] {
  const share = (counts: readonly number[]) => counts.map((n) => n / positions)
  const layer = { closed: share(closed), open: share(open) }
  return { signal: id, closed: layer.closed[unit]!, open: layer.open[unit]!, layer }
}

function similarUnits(
  correlations: readonly (readonly number[])[],
  layer: number,
  unit: number,
): UnitCard['similar'] {
  const strongest = (units: SimilarUnit[]) =>
    units
      .filter(({ correlation }) => !Number.isNaN(correlation))
      .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
      .slice(0, mostSimilar)
  const all = correlations.flatMap((of, index) =>
    of.map((correlation, other) => ({ layer: index, unit: other, correlation })),
  )
  return {
    here: strongest(all.filter((one) => one.layer === layer && one.unit !== unit)),
    others: strongest(all.filter((one) => one.layer !== layer)),
  }
}
