// A small LSTM trained for a few steps, to look inside.
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { openModel, openTraining } from '../../../src-main/engine/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'

export const executor = referenceExecutor()
export const text = 'He said "go (now) or never" and went. "Why?" 12 Owls.\n'.repeat(8)

/** The checkpoint of a training of `steps` steps on a text. */
export function trained(given: RunConfigInput = {}, steps = 30, on = text): Uint8Array {
  const config = parseConfig({
    seed: 4,
    model: { cell: 'lstm', hidden: 6, layers: 2, embedding: 5 },
    train: { window: 12, batch: 2, steps },
    optimizer: { lr: 0.02 },
    schedule: { name: 'constant' },
    logging: { sampleEvery: 0, evalEvery: 0 },
    ...given,
  }) as RunConfig
  const training = openTraining({ config, text: on }, executor)
  for (const event of training.events()) void event
  return training.checkpoint()
}

export const bytes = trained()
export const model = openModel(bytes, executor)
