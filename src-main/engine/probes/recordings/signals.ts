// Recordings of signals that all probes share: a signal of a layer over a text is read once, as many signals together as memory allows.
import { gradientOf } from '../../nn/derivedSignals.ts'
import { findKept, keep } from './kept.ts'
import type { OnLogits, SignalPlace } from './columnsRead.ts'
import { readSequences } from './readSequences.ts'
import { sequenceOf, type TrainedModel } from '../model.ts'

/** Largest number of values that one reading holds. */
const maxValuesPerReading = 2 ** 25

/** One signal of one layer over sequences of T symbols in all, one after the other. */
export interface SignalRecording extends SignalPlace {
  units: number
  length: number
  /** The values of a unit, T entries; they are shared and must not be changed. */
  column(unit: number): Float32Array
}

/** Values (units, T), unit by unit. */
interface Columns {
  values: Float32Array
  /** T of what was read, which may be longer than what is asked for. */
  length: number
}

const keyOf = ({ layer, signal }: SignalPlace) => `${layer}.${signal}`
const lengthOf = (sequences: readonly Int32Array[]) => sequences.reduce((sum, ids) => sum + ids.length, 0)
const known = (model: TrainedModel, sequences: readonly Int32Array[], place: SignalPlace) =>
  // A gradient comes from the symbols that follow.
  findKept<Columns>(model, sequences, keyOf(place), { beginning: gradientOf(place.signal) === undefined })

/** Calls `use` with the recording of each place, in their order; places of unread signals are read together, up to a bound in memory. */
export function eachRecording(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  places: readonly SignalPlace[],
  use: (recording: SignalRecording) => void,
  onLogits?: OnLogits,
): void {
  const { layers } = sequenceOf(model)
  const length = lengthOf(sequences)
  let wantsLogits = onLogits
  for (let first = 0; first < places.length;) {
    const found = new Map<SignalPlace, Columns>()
    const missing: SignalPlace[] = []
    let values = 0
    let next = first
    for (; next < places.length; next++) {
      const place = places[next]!
      const columns = known(model, sequences, place)
      if (columns) {
        found.set(place, columns)
        continue
      }
      const more = layers[place.layer]!.outputSize * length
      if (missing.length > 0 && values + more > maxValuesPerReading) break
      missing.push(place)
      values += more
    }
    if (missing.length > 0 || wantsLogits)
      readSequences(model, sequences, missing, wantsLogits).forEach((read, i) => {
        const columns = { values: read, length }
        found.set(missing[i]!, columns)
        keep(model, sequences, keyOf(missing[i]!), columns, read.byteLength)
      })
    wantsLogits = undefined
    for (const place of places.slice(first, next)) use(recordingOf(found.get(place)!, place, length))
    first = next
  }
}

function recordingOf(
  { values, length: stride }: Columns,
  { layer, signal }: SignalPlace,
  length: number,
): SignalRecording {
  const column = (unit: number) => values.subarray(unit * stride, unit * stride + length)
  return { layer, signal, units: values.length / stride, length, column }
}

/** The recording of one place. */
export function recordSignal(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  place: SignalPlace,
  onLogits?: OnLogits,
): SignalRecording {
  let result: SignalRecording | undefined
  eachRecording(model, sequences, [place], (recording) => (result = recording), onLogits)
  return result!
}

/** Writes `count` rows of a recording from position `from` on into rows of `width` values, from value `at` of each on. */
export function copyRows(
  { units, column }: SignalRecording,
  from: number,
  count: number,
  rows: Float32Array,
  width: number,
  at: number,
): void {
  // In blocks of units, so that lines of the cache are written whole.
  for (let first = 0; first < units; first += 16) {
    const columns = Array.from({ length: Math.min(16, units - first) }, (_, i) => column(first + i))
    for (let t = 0, to = at + first; t < count; t++, to += width)
      for (let i = 0; i < columns.length; i++) rows[to + i] = columns[i]![from + t]!
  }
}
