// Commands on the held-out examples of a run that reads series or images: lists of its answers, the saliency of the inputs of one example, and
// accuracy under filters.
import { z } from 'zod'
import type { ExampleList, InputSaliency } from '../saliency.ts'
import type { FilterTable } from '../imageFilters.ts'
import { checkpoint, command } from './command.ts'

const name = z.string().min(1).max(200)
/** The number of a held-out example, from 0. A command with this field is given the data of the run. */
const example = z.int().min(0).max(10_000_000).default(0)

export const saliencyCommands = {
  /** Answers to held-out examples with their losses. */
  'inspect.examples': command<ExampleList>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** The first example that is read. */
      example,
      /** Examples that are read. */
      read: z.int().min(1).max(10_000).default(1000),
      /** Most examples of the answer. */
      top: z.int().min(1).max(1000).default(20),
      /** By number, or the largest loss first. */
      order: z.enum(['number', 'loss']).default('number'),
      /** Wrongly answered ones alone. */
      wrong: z.boolean().default(false),
    }),
  }),
  /** Accuracy on held-out images under filters of several strengths, with one image as an example. */
  'inspect.filters': command<FilterTable>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** The image that is shown under each filter. */
      example,
      /** Held-out images that are read, the first ones. */
      images: z.int().min(1).max(10_000).default(500),
    }),
  }),
  /** How one answer depends on every number of a held-out example. */
  'inspect.saliency': command<InputSaliency>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      example,
      /** The answered step or pixel, of runs with an answer at each; the last one with an answer if left out. */
      at: z.int().min(0).max(1_000_000).optional(),
      /** A class, the most probable one if left out; or the name of an output. */
      answer: name.optional(),
      /** A class whose log-probability is subtracted. */
      against: name.optional(),
      /** What replaces an input: `mean` or a number; of symbols and pixels a symbol or gray level. */
      baseline: name.optional(),
      /** Whether to compute integrated gradients, too. */
      integrate: z.boolean().default(false),
      integrationSteps: z.int().min(1).max(500).default(50),
    }),
  }),
}
