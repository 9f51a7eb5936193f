// Configurations of small image runs, and a run to its end.
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { chooseExecutor, type Training, type TrainingEvent } from '../../../src-main/engine/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'

export const reference = referenceExecutor()
export const native = chooseExecutor('auto', 1).executor
export const configOf = (given: RunConfigInput): RunConfig =>
  parseConfig({
    seed: 5,
    ...given,
    data: { kind: 'image', size: 8, levels: 3, ...given.data } as RunConfigInput['data'],
    model: { cell: 'md-lstm', hidden: 4, embedding: 3, ...given.model },
    train: { bptt: 'full', batch: 2, steps: 5, ...given.train },
    logging: { gradientEvery: 0, ...given.logging },
  }) as RunConfig

export const image = (more: object = {}) => ({ kind: 'image', ...more }) as RunConfigInput['data']
export function finish(training: Training, into: TrainingEvent[] = []): TrainingEvent[] {
  for (const event of training.events()) if (event.kind !== 'step') into.push(event)
  return into
}
