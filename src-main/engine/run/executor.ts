// The interface of program executors. Two implementations: reference.ts (plain loops in f64, the specification) and native.ts (f32, fast).
import type { Program } from '../compile/program.ts'
import type { Counter } from './random.ts'

/** Random counter and cancellation of one run. */
export interface RunOptions extends Counter {
  /** Shared flag: if element 0 becomes non-zero, the run ends between two loop iterations, before any state is written. */
  cancel?: Int32Array
}

/** A loaded program with its arena. Slots are read and written by name; `state` slots keep their values between runs. */
export interface Executable {
  readonly program: Program
  /** The arena; empty after dispose. */
  readonly memory: Float32Array | Float64Array
  /** Copies values into an input or state slot; throws RangeError for an unknown name or a wrong length. */
  write(name: string, values: ArrayLike<number>): void
  /** A slot's part of the arena, not a copy: writes to it change the slot. Empty after dispose. */
  view(name: string): Float32Array | Float64Array
  /** A copy of a slot's values. */
  read(name: string): Float32Array | Float64Array
  /** The first value of a slot, such as a loss or a norm. */
  scalar(name: string): number
  /** Runs once. Returns false if cancelled: then no state slot has changed. */
  run(options: RunOptions): boolean
  /** Frees native memory now instead of at garbage collection. */
  dispose(): void
}

/** Loads programs for running. */
export interface Executor {
  readonly id: 'native' | 'reference'
  /** For display: instruction set and threads, or why this executor was chosen. */
  readonly description: string
  readonly bytesPerElement: 4 | 8
  /** For display: how it multiplies factors rounded to bfloat16. */
  readonly rounded: string
  /**
   * Loads a program with an arena of its own, or on the arena of `beside`: then both read and write the same states. Throws RangeError if the
   * states or sizes of the two programs do not allow sharing.
   */
  load(program: Program, beside?: Executable): Executable
  /** Bytes of scratch memory, outside of the arenas, that these programs share: the largest need of one of them. */
  scratchBytes(programs: readonly Program[]): number
}
