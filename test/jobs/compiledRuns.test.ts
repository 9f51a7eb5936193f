// A configuration is compiled once from the form to the training; what is kept is never taken for another one.
import { MessageChannel } from 'node:worker_threads'
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { datasetOf, type RunConfig, type RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import * as engine from '../../src-main/engine/index.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { inferenceWorker, type InferenceCalls } from '../../src-main/jobs/inference.ts'
import type { InferenceMessage, TextRef, TrainMessage } from '../../src-main/jobs/protocol.ts'
import { train } from '../../src-main/jobs/train.ts'
import { grouped } from '../options.ts'

vi.mock('../../src-main/engine/compile/compile.ts', async (original) => {
  const module = await original<typeof import('../../src-main/engine/compile/compile.ts')>()
  return { ...module, compile: vi.fn(module.compile) }
})

/** Programs compiled since the last question. */
function compiled(): number {
  const { length } = vi.mocked(compile).mock.calls
  vi.mocked(compile).mockClear()
  return length
}
afterEach(() => void vi.restoreAllMocks())

const prose: TextRef = {
  builtin: 'prose',
  sha256: createHash('sha256')
    .update(engine.builtinText('prose') as string)
    .digest('hex'),
}
const configOf = (given: RunConfigInput, seed = 1): RunConfig =>
  ({ ...parseConfig({ ...given, seed }) }) as RunConfig
const small = (more: RunConfigInput['train'] = {}): RunConfigInput => ({
  data: { kind: 'text', dataset: 'prose' },
  model: { cell: 'gru', hidden: 8 },
  ...grouped({
    steps: 4,
    window: 8,
    batch: 2,
    gradientEvery: 2,
    sampleEvery: 2,
    evalEvery: 2,
    logEvery: 1,
    ...more,
  }),
})

/** Asks an inference worker in this thread, so that its calls of the compiler can be counted. */
function asking() {
  const said: InferenceMessage[] = []
  const answer = inferenceWorker(engine, (message) => said.push(message))
  return async <K extends keyof InferenceCalls>(name: K, input: InferenceCalls[K]['in']) => {
    await answer({ id: 1, name, input } as never)
    return said.pop() as unknown as { answer: InferenceCalls[K]['out']; error?: { code: string } }
  }
}

function losses(job: { config: RunConfig; text: TextRef | null; programs?: Uint8Array }): number[] {
  const said: TrainMessage[] = []
  const shared = new SharedArrayBuffer(8)
  new Int32Array(shared)[1] = 1000
  const port = undefined as never
  const pins = new MessageChannel().port1
  train({ kind: 'train', ...job, shared, port, pins, checkpointMs: 1e9 }, engine, (message) =>
    said.push(message),
  )
  return said.flatMap((message) =>
    message.kind === 'batch'
      ? message.batch.chunks.filter(({ name }) => name === 'train/loss').flatMap(({ values }) => [...values])
      : [],
  )
}

describe('a launch from the form', () => {
  it('compiles in the form only: not at the launch, not in the training worker, which trains the same', async () => {
    const ask = asking()
    // The form has no seed, so each plan draws one.
    await ask('config.plan', { config: configOf(small(), 17), text: prose })
    const once = compiled()
    expect(once).toBeGreaterThan(3)
    const config = configOf({ ...small(), name: 'named at the launch' }, 23)
    await ask('config.plan', { config, text: prose })
    const { programs } = (await ask('compiledPrograms', { config, text: prose })).answer
    const trained = losses({ config, text: prose, programs: programs! })
    expect(compiled()).toBe(0)
    expect(trained).toHaveLength(4)
    expect(losses({ config, text: prose })).toEqual(trained)
    expect(compiled()).toBe(once)
  })

  it('compiles anew what is another configuration or text, and what was asked for too long ago', async () => {
    const ask = asking()
    const plan = async (config: RunConfig, text = prose) => {
      const { answer, error } = await ask('config.plan', { config, text })
      return { compiled: compiled() > 0, answer, error }
    }
    await plan(configOf(small()))
    expect(await plan(configOf(small()))).toMatchObject({ compiled: false })
    expect(await plan(configOf(small({ window: 9 })))).toMatchObject({ compiled: true })
    // The same configuration on a text of another hash is not answered from what is kept: that text is read, and refused.
    expect(await plan(configOf(small()), { ...prose, sha256: 'f'.repeat(64) })).toMatchObject({
      error: { code: 'E_DATA_CHANGED' },
    })
    expect(await plan(configOf(small()), { builtin: 'prose' })).toMatchObject({ compiled: true })
    expect(await plan(configOf(small()), { builtin: 'prose' })).toMatchObject({ compiled: true })
    for (const window of [10, 11, 12]) await plan(configOf(small({ window })))
    expect(await plan(configOf(small()))).toMatchObject({ compiled: true })
    const { answer } = await ask('compiledPrograms', { config: configOf(small({ window: 10 })), text: prose })
    expect(answer.programs).toBeUndefined()
  })

  it('is planned by the memory that is free now', async () => {
    const ask = asking()
    const input = { config: configOf(small()), text: prose }
    const free = vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 30)
    expect((await ask('config.plan', input)).answer.availableBytes).toBe(2 ** 30)
    free.mockReturnValue(2 ** 16)
    expect((await ask('config.plan', input)).error).toMatchObject({ code: 'E_TOO_LARGE_FOR_MEMORY' })
    free.mockReturnValue(2 ** 29)
    expect((await ask('config.plan', input)).answer.availableBytes).toBe(2 ** 29)
  })
})

describe('programs', () => {
  const presets = engine
    .catalog()
    .presets.filter(
      ({ config }) => engine.builtinText(datasetOf(configOf(config).data) ?? 'prose') !== undefined,
    )
  it.each(presets.map(({ id, config }) => [id, config] as const))(
    'of %s do not depend on the seed',
    (_id, given) => {
      const programs = (seed: number) => {
        const config = configOf(given, seed)
        engine.checkCellOptions(config)
        const text = engine.builtinText(datasetOf(config.data) ?? '') ?? ''
        return engine.compileRun(config, text, referenceExecutor())
      }
      expect(programs(2 ** 50 + 3)).toEqual(programs(1))
    },
  )
})
