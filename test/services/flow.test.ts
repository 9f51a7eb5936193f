// The gradient record through the app: stored before it is told, asked for whole or in part, heard by a second app, one entry per step
// after pauses and after going back to a checkpoint.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { App } from '../../src-main/app.ts'
import { codeOf } from '../store/folder.ts'
import { curve, hasStatus, heard, openApp, reaches, shortRun, until } from './apps.ts'

const stepsOf = async (app: App, id: string, last?: number) =>
  (await app.call('runs.gradients', { id, ...(last !== undefined && { last }) })).map((point) => point.step)

describe('the gradient record', () => {
  it('is kept, told and among the metrics; the newest can be asked for alone', async () => {
    const app = await openApp()
    const told = heard(app, 'run.gradients')
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 100, gradientEvery: 20 }) })
    expect(await stepsOf(app, id)).toEqual([])
    await hasStatus(app, id, 'finished')
    const points = await app.call('runs.gradients', { id })
    expect(points.map((point) => point.step)).toEqual([20, 40, 60, 80, 100])
    expect(told).toEqual(points.map((point) => ({ id, point })))
    expect(points[0]!.layers[0]!.last[1]).toBeNaN()
    expect(await stepsOf(app, id, 2)).toEqual([80, 100])
    expect((await curve(app, id, 'spectral_radius/layers.0.w')).values).toEqual(
      [20, 40, 60, 80, 100].map((s) => 1 / s),
    )
    const [former] = await app.call('runs.metrics', { ids: [id], names: ['radius/layers.0.w'] })
    expect(former!.chunks.map(({ name }) => name)).toEqual(['spectral_radius/layers.0.w'])
    expect(await codeOf(() => app.call('runs.gradients', { id: '0'.repeat(26) }))).toBe('E_NOT_FOUND')
    expect(await codeOf(() => app.call('runs.gradients', { id, last: 0 }))).toBe('E_ARG')
  })

  it('has every step once after pauses', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', {
      config: shortRun({ steps: 200, gradientEvery: 5, checkpointEvery: 7 }),
    })
    for (const step of [30, 90]) {
      await reaches(app, id, step)
      await app.call('runs.pause', { id })
      await app.call('runs.resume', { id })
    }
    await hasStatus(app, id, 'finished')
    expect(await stepsOf(app, id)).toEqual(Array.from({ length: 40 }, (_, i) => 5 * (i + 1)))
  })

  it('goes back with the curves where the newest checkpoint is lost', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', {
      config: shortRun({ steps: 400, gradientEvery: 1, checkpointEvery: 20 }),
    })
    await reaches(app, id, 30)
    await app.call('runs.pause', { id })
    const [newest, before] = (await app.call('runs.get', { id })).checkpoints
    expect((await stepsOf(app, id)).at(-1)).toBe(newest!.step)
    const folder = join(app.info().dataDir, 'checkpoints', id)
    for (const file of readdirSync(folder))
      if (file.startsWith(`${newest!.step}-`)) rmSync(join(folder, file))
    // Asked when it is told, before the worker has begun.
    const left = new Promise<number[]>((resolve) => app.on('run.truncated', () => resolve(stepsOf(app, id))))
    await app.call('runs.resume', { id })
    expect((await left).at(-1)).toBe(before!.step)
    await app.call('runs.stop', { id })
  })

  it('is heard by another app over the same folder', async () => {
    const a = await openApp()
    const b = await openApp({ dataDir: a.info().dataDir })
    const told = heard(b, 'run.gradients')
    const { id } = await a.call('runs.launch', { config: shortRun({ steps: 100, lr: 3, gradientEvery: 10 }) })
    await hasStatus(a, id, 'finished')
    await until('all records', () => told.length === 10)
    expect(told.map((event) => event.point.step)).toEqual(await stepsOf(b, id))
  })
})
