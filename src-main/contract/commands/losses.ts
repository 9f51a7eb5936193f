// The command that tells where the loss of a run is.
import { z } from 'zod'
import type { Losses } from '../losses.ts'
import { maxPredicate } from '../predicate/parse.ts'
import { checkpoint, command, runStep } from './command.ts'

export const lossCommands = {
  /** The loss of each symbol beside that of an n-gram model and of another run, by class of symbols and by predicate. */
  'inspect.losses': command<Losses>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      text: z.string().min(2).max(200_000).optional(),
      offset: z.int().min(0).default(0),
      length: z.int().min(2).max(100_000).default(20_000),
      /** A second run that reads the same text. */
      other: z.strictObject(runStep).optional(),
      /** Each splits the symbols by whether it holds at them. */
      predicates: z.array(z.string().min(1).max(maxPredicate)).max(8).default([]),
      /** Order of the n-gram model, which is counted from the training text; 0: none. */
      ngram: z.int().min(0).max(12).default(9),
    }),
  }),
}
