// What it means to run a program. Two implementations: reference.ts (plain loops, f64, the truth) and native.ts (f32, fast).
import type { Program } from '../compile/program.ts'
import type { Counter } from './random.ts'

export interface RunOptions extends Counter {
  /** Shared flag: when element 0 becomes non-zero the run ends between two loop iterations, before any state is written. */
  cancel?: Int32Array
}

/** A program with its memory. Slots are read and written by name; `state` slots live on between runs. */
export interface Executable {
  readonly program: Program
  /** The arena; empty once disposed of. */
  readonly memory: Float32Array | Float64Array
  /** Copies values into an input or state slot; throws RangeError on an unknown name or a wrong length. */
  write(name: string, values: ArrayLike<number>): void
  /** The place of a slot itself: what is written there is written. Empty once disposed of. */
  view(name: string): Float32Array | Float64Array
  /** A copy of a slot's values. */
  read(name: string): Float32Array | Float64Array
  /** First value of a slot: for losses and norms. */
  scalar(name: string): number
  /** Runs once. False when cancelled: then no state slot has changed. */
  run(options: RunOptions): boolean
  /** Frees native memory at once; otherwise the collector does. */
  dispose(): void
}

/** A way to run programs. */
export interface Executor {
  readonly id: 'native' | 'reference'
  /** For people: instruction set and threads, or why this one was taken. */
  readonly description: string
  readonly bytesPerElement: 4 | 8
  /** For people: how it multiplies factors rounded to bfloat16. */
  readonly rounded: string
  /**
   * A program with memory of its own, or on the memory of `beside`: then both have the same states at the same places, and one run's
   * results are the other's beginning. Throws RangeError when states or sizes do not allow that.
   */
  load(program: Program, beside?: Executable): Executable
  /** Bytes of working space that all its programs share, once the neediest of these has run: beside their memory. */
  scratchBytes(programs: readonly Program[]): number
}
