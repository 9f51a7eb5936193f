// Commands that show signals of a trained model over a text or an image. Each is answered by the probe of its name in `engine/probes`.
import { z } from 'zod'
import type { GateSaturation, ImageSignals, TextSignals, UnitRanking } from '../inspect.ts'
import type { CellValues } from '../cellValues.ts'
import type { UnitCard } from '../unitCard.ts'
import { maxPredicate } from '../predicate/parse.ts'
import { checkpoint, command, job } from './command.ts'

const layer = z.int().min(0).max(63).default(0)
const signal = z.string().max(32).default('h')
/** Typed text; without one, part of the run's validation text is read. */
const text = z.string().min(1).max(200_000).optional()

export const inspectCommands = {
  /** Ends the call of that job with E_CANCELLED; a call that has ended already is no error. */
  'inspect.cancel': command<{ job: string }>()({ runsIn: 'app', input: z.strictObject({ job }) }),
  'inspect.text': command<TextSignals>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      layer,
      text,
      offset: z.int().min(0).default(0),
      length: z.int().min(1).max(100_000).default(2000),
      signal,
    }),
  }),
  'inspect.find': command<UnitRanking>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      predicate: z.string().min(1).max(maxPredicate),
      signals: z.array(z.string().max(32)).max(16).optional(),
      text,
      length: z.int().min(200).max(100_000).default(20_000),
      top: z.int().min(1).max(1000).default(10),
    }),
  }),
  /** The share of positions at which each gate is closed or open. */
  'inspect.saturation': command<GateSaturation>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      signals: z.array(z.string().max(32)).max(16).optional(),
      text,
      offset: z.int().min(0).default(0),
      length: z.int().min(1).max(100_000).default(2000),
    }),
  }),
  /** What one unit does over a text: histogram, contexts, gates, weights, similar units. */
  'inspect.unit': command<UnitCard>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      layer,
      signal,
      unit: z.int().min(0).max(1_000_000),
      text,
      offset: z.int().min(0).default(0),
      length: z.int().min(1).max(100_000).default(20_000),
      predicate: z.string().min(1).max(maxPredicate).optional(),
      around: z.int().min(5).max(20).default(10),
      seed: z
        .int()
        .min(0)
        .max(2 ** 31)
        .default(1),
    }),
  }),
  /** Every signal of one unit over a text. */
  'inspect.cell': command<CellValues>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      layer,
      unit: z.int().min(0).max(1_000_000),
      text,
      offset: z.int().min(0).default(0),
      length: z.int().min(1).max(100_000).default(2000),
    }),
  }),
  /** Units of a run on images over one of its validation images. */
  'inspect.image': command<ImageSignals>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      layer,
      picture: z.int().min(0).max(1_000_000).default(0),
      direction: z.int().min(0).max(3).default(0),
      signal,
    }),
  }),
}
