// Commands that look for units: of a span of the text, and of several predicates.
import { z } from 'zod'
import type { PredicateUnits } from '../inspect.ts'
import { maxPredicate } from '../predicate/parse.ts'
import { spanModes, strictSides, type SpanMatches } from '../spanMatches.ts'
import { checkpoint, command } from './command.ts'

export const spanCommands = {
  /** The best unit of a run for each of several predicates, a column of the matrix of predicates and runs. */
  'inspect.predicates': command<PredicateUnits>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      text: z.string().min(1).max(200_000).optional(),
      offset: z.int().min(0).default(0),
      length: z.int().min(200).max(100_000).default(20_000),
      predicates: z.array(z.string().min(1).max(maxPredicate)).min(1).max(32),
      /** All signals if left out. */
      signals: z.array(z.string().max(32)).max(16).optional(),
    }),
  }),
  /** Units that are on at a span, and other places where they are. */
  'inspect.spanMatches': command<SpanMatches>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      text: z.string().min(1).max(200_000).optional(),
      offset: z.int().min(0).default(0),
      length: z.int().min(2).max(100_000).default(20_000),
      /** First and last symbol of the span in the text that is read. */
      from: z.int().min(0).max(100_000),
      to: z.int().min(0).max(100_000),
      mode: z.enum(spanModes).default('overlap'),
      /** If left out, tanh_c where the cell has it, else h. */
      signal: z.string().max(32).optional(),
      /** One layer; if left out, all layers together. */
      layer: z.int().min(0).max(63).optional(),
      /** A unit is on where its signed value is at least this. */
      threshold: z.number().min(-1e6).max(1e6).default(0.3),
      /** Instead of `threshold`: this quantile of each signed unit over the text. */
      quantile: z.number().min(0).max(1).optional(),
      strict: z.enum(strictSides).default('none'),
      /** Only matches as long as the span. */
      sameLength: z.boolean().default(false),
      top: z.int().min(1).max(1000).default(50),
    }),
  }),
}
