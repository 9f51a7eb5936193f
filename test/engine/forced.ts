// Runs with a forcing mode over a short text, and the comparison of their weights.
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { expectClose } from './check.ts'
import { grouped, type FlatOptions } from '../options.ts'

export const executor = referenceExecutor()
export const native = loadNative()
export const text = 'the cat sat on the mat and the dog sat on the cat; '.repeat(8)
export const configOf = (options: FlatOptions, model: RunConfigInput['model'] = {}): RunConfig =>
  parseConfig({
    seed: 3,
    data: { kind: 'text', validation: 0 },
    model: { cell: 'gru', hidden: 6, embedding: 4, ...model },
    ...grouped({ window: 9, batch: 3, steps: 6, lr: 0.02, logEvery: 2, sampleEvery: 0, ...options }),
  }) as RunConfig

export function trained(options: FlatOptions, model: RunConfigInput['model'] = {}, on: Executor = executor) {
  const training = openTraining({ config: configOf(options, model), text }, on)
  const metrics: Record<string, number>[] = []
  for (const event of training.events()) if (event.kind === 'metrics') metrics.push(event.values)
  return { metrics, tensors: readCheckpoint(training.checkpoint()).tensors, bytes: training.checkpoint() }
}

export function expectSame(a: ReturnType<typeof trained>, b: ReturnType<typeof trained>, near = 1e-9) {
  for (const [name, { data }] of a.tensors)
    if (!name.startsWith('professor') && !name.includes('.professor.'))
      expectClose(b.tensors.get(name)!.data, data, near, name)
}
