// From what a user hands in to a configuration that will train: checked, completed, seeded, costed. Nothing is stored here.
import type { Plan } from '../contract/catalog.ts'
import { problemTitle, type DataConfig, type RunConfig } from '../contract/config.ts'
import { drawSeed } from '../contract/seed.ts'
import { modelText } from '../contract/shape.ts'
import { formatAdvice } from '../contract/textFormat.ts'
import { parseConfig } from '../contract/validate.ts'
import type { FileRef } from '../jobs/protocol.ts'
import { cores, type Context } from './context.ts'
import type { RunText, Texts } from './texts.ts'

export interface Prepared {
  config: RunConfig
  plan: Plan
  text: RunText
}

/** A configuration with defaults and a seed, before its data is looked at. Throws every E_CONFIG_ error. */
export function completed({ engine }: Context, input: unknown): RunConfig {
  const parsed = parseConfig(input)
  const config: RunConfig = { ...parsed, seed: parsed.seed ?? drawSeed() }
  engine.checkCellOptions(config)
  config.train.threads = Math.min(config.train.threads, cores)
  return config
}

/** Throws every E_CONFIG_ error, E_NOT_FOUND for the text, and what the engine says of data and size. */
export async function prepare(
  context: Context,
  texts: Texts,
  input: unknown,
  weights?: FileRef,
): Promise<Prepared> {
  const config = completed(context, input)
  const text = await texts.refOf(config)
  const plan = await context.planner.request('config.plan', { config, text: text.ref, weights })
  const format = config.data.kind === 'text' ? text.format : undefined
  if (format) plan.warnings.push({ path: 'data.kind', message: formatAdvice(format) })
  return { config, plan, text }
}

function subject(data: DataConfig): string {
  switch (data.kind) {
    case 'text':
    case 'examples':
      return data.dataset
    case 'series':
      return `series ${data.series}`
    case 'image':
      return `${data.texture} ${data.size}x${data.size}`
    case 'memory':
      return problemTitle(data)
    case 'addition':
      return `addition ${data.bits} bits`
  }
}

/** `lstm 128x2 on moby-dick 7`: what it is and the how-manieth run. */
export const makeName = ({ data, model }: RunConfig, ordinal: number): string =>
  `${modelText(model)} on ${subject(data)} ${ordinal}`
