// Programs that run on one memory: one program's states are the other's beginning, what lies behind them is nobody's, and what does not
// fit is refused.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { slotsEnd } from '../../src-main/engine/compile/allocate.ts'
import { compile, sharedArenaOf } from '../../src-main/engine/compile/compile.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import { add, input, mul, state, sum } from '../../src-main/engine/graph/ops.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { TrainingPrograms, programsOf } from '../../src-main/engine/training/trainingPrograms.ts'
import { grouped } from '../options.ts'

/** Adds the sum of x (n) to `total`; `z` is another state, met first in the graph or last. */
function adding(n: number, turned = false) {
  const [total, z] = [state('total', []), state('z', [3])]
  const steps = [
    [total, add(total, sum(input('x', [n])))],
    [z, mul(z, 2)],
  ] as const
  return compile({ outputs: { n: mul(total, 1) }, updates: turned ? [steps[1], steps[0]] : steps })
}
const run = { seed: [1, 2] as const, step: 0 }
const native = loadNative()
const executors: Executor[] = [referenceExecutor(), ...('unavailable' in native ? [] : [native])]

describe.each(executors.map((e) => [e.id, e] as const))('on the %s executor', (_, executor) => {
  it('programs with the same states share them without a copy', () => {
    const long = executor.load(adding(50))
    const short = executor.load(adding(3, true), long)
    expect(short.memory.buffer).toBe(long.memory.buffer)
    long.write('z', [1, 2, 3])
    long.write('x', new Float64Array(50).fill(1))
    long.run(run)
    short.write('x', [1, 2, 4])
    short.run(run)
    expect(long.scalar('total')).toBe(57)
    expect([...long.read('z')]).toEqual([4, 8, 12])
  })

  it('refuses other states and too little memory', () => {
    const short = executor.load(adding(3))
    expect(() => executor.load(adding(50), short)).toThrow(/memory to share/)
    const other = compile({ outputs: {}, updates: [[state('total', [2]), mul(state('total', [2]), 2)]] })
    expect(() => executor.load(other, executor.load(adding(50)))).toThrow(/different states/)
  })

  it('another program reads states where they lie and leaves all slots as they are', () => {
    const own = adding(50)
    const kept = sharedArenaOf(own, (name) => name === 'z')
    const [z, count] = [state('z', [3]), state('count', [])]
    const reading = (kept: ReturnType<typeof sharedArenaOf>) => ({
      outputs: { sum: sum(mul(z, input('y', [3]))) },
      updates: [[count, add(count, 1)]] as const,
      shared: kept,
    })
    const program = compile(reading(kept))
    expect(program.from).toBe(slotsEnd(own.slots))
    const long = executor.load({ ...own, size: Math.max(own.size, program.size) })
    const reader = executor.load(program, long)
    long.write('z', [1, 2, 3])
    long.write('x', new Float32Array(50).fill(1))
    const before = long.memory.slice(0, program.from)
    reader.write('y', [4, 5, 6])
    reader.write('count', [7])
    reader.run(run)
    expect(reader.scalar('sum')).toBe(32)
    expect(reader.scalar('count')).toBe(8)
    expect(long.memory.slice(0, program.from)).toEqual(before)
    expect(() => compile({ outputs: {}, updates: [[z, mul(z, 2)]], shared: kept })).toThrow(
      /belongs to the shared arena/,
    )
    expect(() => compile({ outputs: { z: state('z', [4]) }, shared: kept })).toThrow(
      /in the shared arena as \(3\)/,
    )
    const elsewhere = compile({
      outputs: {},
      updates: [
        [state('a', [99]), mul(state('a', [99]), 2)],
        [z, mul(z, 2)],
      ],
    })
    expect(() => executor.load(program, executor.load({ ...elsewhere, size: 999 }))).toThrow(
      /different states/,
    )
  })
})

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(6)
const often = { steps: 9, gradientEvery: 3, evalEvery: 4, sampleEvery: 5, logEvery: 1 }
const trainings: Record<string, RunConfigInput> = {
  'a text with carried states, dropout and zoneout': { model: { cell: 'gru', hidden: 5, layers: 2, embedding: 4 }, ...grouped({ window: 8, batch: 3, dropout: 0.3, zoneout: 0.1, ...often }) },
  'shuffled windows of batch-normalised states': { model: { cell: 'bn-lstm', hidden: 6, embedding: 4 }, ...grouped({ bptt: 'windows', window: 9, batch: 8, ...often }) },
  'a discriminator beside the network': { model: { cell: 'lstm', hidden: 6 }, ...grouped({ window: 8, batch: 3, forcing: 'professor', ...often }) },
  'padded examples of several lengths, both directions': { data: { kind: 'memory', problem: 'parity', length: 9 }, model: { cell: 'gru', hidden: 5, input: 'onehot', bidirectional: true }, ...grouped({ bptt: 'full', batch: 6, buckets: 3, ...often }) },
  'encoder and decoder': { data: { kind: 'memory', problem: 'reverse', length: 4 }, model: { cell: 'lstm', hidden: 5, input: 'onehot' }, ...grouped({ bptt: 'full', batch: 6, ...often }) },
  'a series by its own rule': { data: { kind: 'series' }, model: { cell: 'elman', hidden: 3, input: 'onehot' }, ...grouped({ bptt: 'online', window: 3, batch: 1, optimizer: 'sgd', clipNorm: 0, ...often, steps: 60 }) },
  'pictures': { data: { kind: 'image', task: 'pixels', size: 8 }, model: { cell: 'mdrnn', hidden: 4 }, ...grouped({ bptt: 'full', batch: 2, ...often }) },
} // prettier-ignore
const configOf = (given: RunConfigInput) => parseConfig({ seed: 11, ...given }) as RunConfig

/** Fills everything behind a program's slots with NaN before each of its runs. */
const spoiling = (executor: Executor): Executor => ({
  ...executor,
  load(program, beside) {
    const executable = executor.load(program, beside)
    const run: typeof executable.run = (options) => {
      executable.memory.fill(NaN, slotsEnd(program.slots))
      return executable.run(options)
    }
    return {
      ...executable,
      get memory() {
        return executable.memory
      },
      run,
    }
  },
})

describe.each(executors.map((e) => [e.id, e] as const))('trained on the %s executor', (_, executor) => {
  it.each(Object.entries(trainings))(
    '%s: nothing is read that the run has not written',
    { timeout: 30_000 },
    (_, given) => {
      const events = (by: Executor) => {
        const training = openTraining({ config: configOf(given), text }, by)
        return { events: [...training.events()], checkpoint: training.checkpoint() }
      }
      const [clean, spoiled] = [events(executor), events(spoiling(executor))]
      expect(clean.events.map(({ kind }) => kind)).toContain('metrics')
      expect(spoiled.events).toEqual(clean.events)
      expect(Buffer.compare(spoiled.checkpoint, clean.checkpoint)).toBe(0)
    },
  )

  it('a record that is larger than the memory of training gets its own, and says the same', () => {
    const config = configOf(trainings['padded examples of several lengths, both directions']!)
    const task = taskOf(config, text)
    const programs = programsOf(task, config)
    const told = (grown: number) => {
      const gradients = {
        ...programs.gradients!,
        at: (bucket: number) => {
          const program = programs.gradients!.at(bucket)!
          return { ...program, size: program.size + grown }
        },
      }
      const loaded = new TrainingPrograms(task, { ...programs, gradients }, executor)
      loaded.initialise(config)
      return loaded.gradients(config.seed, 2, undefined)
    }
    expect(told(2 ** 20)).toEqual(told(0))
  })
})
