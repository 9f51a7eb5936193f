// From what a user hands in to a configuration that will train: checked, completed, seeded, costed. Nothing is stored here.
import type { Plan } from '../contract/catalog.ts'
import { problemTitle, type DataConfig, type RunConfig } from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import { drawSeed } from '../contract/seed.ts'
import { modelText } from '../contract/shape.ts'
import { parseConfig } from '../contract/validate.ts'
import type { FileRef, TextRef } from '../jobs/protocol.ts'
import { cores, type Context } from './context.ts'
import type { Texts } from './texts.ts'

const largestConfig = 1 << 20
const deepestConfig = 64

/** Refuses huge, bottomless and cyclic values before any other code walks them. Throws E_CONFIG_SIZE. */
export function refuseHugeConfig(config: unknown): void {
  let budget = largestConfig
  const tooLarge = (why: string) =>
    new UnrollError('E_CONFIG_SIZE', `config: ${why}. A configuration has a few dozen short entries.`, {
      path: 'config',
    })
  const stack: { value: unknown; depth: number }[] = [{ value: config, depth: 0 }]
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { value, depth } = entry
    if (depth > deepestConfig) throw tooLarge(`nested deeper than ${deepestConfig} levels`)
    budget -= typeof value === 'string' ? value.length : 8
    if (value !== null && typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) {
        budget -= key.length
        stack.push({ value: member, depth: depth + 1 })
      }
    }
    if (budget < 0) throw tooLarge('larger than 1 MB')
  }
}

export interface Prepared {
  config: RunConfig
  plan: Plan
  text: { ref: TextRef | null; name: string; sha256: string }
}

/** Throws every E_CONFIG_ error, E_NOT_FOUND for the text, and what the engine says of data and size. */
export async function prepare(
  context: Context,
  texts: Texts,
  input: unknown,
  weights?: FileRef,
): Promise<Prepared> {
  const parsed = parseConfig(input)
  const config: RunConfig = { ...parsed, seed: parsed.seed ?? drawSeed() }
  context.engine.checkCellOptions(config)
  config.train.threads = Math.min(config.train.threads, cores)
  const text = await texts.refOf(config)
  const plan = await context.planner.request('plan', { config, text: text.ref, weights })
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
