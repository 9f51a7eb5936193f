// Units with a sign: signed unit 2u is unit u, signed unit 2u + 1 its negative. A signed unit is on where its value reaches its threshold.
import { quantile } from '../levels.ts'

/** Values of units at T symbols, T entries for each unit. */
export interface Recording {
  columns: readonly Float32Array[]
  length: number
}

/** Most values of a unit from which its quantile is taken. */
const sampled = 10_000

/** The value of signed unit `s` at symbol t. */
export const signedValue = ({ columns }: Recording, s: number, t: number): number => {
  const value = columns[s >> 1]![t]!
  return s & 1 ? -value : value
}

/** One threshold for each signed unit: its quantile over at most 10,000 symbols spread over the text. 2U entries. */
export function quantileThresholds({ columns, length }: Recording, q: number): Float64Array {
  const stride = Math.max(1, Math.floor(length / sampled))
  const thresholds = new Float64Array(2 * columns.length)
  columns.forEach((values, u) => {
    const sample = values.filter((_, t) => t % stride === 0).sort()
    thresholds[2 * u] = quantile(sample, q)
    thresholds[2 * u + 1] = -quantile(sample, 1 - q)
  })
  return thresholds
}

/** Which sides of a span a unit must be off at. */
export interface StrictEnds {
  left: boolean
  right: boolean
}

/** Of `candidates`, the signed units that are on from symbol `from` to `to`, and off at the strict sides where there is a symbol. */
export function unitsOn(
  recording: Recording,
  thresholds: Float64Array,
  { from, to }: { from: number; to: number },
  { left, right }: StrictEnds,
  candidates: readonly number[],
): number[] {
  const isOn = (s: number, t: number) => signedValue(recording, s, t) >= thresholds[s]!
  let on = candidates as number[]
  for (let t = from; t <= to && on.length > 0; t++) on = on.filter((s) => isOn(s, t))
  return on.filter(
    (s) =>
      !(left && from > 0 && isOn(s, from - 1)) && !(right && to + 1 < recording.length && isOn(s, to + 1)),
  )
}
