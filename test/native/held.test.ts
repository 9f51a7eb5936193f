// What the plan says before the start is what a training then holds: one memory for all its programs, and the working space of the kernels
// to the byte, as the native core reports it.
import { expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import { planRun } from '../../src-main/engine/index.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { TrainingPrograms, programsOf } from '../../src-main/engine/training/trainingPrograms.ts'
import { addon, allIsas, native } from './backends.ts'
import { grouped } from '../options.ts'

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(
  40,
)
const often = { steps: 8, gradientEvery: 4, evalEvery: 4, sampleEvery: 4 }
const trainings: [string, RunConfigInput][] = [
  ['a text', { model: { cell: 'lstm', hidden: 48, embedding: 8 }, ...grouped({ window: 20, batch: 16, dropout: 0.2, ...often }) }],
  ['normalised layers', { model: { cell: 'layernorm-lstm', hidden: 40, layers: 2, input: 'onehot' }, ...grouped({ window: 12, batch: 24, ...often }) }],
  ['padded examples of several lengths', { data: { kind: 'memory', problem: 'parity', length: 9 }, model: { cell: 'gru', hidden: 33, input: 'onehot' }, ...grouped({ bptt: 'full', batch: 40, buckets: 3, ...often }) }],
  ['rounded products', { model: { cell: 'rnn', hidden: 40 }, ...grouped({ window: 20, batch: 16, precision: 'bf16x3', ...often }) }],
] // prettier-ignore

/** Runs every program of a training once; the elements of all memory that was made for them. */
function runAll(config: RunConfig, executor: Executor): number {
  let elements = 0
  const counting: Executor = {
    ...executor,
    load(program, beside) {
      if (!beside) elements += program.size
      return executor.load(program, beside)
    },
  }
  const task = taskOf(config, text)
  const loaded = new TrainingPrograms(task, programsOf(task, config), counting)
  loaded.initialise(config)
  for (let step = 0; step < 8; step++) {
    const program = loaded.at(step)
    task.feed(program, step)
    program.run({ seed: [1, 0], step })
    loaded.gradients(config.seed, step, undefined)
  }
  loaded.validate(config.seed, 8, undefined)
  if (task.answers) loaded.table(config.seed, 8)
  else loaded.reader().run({ seed: [1, 0], step: 8 })
  reserved = addon.reserved()
  loaded.dispose()
  return elements
}
let reserved = 0

it.each(
  trainings.flatMap(([name, given]) =>
    allIsas.flatMap((isa) => [1, 3].map((threads) => [name, isa, threads, given] as const)),
  ),
)('%s on %s, threads %i', (_, isa, threads, given) => {
  const config = parseConfig({ seed: 3, ...given }) as RunConfig
  const executor = native(isa, threads)
  const { memory, memoryBytes } = planRun(config, text, executor, 2 ** 30)
  expect(addon.reserved()).toBe(0)
  expect(4 * runAll(config, executor)).toBe(memory.programs)
  expect(reserved).toBe(memory.scratch)
  expect(memory.scratch).toBeGreaterThan(1000)
  expect(memory.programs + memory.scratch + memory.data).toBe(memoryBytes)
  // Freed with the last program.
  expect(addon.reserved()).toBe(0)
})

it('more threads take more', () => {
  const config = parseConfig({ seed: 3, ...trainings[1]![1] }) as RunConfig
  const scratch = (threads: number) =>
    planRun(config, text, native(allIsas[0]!, threads), 2 ** 30).memory.scratch
  expect(scratch(4) - scratch(3)).toBe(scratch(3) - scratch(2))
  expect(scratch(3)).toBeGreaterThan(scratch(2))
})
