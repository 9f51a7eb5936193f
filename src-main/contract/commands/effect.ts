// Commands on interventions: what they do to the loss. Text generated under interventions: sample.ts.
import { z } from 'zod'
import type { CausalCard, InterventionEffect, PatchedUnits } from '../effect.ts'
import { interventionList } from '../intervention.ts'
import { checkpoint, command } from './command.ts'

/** Splits every class of symbols by whether it held at the symbol before. */
const predicate = z.string().min(1).max(2000).optional()
/** Without a typed text, `length` symbols of the run's validation text are read. */
const reading = {
  text: z.string().min(2).max(200_000).optional(),
  offset: z.int().min(0).default(0),
  length: z.int().min(2).max(100_000).default(10_000),
}

export const effectCommands = {
  /** What interventions do to the loss, by class of the predicted symbol; `variants`: lists that are applied together. */
  'inspect.effect': command<InterventionEffect>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      variants: z.array(interventionList.min(1)).min(1).max(64),
      predicate,
      ...reading,
    }),
  }),
  /** The same operation on each unit of a signal by itself. */
  'inspect.ablation': command<InterventionEffect>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      layer: z.int().min(0).max(63).default(0),
      signal: z.string().max(32).default('h'),
      operation: z.string().min(1).max(2000).default('set(mean)'),
      predicate,
      ...reading,
    }),
  }),
  /** Several operations on one unit, beside the same on all units of its layer and signal. */
  'inspect.causal': command<CausalCard>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      layer: z.int().min(0).max(63).default(0),
      signal: z.string().max(32).default('h'),
      unit: z.int().min(0).max(1_000_000),
      predicate,
      ...reading,
      length: z.int().min(2).max(100_000).default(5000),
    }),
  }),
  /** Units of a corrupted text set, at one position each time, to their values over a clean text of the same length. */
  'inspect.patch': command<PatchedUnits>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      clean: z.string().min(2).max(10_000),
      corrupted: z.string().min(2).max(10_000),
      layer: z.int().min(0).max(63).default(0),
      signal: z.string().max(32).default('h'),
      /** If left out, from the first difference of the texts to before the last symbol, at most 64 positions evenly spread. */
      at: z.array(z.int().min(0).max(10_000)).min(1).max(64).optional(),
    }),
  }),
}
