// Which unit tells positions with a property from the rest? Every unit of every signal is ranked on the first half of the text and
// reported on the second; shifting the property in a circle shows what chance gives among so many units.
import { UnrollError } from '../../contract/errors.ts'
import type { Predicate, UnitRanking, UnitScore } from '../../contract/inspect.ts'
import { largest } from '../../contract/longLists.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { checkReads, openReader, sequenceOf, type TrainedModel } from './model.ts'
import { holds } from './predicates.ts'
import { readThrough, stretchOf } from './record.ts'
import { encodeTyped } from '../generation/sample.ts'
import { signalOf } from './signals.ts'
import { areaUnderCurve, bestThreshold, f1At, rank } from './separation.ts'

/** First symbols left out: the state starts at zero there. */
const warmUp = 100
const shifts = 4
/** Most values of one signal, and of all signals that are recorded at a time. */
const maxValues = 2 ** 27
const valuesPerReading = 2 ** 25

export interface UnitQuestion {
  text: string
  predicate: Predicate
  /** All of the cell's when missing. */
  signals?: string[] | undefined
  top: number
}

interface Half {
  from: number
  to: number
  labels: Uint8Array
  /** The labels moved in a circle within the whole text, for chance. */
  shifted: Uint8Array[]
}

/** Throws E_ARG when the property never or always holds in one half, on unknown signals or symbols, E_TOO_LARGE on very long texts. */
export function findUnits(model: TrainedModel, { text, predicate, signals, top }: UnitQuestion): UnitRanking {
  checkReads(model, 'find')
  const network = sequenceOf(model)
  const { symbols } = model
  const wanted =
    signals?.map((id) => signalOf(network, id).id) ??
    network.cell.signals.filter((s) => !s.ordersAs).map((s) => s.id)
  const { ids, symbols: tokens, spaces } = encodeTyped(text, symbols, 'text')
  const first = Math.min(warmUp, Math.floor(ids.length / 10))
  const labels = holds(predicate, tokens, spaces).subarray(first)
  const halves = splitHalves(labels, predicate)
  const units = largest(network.layers.map(({ outputSize }) => outputSize))
  if (ids.length * units > maxValues || ids.length >= 2 ** 20) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units} units are too many to rank; at most ${Math.min(2 ** 20, Math.floor(maxValues / units))}.`,
      { path: 'text' },
    )
  }
  const found: { rankAuc: number; score: UnitScore }[] = []
  let nullAuc = 0
  // As many signals per reading as memory allows.
  const together = Math.max(1, Math.floor(valuesPerReading / (ids.length * units)))
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
        `predicate: "${predicate}" ${yes === 0 ? 'never' : 'always'} holds in one half of this text. Take a longer text or another property.`,
        { path: 'predicate' },
      )
    }
  }
  return halves
}

/** Signals of one layer over the text, a column per unit, without the warm-up. */
function record(
  model: TrainedModel,
  network: SequenceNetwork,
  ids: Int32Array,
  layer: number,
  signals: readonly string[],
  first: number,
) {
  const units = network.layers[layer]!.outputSize
  const held = network.subsample ** (layer + 1)
  const steps = stretchOf(network, ids.length)
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
  readThrough(executable, ids, steps, (from, count) => {
    signals.forEach((signal, s) => {
      const values = executable.read(signalKey({ index: layer }, signal))
      for (let unit = 0; unit < units; unit++) {
        const column = columns[s * units + unit]!.values
        for (let t = Math.max(0, first - from); t < count; t++)
          column[from + t - first] = values[Math.floor(t / held) * units + unit]!
      }
    })
  })
  executable.dispose()
  return columns
}

function scoreUnit(values: Float32Array, [ranking, reporting]: [Half, Half]) {
  const early = values.slice(ranking.from, ranking.to)
  const late = values.slice(reporting.from, reporting.to)
  const earlyRanks = rank(early)
  const lateRanks = rank(late)
  /** AUC on both halves in the direction that the first one shows. */
  const both = (a: Uint8Array, b: Uint8Array) => {
    const up = areaUnderCurve(earlyRanks, a)
    const sign: 1 | -1 = up >= 0.5 ? 1 : -1
    const then = areaUnderCurve(lateRanks, b)
    return { sign, rankAuc: sign > 0 ? up : 1 - up, auc: sign > 0 ? then : 1 - then }
  }
  const { sign, rankAuc, auc } = both(ranking.labels, reporting.labels)
  const threshold = bestThreshold(early, earlyRanks, ranking.labels, sign)
  const chances = ranking.shifted.map((labels, s) => both(labels, reporting.shifted[s]!).auc)
  return {
    rankAuc,
    auc,
    sign,
    threshold,
    f1: f1At(late, reporting.labels, threshold, sign),
    chance: Math.max(largest(chances.filter((c) => !Number.isNaN(c))), 0),
  }
}
