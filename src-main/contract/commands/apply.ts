// The command that gives new inputs to a trained network.
import { z } from 'zod'
import type { AnsweredTexts } from '../apply.ts'
import { checkpoint, command } from './command.ts'

export const applyCommands = {
  /** Answers to texts that are not in the data of the run. */
  'apply.texts': command<AnsweredTexts>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      texts: z.array(z.string().max(200_000)).min(1).max(10_000),
      /** Classes of an answer, all if left out; tags of each symbol, the most probable one if left out. */
      top: z.int().min(1).max(65_536).optional(),
    }),
  }),
}
