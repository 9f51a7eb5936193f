// Recordings of all units over sequences of symbols, as a column of binned values per unit. They are kept, so that another predicate on the
// same text needs neither a reading nor bins.
import { UnrollError } from '../../../contract/errors.ts'
import { largest } from '../../../contract/longLists.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import type { TrainedModel } from '../model.ts'
import { findKept, keep } from '../recordings/kept.ts'
import { eachRecording, type SignalRecording } from '../recordings/signals.ts'
import { binValues, type BinnedValues } from './quantise.ts'

/** Largest number of values of one signal. */
const maxValues = 2 ** 27
/** Bytes of edges, means and counts of a unit. */
const bytesOfBins = 6 * 1024

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

/** The columns of all units of all layers, in order of layers, signals and units. Throws E_TOO_LARGE for very long texts. */
export function recordUnits(
  model: TrainedModel,
  network: SequenceNetwork,
  { sequences, signals, skip }: Reading,
): UnitColumn[] {
  const length = sequences.reduce((sum, ids) => sum + ids.length, 0)
  const units = largest(network.layers.map(({ outputSize }) => outputSize))
  if (length * units > maxValues || length >= 2 ** 20) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${length} symbols of ${units} units exceed the limit; at most ${Math.min(2 ** 20, Math.floor(maxValues / units))}.`,
      { path: 'text' },
    )
  }
  const places = network.layers.flatMap((_, layer) => signals.map((signal) => ({ layer, signal })))
  const keyOf = ({ layer, signal }: (typeof places)[number]) => `bins ${layer}.${signal} from ${skip}`
  const binned = new Map(
    places.map((place) => [place, findKept<UnitColumn[]>(model, sequences, keyOf(place))]),
  )
  const missing = places.filter((place) => !binned.get(place))
  let next = 0
  eachRecording(model, sequences, missing, (recording) => {
    const place = missing[next++]!
    const columns = columnsOf(recording, skip)
    keep(model, sequences, keyOf(place), columns, columns.length * (length - skip + bytesOfBins))
    binned.set(place, columns)
  })
  return places.flatMap((place) => binned.get(place)!)
}

function columnsOf({ layer, signal, units, length, column }: SignalRecording, skip: number): UnitColumn[] {
  const size = length - skip
  const codes = new Uint8Array(units * size)
  return Array.from({ length: units }, (_, unit) => ({
    layer,
    signal,
    unit,
    ...binValues(column(unit).subarray(skip), codes.subarray(unit * size, (unit + 1) * size)),
  }))
}
