// Records signals of all layers over sequences of symbols, a column of binned values per unit. The last recording is kept, so that another
// predicate on the same text needs no second reading.
import { UnrollError } from '../../../contract/errors.ts'
import { largest } from '../../../contract/longLists.ts'
import { signalKey } from '../../nn/model.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { openReader, type TrainedModel } from '../model.ts'
import { chunkLength, runOverText } from '../record.ts'
import { binValues, type BinnedValues } from './quantise.ts'

/** Largest number of values of one signal, of all signals read in one run over the text, and of a recording that is kept. */
const maxValues = 2 ** 27
const maxValuesPerRun = 2 ** 25
const maxKept = 2 ** 28

/** One unit of a recording. */
export interface UnitColumn extends BinnedValues {
  layer: number
  signal: string
  unit: number
}

/** What is recorded: the symbols of each sequence, read from a zero state; the first `skip` positions of all are left out. */
export interface Reading {
  sequences: readonly Int32Array[]
  signals: readonly string[]
  skip: number
}

let kept: { model: WeakRef<TrainedModel>; reading: Reading; columns: UnitColumn[] } | undefined

const isSame = (a: Reading, b: Reading): boolean =>
  a.skip === b.skip &&
  a.signals.join() === b.signals.join() &&
  a.sequences.length === b.sequences.length &&
  a.sequences.every((ids, s) => {
    const others = b.sequences[s]!
    return ids.length === others.length && ids.every((id, t) => id === others[t])
  })

/** The columns of all units of all layers, in order of layers, signals and units. Throws E_TOO_LARGE for very long texts. */
export function recordUnits(model: TrainedModel, network: SequenceNetwork, reading: Reading): UnitColumn[] {
  if (kept?.model.deref() === model && isSame(kept.reading, reading)) return kept.columns
  const length = reading.sequences.reduce((sum, ids) => sum + ids.length, 0)
  const units = largest(network.layers.map(({ outputSize }) => outputSize))
  if (length * units > maxValues || length >= 2 ** 20) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${length} symbols of ${units} units exceed the limit; at most ${Math.min(2 ** 20, Math.floor(maxValues / units))}.`,
      { path: 'text' },
    )
  }
  // As many signals per reading as memory allows.
  const together = Math.max(1, Math.floor(maxValuesPerRun / (length * units)))
  const columns: UnitColumn[] = []
  const { signals } = reading
  for (let layer = 0; layer < network.layers.length; layer++)
    for (let from = 0; from < signals.length; from += together)
      for (const column of recordLayer(model, network, reading, layer, signals.slice(from, from + together)))
        columns.push(column)
  const bytes = columns.length * length
  kept = bytes <= maxKept ? { model: new WeakRef(model), reading, columns } : undefined
  return columns
}

/** Columns of some signals of one layer. */
function recordLayer(
  model: TrainedModel,
  network: SequenceNetwork,
  { sequences, skip }: Reading,
  layer: number,
  signals: readonly string[],
): UnitColumn[] {
  const units = network.layers[layer]!.outputSize
  const stepsPerOutput = network.subsample ** (layer + 1)
  const longest = largest(sequences.map((ids) => ids.length))
  let total = 0
  const placed = sequences.map((ids) => ({ ids, start: (total += ids.length) - ids.length }))
  const length = total - skip
  const values = signals.map(() => new Float32Array(units * length))
  // One program per number of steps: a single one, or one for each length of sequence where a network reads both ways.
  const programs = Map.groupBy(placed, ({ ids }) => Math.min(longest, chunkLength(network, ids.length)))
  for (const [steps, parts] of programs) {
    const executable = openReader(model, {
      extent: [steps],
      outputs: false,
      watch: ({ index }, s) => index === layer && signals.includes(s),
    })
    for (const { ids, start } of parts) {
      runOverText(executable, ids, steps, (from, count) => {
        const at = start + from - skip
        signals.forEach((signal, s) => {
          const read = executable.view(signalKey({ index: layer }, signal))
          for (let unit = 0; unit < units; unit++)
            for (let t = Math.max(0, -at); t < count; t++)
              values[s]![unit * length + at + t] = read[Math.floor(t / stepsPerOutput) * units + unit]!
        })
      })
    }
    executable.dispose()
  }
  return signals.flatMap((signal, s) => {
    const codes = new Uint8Array(units * length)
    return Array.from({ length: units }, (_, unit) => {
      const part = [unit * length, (unit + 1) * length] as const
      return { layer, signal, unit, ...binValues(values[s]!.subarray(...part), codes.subarray(...part)) }
    })
  })
}
