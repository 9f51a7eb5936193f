// A pinned text that a training reads again and again with its current weights, and what it gave: shown live, never stored.
import { z } from 'zod'
import { claimSchema } from './claim.ts'

/** Symbols of a pinned text, if none is typed, and the most characters of a typed one. */
export const pinnedLength = 400
const maxPinned = 2000

/** The text, default the first held-out symbols, and whose values are shown: one unit, or the unit of a claim of the run. */
export const livePin = z.union([
  z.strictObject({ text: z.string().min(1).max(maxPinned).optional(), claim: claimSchema.shape.key }),
  z.strictObject({
    text: z.string().min(1).max(maxPinned).optional(),
    layer: claimSchema.shape.layer,
    signal: claimSchema.shape.signal,
    unit: z.int().min(0).max(99_999),
  }),
])
export type LivePin = z.output<typeof livePin>

/** The values of one unit over a pinned text of T symbols, after each of them. */
export interface LiveReading {
  step: number
  layer: number
  signal: string
  unit: number
  tokens: string[]
  /** White space before each symbol if symbols are words. */
  spaces: string[]
  values: Float32Array
}

/** A reading, or why there is none: a fault of the pin, or a best unit that no validation has found yet. */
export type LiveAnswer = LiveReading | { step: number; reason: string }
