// What a reading of sequences fills, and what it calls: types alone.

/** A signal of a layer. */
export interface SignalPlace {
  layer: number
  signal: string
}

/** Where a reading writes the values (units, T) of a place. */
export interface ColumnsRead extends SignalPlace {
  /** Name of the program's output. */
  key: string
  units: number
  length: number
  stepsPerOutput: number
  values: Float32Array
}

/**
 * Called with the logits (count, V) of the next symbol after the positions at, at + 1, ... of all sequences together; a part
 * may come again, and the last call counts.
 */
export type OnLogits = (at: number, count: number, logits: Float32Array | Float64Array) => void
