// From what a user hands in to a configuration that will train: checked, completed, seeded, costed. Nothing is stored here.
import type { Plan } from '../contract/catalog.ts'
import type { RunConfig } from '../contract/config.ts'
import { renamedInWords, type Renamed } from '../contract/older.ts'
import { drawSeed } from '../contract/seed.ts'
import { modelText } from '../contract/shape.ts'
import { formatAdvice } from '../contract/textFormat.ts'
import { readConfig } from '../engine/config.ts'
import { taskFacts, taskRow } from '../engine/tasks/index.ts'
import type { FileRef } from '../jobs/protocol.ts'
import { cores, workerOf, type Context } from './context.ts'
import type { RunText, Texts } from './texts.ts'

export interface Prepared {
  config: RunConfig
  plan: Plan
  text: RunText
}

/** A configuration with defaults and a seed, before its data is looked at, and the old keys that were given. Throws every E_CONFIG_ error. */
function complete({ engine }: Context, input: unknown): { config: RunConfig; renamed: Renamed[] } {
  const { config: parsed, renamed } = readConfig(input)
  const config: RunConfig = { ...parsed, seed: parsed.seed ?? drawSeed() }
  engine.checkCellOptions(config)
  config.train.threads = Math.min(config.train.threads, cores)
  return { config, renamed }
}

export const completed = (context: Context, input: unknown): RunConfig => complete(context, input).config

/** Throws every E_CONFIG_ error, E_NOT_FOUND for the text, and what the engine says of data and size. */
export async function prepare(
  context: Context,
  texts: Texts,
  input: unknown,
  weights?: FileRef,
): Promise<Prepared> {
  const { config, renamed } = complete(context, input)
  const text = await texts.refOf(config)
  const worker = workerOf(context, 'config.plan')
  const plan = await worker.request('config.plan', { config, text: text.ref, weights })
  for (const one of renamed) plan.warnings.push({ path: one.to.split('=')[0]!, message: renamedInWords(one) })
  const { format } = text
  // A text of a format of its own, read by a task that reads running text.
  if (format && taskRow(config.task).format === undefined)
    plan.warnings.push({ path: 'task', message: formatAdvice(format) })
  return { config, plan, text }
}

/** `lstm 128x2 on moby-dick 7`: what it is and the how-manieth run. */
export const makeName = (config: RunConfig, ordinal: number): string =>
  `${modelText(config.model)} on ${taskFacts(config).data} ${ordinal}`
