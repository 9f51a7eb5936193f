// Finds the units whose activation separates positions where a predicate holds from the rest, or follows a number. Units are ranked on the first
// half of a text and reported on the second, beside what chance, the symbol alone and all units together reach.
import { quotable, UnrollError } from '../../../contract/errors.ts'
import type { GradedRanking, LabelRanking, UnitRanking, UnitScore } from '../../../contract/inspect.ts'
import { largest } from '../../../contract/longLists.ts'
import { kindOf } from '../../../contract/predicate/expression.ts'
import { parsePredicate } from '../../../contract/predicate/parse.ts'
import type { TextLine } from '../../tasks/index.ts'
import { inspectedSequences } from '../inspectedSequences.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from '../model.ts'
import { valuesOf } from '../predicates/overSequences.ts'
import { readableSignal } from '../signals.ts'
import { correlations, standardised } from './correlate.ts'
import { halvesOf, targetsOf, type Target, type Targets } from './halves.ts'
import { recordUnits, type UnitColumn } from './recording.ts'
import { ridgePredictions } from './ridge.ts'
import { aucOf, screenLabels, screenUnit } from './screen.ts'

/** Number of first symbols left out of a single text, since the state starts at zero. */
const warmUp = 100

/** Options of a search. */
export interface UnitSearch {
  text: string
  /** Lines that are read instead of the text, each from a zero state. */
  lines?: (() => readonly TextLine[]) | undefined
  /** A predicate (contract/predicate). */
  predicate: string
  /** Ids of signals; all signals of the cell by default. */
  signals?: string[] | undefined
  top: number
}

/** Ranks units; throws E_ARG for a faulty predicate, one that is constant in one half, and unknown signals or symbols, E_TOO_LARGE for very long texts. */
export function findUnits(
  model: TrainedModel,
  { text, lines, predicate, signals, top }: UnitSearch,
): UnitRanking {
  refuseNonText(model, 'find')
  const network = sequenceOf(model)
  const expression = parsePredicate(predicate)
  const wanted =
    signals?.map((id) => readableSignal(network, id).id) ??
    network.cell.signals.filter((s) => !s.ordersAs).map((s) => s.id)
  const read = inspectedSequences(model, { text, lines })
  const types = Int32Array.from(read.flatMap(({ ids }) => [...ids]))
  const skip = lines ? 0 : Math.min(warmUp, Math.floor(types.length / 10))
  const values = valuesOf(expression, read)
  refuseWarmUp(values, skip, predicate)
  const targets = targetsOf(values.subarray(skip), types.subarray(skip), predicate)
  const columns = recordUnits(model, network, {
    sequences: read.map(({ ids }) => ids),
    signals: wanted,
    skip,
  })
  const facts = { predicate, positions: types.length - skip, units: columns.length, step: model.step }
  return kindOf(expression) === 'boolean'
    ? { ...facts, kind: 'boolean', ...rankLabels(model, columns, targets, top) }
    : { ...facts, kind: 'number', ...rankNumbers(model, columns, targets, top) }
}

function refuseWarmUp(values: Target, skip: number, predicate: string): void {
  if (values instanceof Float64Array || values.includes(1, skip) || !values.includes(1)) return
  throw new UnrollError(
    'E_ARG',
    `predicate: ${quotable(predicate)} holds in the first ${skip} symbols only, which are left out, since the state starts at zero. Choose a later part.`,
    { path: 'predicate' },
  )
}

/** The largest of some scores that are numbers; 0 without one. */
const best = (scores: readonly number[]): number =>
  largest([0, ...scores.filter((score) => !Number.isNaN(score))])
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Of each control the score of the unit that ranks first on it, as for the predicate itself; their mean. */
function controlScore(found: readonly { rank: number; score: number }[][]): number {
  const firsts = (found[0] ?? []).map((_, k) =>
    found.map((one) => one[k]!).reduce((a, b) => (b.rank > a.rank || Number.isNaN(a.rank) ? b : a)),
  )
  return mean(firsts.map(({ score }) => score).filter((score) => !Number.isNaN(score)))
}

function rankLabels(
  model: TrainedModel,
  columns: readonly UnitColumn[],
  targets: Targets,
  top: number,
): Pick<LabelRanking, 'positives' | 'nullAuc' | 'controlAuc' | 'dense' | 'scores'> {
  const predicate = targets.predicate as Uint8Array
  const labels = screenLabels(predicate)
  const shifted = targets.shifted.map((one) => screenLabels(one as Uint8Array))
  const perType = targets.perType.map((one) => screenLabels(one as Uint8Array))
  const found = columns.map((column) => {
    const unit = screenUnit(column)
    return {
      column,
      unit,
      ...unit.separation(labels),
      chance: best(shifted.map((one) => unit.separation(one).auc)),
      control: perType
        .map((one) => unit.separation(one))
        .map(({ rankAuc, auc }) => ({ rank: rankAuc, score: auc })),
    }
  })
  // Chosen by the first half alone; what is reported, and sorted by, comes from the second.
  found.sort((a, b) => b.rankAuc - a.rankAuc)
  const scores: UnitScore[] = found.slice(0, top).map(({ column, unit }) => {
    const { sign, auc, f1, threshold } = unit.score(labels)
    const { layer, signal, unit: index } = column
    return { layer, signal, unit: index, sign, auc, f1, threshold }
  })
  const [dense, ...controls] = densePredictions(model, columns, found[0]!.column, targets)
  const reported = [predicate, ...targets.perType].map((one) => halvesOf(one as Uint8Array, targets.cut)[1])
  const area = (scores: Float64Array, k: number) => aucOf(Float32Array.from(scores), reported[k]!)
  return {
    positives: predicate.reduce((sum, label) => sum + label, 0),
    nullAuc: best(found.map(({ chance }) => chance)),
    controlAuc: controlScore(found.map(({ control }) => control)),
    dense: {
      ...placeOf(found[0]!.column),
      auc: area(dense!, 0),
      controlAuc: mean(controls.map((one, k) => area(one, k + 1)).filter((one) => !Number.isNaN(one))),
    },
    scores: scores.sort((a, b) => b.auc - a.auc),
  }
}

const placeOf = ({ layer, signal }: UnitColumn) => ({ layer, signal })

/** Predictions of the predicate and of its controls from all units of the layer and signal of one of them. */
function densePredictions(
  { executor }: TrainedModel,
  columns: readonly UnitColumn[],
  { layer, signal }: UnitColumn,
  { predicate, cut, perType }: Targets,
): Float64Array[] {
  const units = columns.filter((one) => one.layer === layer && one.signal === signal)
  return ridgePredictions(executor, units, [predicate, ...perType], cut)
}

function rankNumbers(
  model: TrainedModel,
  columns: readonly UnitColumn[],
  targets: Targets,
  top: number,
): Pick<GradedRanking, 'nullCorrelation' | 'controlCorrelation' | 'dense' | 'scores'> {
  const all = [targets.predicate, ...targets.shifted, ...targets.perType].map(standardised)
  const firstControl = 1 + targets.shifted.length
  const found = columns.map((column) => {
    const each = correlations(column, all)
    const oriented = each.map(({ rankCorrelation: r, correlation }) => ({
      rank: Math.abs(r),
      score: r < 0 ? -correlation : correlation,
    }))
    return {
      column,
      ...each[0]!,
      chance: best(oriented.slice(1, firstControl).map(({ score }) => score)),
      control: oriented.slice(firstControl),
    }
  })
  found.sort((a, b) => Math.abs(b.rankCorrelation) - Math.abs(a.rankCorrelation))
  const scores = found
    .slice(0, top)
    .map(({ column: { layer, signal, unit }, rankCorrelation, correlation }) => ({
      layer,
      signal,
      unit,
      sign: rankCorrelation < 0 ? (-1 as const) : (1 as const),
      correlation,
    }))
  const predictions = densePredictions(model, columns, found[0]!.column, targets)
  const fits = [targets.predicate, ...targets.perType].map((target, k) =>
    correlationOf(predictions[k]!, halvesOf(standardised(target), targets.cut)[1]),
  )
  return {
    nullCorrelation: best(found.map(({ chance }) => chance)),
    controlCorrelation: controlScore(found.map(({ control }) => control)),
    dense: { ...placeOf(found[0]!.column), correlation: fits[0]!, controlCorrelation: mean(fits.slice(1)) },
    scores: scores.sort((a, b) => b.sign * b.correlation - a.sign * a.correlation),
  }
}

/** Pearson's correlation of values with numbers of mean 0 and variance 1. */
function correlationOf(values: Float64Array, target: Float64Array): number {
  const average = mean([...values])
  let product = 0
  let squares = 0
  values.forEach((value, t) => {
    product += (value - average) * target[t]!
    squares += (value - average) ** 2
  })
  return squares > 0 ? product / Math.sqrt(squares * values.length) : 0
}
