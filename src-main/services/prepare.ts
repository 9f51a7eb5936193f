// From a user's input to a configuration that can train: validated, completed, seeded, planned. Nothing is stored.
import type { Plan } from '../contract/catalog.ts'
import type { RunConfig } from '../contract/config.ts'
import { renamedText, type Renamed } from '../contract/older.ts'
import { drawSeed } from '../contract/seed.ts'
import { modelText } from '../contract/shape.ts'
import { formatAdvice } from '../contract/textFormat.ts'
import { readConfig } from '../engine/config.ts'
import { readsLines, taskFacts, taskRow } from '../engine/tasks/index.ts'
import type { FileRef } from '../jobs/protocol.ts'
import { claimsForRuns } from './claims.ts'
import { cores, workerOf, type Context } from './context.ts'
import type { RunText, Texts } from './texts.ts'

export interface Prepared {
  config: RunConfig
  plan: Plan
  text: RunText
}

/** Fills in defaults and a seed without reading the data; `renamed` are the old keys in the input. Throws every E_CONFIG_ error. */
function complete({ engine }: Context, input: unknown): { config: RunConfig; renamed: Renamed[] } {
  const { config: parsed, renamed } = readConfig(input)
  const config: RunConfig = { ...parsed, seed: parsed.seed ?? drawSeed() }
  engine.checkCellOptions(config)
  config.runtime.threads = Math.min(config.runtime.threads, cores)
  return { config, renamed }
}

export const completed = (context: Context, input: unknown): RunConfig => complete(context, input).config

/** Throws every E_CONFIG_ error, E_NOT_FOUND for the text, and the engine's errors of data and size. */
export async function prepare(
  context: Context,
  texts: Texts,
  input: unknown,
  weights?: FileRef,
): Promise<Prepared> {
  const { config, renamed } = complete(context, input)
  const claims = config.claims ?? claimsForRuns(context)
  if (claims.length > 0) config.claims = claims
  const text = await texts.refOf(config)
  const worker = workerOf(context, 'config.plan')
  const plan = await worker.request('config.plan', { config, text: text.ref, weights })
  for (const one of renamed) plan.warnings.push({ path: one.to.split('=')[0]!, message: renamedText(one) })
  const { format } = text
  // The text has a data format, but the task reads running text.
  if (format && taskRow(config.task).format === undefined && !readsLines(config))
    plan.warnings.push({ path: 'task', message: formatAdvice({ ...format, stored: false }) })
  return { config, plan, text }
}

/** `lstm 128x2 on moby-dick 7`: model, data, ordinal number of the run. */
export const makeName = (config: RunConfig, ordinal: number): string =>
  `${modelText(config.model)} on ${taskFacts(config).data} ${ordinal}`
