// Matches the units of a model to those of another model by the correlation of their values over the same text (MaxCorr: Bau et al.,
// arXiv 1811.01157), with the baseline of rotated units (Gurnee et al. 2024). It compares values, not weights.
import { UnrollError } from '../../contract/errors.ts'
import type { CorrelatedUnit, UnitMatching } from '../../contract/analyses.ts'
import { encodeTyped } from '../generation/sample.ts'
import { initialValues } from '../nn/initialise.ts'
import { assign } from './assignment.ts'
import { CrossSums } from './correlation.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { allLayers, streamSignal, unitsOf, warmUpOf } from './signalRows.ts'
import { readableSignal } from './signals.ts'

const maxUnits = 1024
/** Largest number of values kept of the first model, symbols * units. */
const maxValues = 2 ** 26
/** Largest number of products of two values. */
const maxProducts = 2 ** 36

/** Options of a matching. */
export interface MatchOptions {
  text: string
  other: TrainedModel
  signal: string
  otherSignal?: string | undefined
  seed: number
}

/**
 * Correlates every unit of `model` with every unit of `other` over `text`. Throws E_ARG for unknown signals and symbols, and if the two models
 * read the text as different symbols; E_TOO_LARGE beyond 1024 units.
 */
export function matchUnits(
  model: TrainedModel,
  { text, other, signal, otherSignal = signal, seed }: MatchOptions,
): UnitMatching {
  const [a, b] = [sideOf(model, text, signal, ''), sideOf(other, text, otherSignal, 'other.')]
  if (a.symbols.length !== b.symbols.length || a.unit !== b.unit)
    throw new UnrollError(
      'E_ARG',
      `other: the two runs read this text differently, as ${a.symbols.length} ${a.unit}s and ${b.symbols.length} ${b.unit}s. Choose runs with the same tokenisation.`,
      { path: 'other' },
    )
  const products = b.units.length * (a.units.length + b.units.length)
  if (a.ids.length * products > maxProducts)
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${a.ids.length} symbols for ${a.units.length} and ${b.units.length} units are too much work; at most ${Math.floor(maxProducts / products)}.`,
      { path: 'text' },
    )
  const sums = correlate(a, b)
  const [n, m] = [a.units.length, b.units.length]
  const correlations = sums.correlations()
  const q = initialValues(
    { shape: [m, m], role: 'recurrent', gates: 1, initializer: { kind: 'identity', scale: 1 } },
    'orthogonal',
    seed,
    0,
  )
  const rotated = sums.rotated(q)
  const sizes = correlations.map(Math.abs)
  const partners = assign(sizes, n, m)
  const unitAt = (j: number, k: number): CorrelatedUnit => ({
    ...b.units[k]!,
    correlation: correlations[j * m + k]!,
  })
  const bestOfOther = b.units.map((_, k) => largestAt(n, (j) => sizes[j * m + k]!))
  const units = a.units.map((unit, j) => {
    const k = largestAt(m, (i) => sizes[j * m + i]!)
    const best = unitAt(j, k)
    const baseline = Math.abs(rotated[j * m + largestAt(m, (i) => Math.abs(rotated[j * m + i]!))]!)
    return {
      ...unit,
      best,
      mutual: bestOfOther[k] === j,
      assigned: partners[j]! < 0 ? null : unitAt(j, partners[j]!),
      rotated: baseline,
      excess: Math.abs(best.correlation) - baseline,
    }
  })
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    signal,
    otherSignal,
    positions: sums.count,
    means: {
      best: mean(units.map(({ best }) => Math.abs(best.correlation))),
      assigned: mean(units.flatMap(({ assigned }) => (assigned ? [Math.abs(assigned.correlation)] : []))),
      rotated: mean(units.map((unit) => unit.rotated)),
    },
    units: units.sort((x, y) => Math.abs(y.best.correlation) - Math.abs(x.best.correlation)),
    otherUnits: b.units,
    correlations: Float32Array.from(correlations),
    seed,
    step: model.step,
    otherStep: other.step,
  }
}

/** One of the two models with the text as it reads it; `prefix` is that of its fields in errors. */
function sideOf(model: TrainedModel, text: string, signal: string, prefix: string) {
  refuseNonText(model, 'match')
  const network = sequenceOf(model)
  const id = readableSignal(network, signal).id
  const { ids, symbols } = encodeTyped(text, model.symbols, 'text')
  const units = unitsOf(network, allLayers(network))
  if (units.length > maxUnits)
    throw new UnrollError(
      'E_TOO_LARGE',
      `${prefix}id: ${units.length} units exceed the limit of ${maxUnits} for a matching.`,
      { path: `${prefix}id` },
    )
  if (ids.length * units.length > maxValues)
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units.length} units exceed the limit; at most ${Math.floor(maxValues / units.length)}.`,
      { path: 'text' },
    )
  return { model, ids, symbols, units, signal: id, unit: model.symbols.unit }
}

type Side = ReturnType<typeof sideOf>

/** Sums over the text without its first symbols. The rows of the first model are kept, those of the second are streamed. */
function correlate(a: Side, b: Side): CrossSums {
  const [n, m] = [a.units.length, b.units.length]
  const sums = new CrossSums(n, m)
  const rowsOfA = rowsOf(a)
  const first = warmUpOf(a.ids.length)
  let [columnsA, columnsB] = [new Float64Array(0), new Float64Array(0)]
  streamSignal(b.model, b.ids, b.signal, allLayers(sequenceOf(b.model)), (rows, from, count) => {
    if (columnsB.length < count * m)
      [columnsA, columnsB] = [new Float64Array(count * n), new Float64Array(count * m)]
    const start = Math.max(0, first - from)
    if (start >= count) return
    toColumns(rowsOfA, (from + start) * n, n, count - start, columnsA)
    toColumns(rows, start * m, m, count - start, columnsB)
    sums.add(columnsA, columnsB, count - start, count - start)
  })
  return sums
}

/** Transposes `count` rows of `width` values from index `at` on. */
function toColumns(
  rows: Float32Array,
  at: number,
  width: number,
  count: number,
  columns: Float64Array,
): void {
  for (let t = 0; t < count; t++)
    for (let u = 0; u < width; u++) columns[u * count + t] = rows[at + t * width + u]!
}

function rowsOf({ model, ids, signal, units }: Side): Float32Array {
  const all = new Float32Array(ids.length * units.length)
  streamSignal(model, ids, signal, allLayers(sequenceOf(model)), (rows, from, count) =>
    all.set(rows.subarray(0, count * units.length), from * units.length),
  )
  return all
}

/** Index of the largest of `length` values, the first of equal ones. */
function largestAt(length: number, valueAt: (i: number) => number): number {
  let best = 0
  for (let i = 1; i < length; i++) if (valueAt(i) > valueAt(best)) best = i
  return best
}
