// Commands on the answers of a trained network to texts: new ones, and all held-out ones.
import { z } from 'zod'
import type { AnsweredTexts, HeldOutText } from '../apply.ts'
import { answerOrders, type HeldOutAnswers } from '../heldOutAnswers.ts'
import type { AppliedImages } from '../applyImages.ts'
import type { AppliedSeries } from '../applySeries.ts'
import { bytes, checkpoint, command } from './command.ts'

export const applyCommands = {
  /** The records after the last one of a new series: a table with the columns of the run, or values of its only column. */
  'apply.series': command<AppliedSeries>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** Comma-separated values with a heading. */
      table: z.string().max(20_000_000).optional(),
      values: z.array(z.number()).max(1_000_000).optional(),
      /** Records ahead; the run's horizon if left out. */
      ahead: z.int().min(1).max(10_000).optional(),
    }),
  }),
  /** Classes of new images, or of one held-out image; those of another size are scaled to that of the run. */
  'apply.images': command<AppliedImages>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** PNG, JPEG, IDX or NumPy files. */
      files: z
        .array(z.strictObject({ name: z.string().max(1000), bytes }))
        .max(1000)
        .default([]),
      /** Number of a held-out image, in place of files. A command with this field is given the data of the run. */
      example: z.int().min(0).max(10_000_000).optional(),
      /** Whether black and white change places. */
      invert: z.boolean().default(false),
      /** Classes of an answer; all if left out. */
      top: z.int().min(1).max(65_536).optional(),
    }),
  }),
  /** Answers to texts that are not in the data of the run. */
  'apply.texts': command<AnsweredTexts>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      texts: z.array(z.string().max(200_000)).min(1).max(10_000),
      /** Classes of an answer, all if left out; tags of each symbol, the most probable one if left out; next words, 10 if left out. */
      top: z.int().min(1).max(65_536).optional(),
      /** Output texts: by a beam search of this width; greedy decoding if left out. */
      beam: z.int().min(1).max(32).optional(),
      /** Exponent of the length penalty of the beam search, 0.6 if left out. */
      lengthPenalty: z.number().min(0).max(5).optional(),
      /** Next words: order of an n-gram model of the training text, whose probabilities stand beside those of the network; 0: none. */
      ngram: z.int().min(0).max(9).default(0),
      /** Whether output texts have their alignment; if left out, of at most 100 texts. */
      alignments: z.boolean().optional(),
    }),
  }),
  /** One held-out text of the run's data with what is expected of it, as an input to begin with. */
  'apply.heldOut': command<HeldOutText>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** Its number, from 0. A command with this field is given the data of the run. */
      example: z.int().min(0).max(10_000_000).default(0),
    }),
  }),
  /** The answers to all held-out texts: how often each class is taken for each, and those that match the filters, one page of them. */
  'inspect.answers': command<HeldOutAnswers>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** Answers to this held-out text alone. A command with this field is given the data of the run. */
      example: z.int().min(0).max(10_000_000).optional(),
      /** The class that is right, and the one that was answered. */
      expected: z.string().max(1000).optional(),
      answer: z.string().max(1000).optional(),
      wrong: z.boolean().default(false),
      /** Limits of the probability of the answer. */
      least: z.number().min(0).max(1).default(0),
      most: z.number().min(0).max(1).default(1),
      /** Letters of the text or, of tagged texts, of the symbol, in any case. */
      contains: z.string().max(1000).default(''),
      order: z.enum(answerOrders).default('number'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(0).max(10_000).default(100),
    }),
  }),
}
