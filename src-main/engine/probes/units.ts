// Finds the units whose activation separates positions with a property from the rest. Units are ranked by AUC on the first half of a text
// and reported on the second; circularly shifted labels give the best AUC expected by chance among all units.
import { UnrollError } from '../../contract/errors.ts'
import type { Predicate, UnitRanking, UnitScore } from '../../contract/inspect.ts'
import { largest } from '../../contract/longLists.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { refuseNonText, openReader, sequenceOf, type TrainedModel } from './model.ts'
import { predicateLabels } from './predicates.ts'
import { runOverText, chunkLength } from './record.ts'
import { encodeTyped } from '../generation/sample.ts'
import { signalOf } from './signals.ts'
import { areaUnderCurve, bestThreshold, f1At, rankValues } from './separation.ts'

/** Number of first symbols left out, since the state starts at zero. */
const warmUp = 100
const shifts = 4
/** Largest number of values of one signal, and of all signals recorded in one run over the text. */
const maxValues = 2 ** 27
const maxValuesPerRun = 2 ** 25

/** Options of a search. */
export interface UnitSearch {
  text: string
  predicate: Predicate
  /** Ids of signals; all signals of the cell by default. */
  signals?: string[] | undefined
  top: number
}

interface Half {
  from: number
  to: number
  labels: Uint8Array
  /** Labels of this half after circular shifts of the whole text's labels, for the null distribution. */
  shifted: Uint8Array[]
}

/** Ranks units by AUC; throws E_ARG if the predicate never or always holds in one half, and for unknown signals or symbols, E_TOO_LARGE for very long texts. */
export function findUnits(model: TrainedModel, { text, predicate, signals, top }: UnitSearch): UnitRanking {
  refuseNonText(model, 'find')
  const network = sequenceOf(model)
  const { symbols } = model
  const wanted =
    signals?.map((id) => signalOf(network, id).id) ??
    network.cell.signals.filter((s) => !s.ordersAs).map((s) => s.id)
  const { ids, symbols: tokens, spaces } = encodeTyped(text, symbols, 'text')
  const first = Math.min(warmUp, Math.floor(ids.length / 10))
  const labels = predicateLabels(predicate, tokens, spaces).subarray(first)
  const halves = splitHalves(labels, predicate)
  const units = largest(network.layers.map(({ outputSize }) => outputSize))
  if (ids.length * units > maxValues || ids.length >= 2 ** 20) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units} units exceed the limit; at most ${Math.min(2 ** 20, Math.floor(maxValues / units))}.`,
      { path: 'text' },
    )
  }
  const found: { rankAuc: number; score: UnitScore }[] = []
  let nullAuc = 0
  // As many signals per reading as memory allows.
  const together = Math.max(1, Math.floor(maxValuesPerRun / (ids.length * units)))
  for (let layer = 0; layer < network.layers.length; layer++) {
    for (let from = 0; from < wanted.length; from += together) {
      const columns = record(model, network, ids, layer, wanted.slice(from, from + together), first)
      for (const { signal, unit, values } of columns) {
        const { rankAuc, chance, ...score } = scoreUnit(values, halves)
        found.push({ rankAuc, score: { layer, signal, unit, ...score } })
        nullAuc = Math.max(nullAuc, chance)
      }
    }
  }
  // Chosen by the first half alone; what is reported, and sorted by, comes from the second.
  found.sort((a, b) => b.rankAuc - a.rankAuc)
  const chosen = found.slice(0, top).map(({ score }) => score)
  const positives = labels.reduce((sum, label) => sum + label, 0)
  return {
    predicate,
    positions: labels.length,
    positives,
    nullAuc,
    scores: chosen.sort((a, b) => b.auc - a.auc),
    step: model.step,
  }
}

function splitHalves(labels: Uint8Array, predicate: Predicate): [ranking: Half, reporting: Half] {
  const middle = Math.floor(labels.length / 2)
  const far = Math.min(2000, Math.floor(labels.length / 10))
  const moved = Array.from({ length: shifts }, (_, s) => {
    const by = far + Math.floor(((labels.length - 2 * far) * s) / shifts)
    return labels.map((_, t) => labels[(t + by) % labels.length]!)
  })
  const half = (from: number, to: number): Half => ({
    from,
    to,
    labels: labels.slice(from, to),
    shifted: moved.map((m) => m.slice(from, to)),
  })
  const halves: [Half, Half] = [half(0, middle), half(middle, labels.length)]
  for (const { labels: part } of halves) {
    const yes = part.reduce((sum, label) => sum + label, 0)
    if (yes === 0 || yes === part.length) {
      throw new UnrollError(
        'E_ARG',
        `predicate: "${predicate}" ${yes === 0 ? 'never' : 'always'} holds in one half of this text. Use a longer text or another predicate.`,
        { path: 'predicate' },
      )
    }
  }
  return halves
}

/** Records signals of one layer over the text without its first symbols: one array of values per signal and unit. */
function record(
  model: TrainedModel,
  network: SequenceNetwork,
  ids: Int32Array,
  layer: number,
  signals: readonly string[],
  first: number,
) {
  const units = network.layers[layer]!.outputSize
  const stepsPerOutput = network.subsample ** (layer + 1)
  const steps = chunkLength(network, ids.length)
  const columns = signals.flatMap((signal) =>
    Array.from({ length: units }, (_, unit) => ({
      signal,
      unit,
      values: new Float32Array(ids.length - first),
    })),
  )
  const executable = openReader(model, {
    extent: [steps],
    outputs: false,
    watch: ({ index }, s) => index === layer && signals.includes(s),
  })
  runOverText(executable, ids, steps, (from, count) => {
    signals.forEach((signal, s) => {
      const values = executable.read(signalKey({ index: layer }, signal))
      for (let unit = 0; unit < units; unit++) {
        const column = columns[s * units + unit]!.values
        for (let t = Math.max(0, first - from); t < count; t++)
          column[from + t - first] = values[Math.floor(t / stepsPerOutput) * units + unit]!
      }
    })
  })
  executable.dispose()
  return columns
}

function scoreUnit(values: Float32Array, [ranking, reporting]: [Half, Half]) {
  const rankingValues = values.slice(ranking.from, ranking.to)
  const reportingValues = values.slice(reporting.from, reporting.to)
  const earlyRanks = rankValues(rankingValues)
  const lateRanks = rankValues(reportingValues)
  /** AUC on both halves; the sign (active or inactive on positives) is chosen on the first half. */
  const orientedAuc = (a: Uint8Array, b: Uint8Array) => {
    const up = areaUnderCurve(earlyRanks, a)
    const sign: 1 | -1 = up >= 0.5 ? 1 : -1
    const then = areaUnderCurve(lateRanks, b)
    return { sign, rankAuc: sign > 0 ? up : 1 - up, auc: sign > 0 ? then : 1 - then }
  }
  const { sign, rankAuc, auc } = orientedAuc(ranking.labels, reporting.labels)
  const threshold = bestThreshold(rankingValues, earlyRanks, ranking.labels, sign)
  const chances = ranking.shifted.map((labels, s) => orientedAuc(labels, reporting.shifted[s]!).auc)
  return {
    rankAuc,
    auc,
    sign,
    threshold,
    f1: f1At(reportingValues, reporting.labels, threshold, sign),
    chance: Math.max(largest(chances.filter((c) => !Number.isNaN(c))), 0),
  }
}
