// Continuations of a piece of music by a trained network.
import type { Warning } from '../errors.ts'
import type { Meter } from './pieces.ts'

export interface ContinuedMusic extends Meter {
  /** Each whole: the given frames and the generated ones, in the stored form of music without a meter. */
  pieces: string[]
  /** Frames at the beginning that were given. */
  given: number
  /** The held-out piece that the given frames are from, from 0; null: a piece of the caller. */
  example: number | null
  /** What was left out of a MIDI file or moved. */
  warnings: Warning[]
  seed: number
  step: number
}
