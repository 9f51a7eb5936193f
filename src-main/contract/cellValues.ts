// Answer of `inspect.cell`: every signal of one unit over a text, for a picture of the cell at work. Types only.
import type { CellInfo } from './catalog.ts'

/** A signal in a step: a state that is carried, a gate, the candidate that is written, or another value. */
export type SignalRole = 'state' | 'gate' | 'candidate' | 'other'

/** Signals of one unit over a text of T symbols, the values after reading each. */
export interface CellValues {
  layer: number
  unit: number
  step: number
  /** In the order of the cell; `values` has a row of T for each. */
  signals: (CellInfo['signals'][number] & { role: SignalRole })[]
  /** (signals, T). */
  values: Float32Array
  /** Where the state before symbol t stands: at t - back; negative for units of the reverse scan; beyond the text the state is 0. */
  back: number
}

/** Value of signal number `index` after symbol t; 0 outside of the text, where the state starts. */
export function valueAt({ values, signals }: CellValues, index: number, t: number): number {
  const length = values.length / signals.length
  return t < 0 || t >= length ? 0 : values[index * length + t]!
}
