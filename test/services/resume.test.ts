// The real engine: a run that was paused again and again ends with the curves and weights of one that never was, bit for bit, also
// inside an epoch and a window, with 1 and 2 threads; and five kills of a training process do no harm.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { App } from '../../src-main/app.ts'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import { killLoop } from '../soak/kill.ts'
import { hasStatus, reaches, sharedRealApp } from './apps.ts'

const cases: [string, RunConfigInput][] = (['lstm', 'gru', 'rnn'] as const).flatMap((cell, i) =>
  (['sgd', 'adam'] as const).map((optimizer): [string, RunConfigInput] => {
    const stride = i === 1 ? 12 : 0
    return [
      `${cell} ${optimizer}${stride ? ' with overlapping windows' : ''}`,
      {
        seed: 21 + i,
        data: { kind: 'text', dataset: 'short', validation: 0.2 },
        model: { cell, hidden: 24, embedding: 8 },
        train: { window: 32, stride, batch: 4, steps: 400 },
        optimizer: { name: optimizer, lr: 0.01 },
        logging: { logEvery: 3, evalEvery: 150, sampleEvery: 170, gradientEvery: 60, checkpointEvery: 90 },
      },
    ]
  }),
)

/** Everything that must be equal: all curves but the speed, the samples, the gradients through time, the weights. */
async function product(app: App, id: string) {
  const [found] = await app.call('runs.metrics', { ids: [id] })
  const curves = found!.chunks
    .filter((c) => c.name !== 'train/tokens_per_second')
    .map((c) => [c.name, [...c.steps], [...c.values]])
  const { samples, run } = await app.call('runs.get', { id })
  const { bytes } = await app.call('runs.export', { id, what: 'weights', step: run.step })
  const header = 8 + Number(Buffer.from(bytes).readBigUInt64LE(0))
  return {
    curves,
    samples: samples.map((s) => [s.step, s.text]),
    flows: await app.call('runs.gradients', { id }),
    weights: createHash('sha256').update(bytes.subarray(header)).digest('hex'),
  }
}

describe('a paused run', () => {
  const shared = sharedRealApp()

  it.each(cases)(
    '%s: equals an undisturbed one',
    async (_, config) => {
      const app = shared()
      await app.call('data.import', {
        name: 'short.txt',
        bytes: Buffer.from((await app.call('data.get', { id: 'prose' })).preview),
      })
      const whole = await app.call('runs.launch', { config })
      await hasStatus(app, whole.id, 'finished')
      const { id } = await app.call('runs.launch', {
        config: { ...config, train: { ...config.train }, runtime: { ...config.runtime, threads: 2 } },
      })
      let pauses = 0
      for (const step of [1, 97, 200, 260]) {
        const row = await reaches(app, id, step)
        if (row.status === 'finished') break
        const paused = await app.call('runs.pause', { id }).catch(() => undefined)
        if (paused?.status !== 'paused') break
        pauses++
        await app.call('runs.resume', { id })
      }
      await hasStatus(app, id, 'finished')
      expect(pauses).toBeGreaterThan(0)
      expect(await product(app, id)).toEqual(await product(app, whole.id))
    },
    120_000,
  )
})

describe('a killed run', () => {
  it('5 kills: nothing damaged, nothing acknowledged lost, the same end', async () => {
    const report = await killLoop({ kills: 5, seed: 7 })
    expect(report.kills).toBe(5)
    expect(report.acknowledged).toBeGreaterThan(100)
  }, 240_000)
})
