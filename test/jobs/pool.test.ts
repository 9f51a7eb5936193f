// Worker threads from the app's side: back-pressure, ends of every kind, many deaths, too many calls.
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { workerClient } from '../../src-main/jobs/workerClient.ts'
import { receiveMessages } from '../../src-main/jobs/receiveMessages.ts'
import { startInference, startTraining, type TrainStart } from '../../src-main/jobs/pool.ts'
import type { TrainMessage } from '../../src-main/jobs/protocol.ts'
import { codeOf } from '../store/folder.ts'
import { grouped, type FlatOptions } from '../options.ts'

const engine = new URL('./standInEngine.ts', import.meta.url).href
const job = (options: FlatOptions, cell = 'lstm'): TrainStart => ({
  engine,
  text: null,
  config: {
    ...parseConfig({
      data: { kind: 'series' },
      model: { cell },
      ...grouped({ logEvery: 1, sampleEvery: 0, ...options }),
    }),
    seed: 1,
  } as RunConfig,
})

/** Starts a job and gathers what it says; `store` decides how long storing a message takes. */
function start(given: TrainStart, store: (message: TrainMessage) => Promise<void> = () => Promise.resolve()) {
  const said: TrainMessage[] = []
  const handle = startTraining(given)
  const taken = receiveMessages(handle.port, handle.shared, async (message) => {
    said.push(message)
    await store(message)
  })
  return { handle, said, done: Promise.all([handle.gone, taken]) }
}

describe('a training worker', () => {
  it('hands over batches in order, one checkpoint with its points at a time, and its end last', async () => {
    const { said, done } = start(job({ steps: 300, lr: 1, checkpointEvery: 50 }))
    await done
    expect([said[0]!.kind, said.at(-1)!.kind]).toEqual(['opened', 'ended'])
    const batches = said.filter((message) => message.kind === 'batch')
    expect(batches.map((message) => message.batch.number)).toEqual(batches.map((_, i) => i + 1))
    const points = batches.flatMap(({ batch }) =>
      batch.chunks.filter((c) => c.name === 'train/loss').flatMap((c) => [...c.steps]),
    )
    expect(points).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
    const saved = batches.filter((message) => message.checkpoint)
    expect(saved.map(({ checkpoint }) => checkpoint!.step)).toEqual([50, 100, 150, 200, 250, 300])
    for (const { batch, checkpoint } of saved) expect(batch.step).toBe(checkpoint!.step)
  })

  it('waits while nothing is stored, and goes on after', async () => {
    let release!: () => void
    const blocked = new Promise<void>((resolve) => (release = resolve))
    const { done, said } = start(job({ steps: 100, lr: 0.001, checkpointEvery: 10 }), () => blocked)
    await expect.poll(() => said.length, { timeout: 15_000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 700))
    // Nothing but the first message is taken, so the worker stands before its second checkpoint.
    expect(said).toHaveLength(1)
    release()
    await done
    expect(said.at(-1)).toMatchObject({ kind: 'ended', outcome: 'finished', step: 100 })
  })

  it('ends when terminated, even while it waits or hangs', async () => {
    const never = new Promise<void>(() => undefined)
    for (const [given, store] of [
      [job({ steps: 1000, checkpointEvery: 1 }), never],
      [job({ steps: 10, lr: 1 }, 'hangs'), Promise.resolve()],
    ] as const) {
      const { handle } = start(given, () =>
        given.config.model.cell === 'hangs' ? store : new Promise((resolve) => setTimeout(resolve, 100)),
      )
      await new Promise((resolve) => setTimeout(resolve, 600))
      const started = Date.now()
      await handle.terminate()
      expect(Date.now() - started).toBeLessThan(10_000)
    }
  })

  it('may die 30 times, in every way, without harm to this process', async () => {
    const before = process.memoryUsage().rss
    const cells = ['throws', 'exits', 'lstm']
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        cells.map(async (cell, i) => {
          const { handle, done, said } = start(job({ steps: 1000, lr: 1 }, cell))
          if (cell === 'lstm') setTimeout(() => void handle.terminate(), (round * 37 + i * 11) % 200)
          const [death] = await done
          const failed = said.some((message) => message.kind === 'failed')
          expect(failed || death.code).toBeTruthy()
          expect(said.some((message) => message.kind === 'ended')).toBe(false)
        }),
      )
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20)
  }, 90_000)
})

describe('a thread that is asked', () => {
  it('ends when nobody asks for a while, and another answers the next question', async () => {
    let started = 0
    let ended = 0
    const source = `const { parentPort: port, threadId } = require('node:worker_threads')
      port.on('message', ({ id, input }) => port.postMessage({ id, answer: [input, threadId] }))`
    const { request, close } = workerClient<{ echo: { in: number; out: [number, number] } }>({
      start() {
        started++
        return new Worker(source, { eval: true }).once('exit', () => ended++)
      },
      idleMs: 30,
    })
    const [first] = await Promise.all([request('echo', 1), request('echo', 2)])
    await expect.poll(() => ended).toBe(1)
    const again = await request('echo', 3)
    expect([first[0], again[0], started]).toEqual([1, 3, 2])
    expect(again[1]).not.toBe(first[1])
    await close()
    expect(ended).toBe(2)
  })
})

describe('a looking worker', () => {
  const config = job({ steps: 1 }).config

  it('refuses a call too many, answers the others', async () => {
    const worker = startInference({ engine })
    const calls = Array.from({ length: 220 }, () =>
      codeOf(() => worker.request('config.plan', { config, text: null })),
    )
    const codes = await Promise.all(calls)
    expect(codes.filter((code) => code === '')).toHaveLength(200)
    expect(codes.filter((code) => code === 'E_BUSY')).toHaveLength(20)
    await worker.close()
  })

  it('closed, ends what waits and refuses the rest', async () => {
    const worker = startInference({ engine })
    const waiting = codeOf(() => worker.request('config.plan', { config, text: null }))
    await worker.close()
    expect(await waiting).toBe('E_STATE')
    expect(await codeOf(() => worker.request('config.plan', { config, text: null }))).toBe('E_STATE')
  })

  it('names a file that is gone or not what was saved', async () => {
    const worker = startInference({ engine })
    expect(
      await codeOf(() => worker.request('exportWeights', { model: { path: '/nowhere', sha256: '' } })),
    ).toBe('E_NOT_FOUND')
    expect(
      await codeOf(() =>
        worker.request('exportWeights', { model: { path: import.meta.filename, sha256: 'x' } }),
      ),
    ).toBe('E_MODEL_CHECKSUM')
    await worker.close()
  })
})
