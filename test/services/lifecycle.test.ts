// A run's life through the app: queue, pause, resume, stop, fork, failure, closing. The engine is the stand-in of test/jobs.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import Database from 'better-sqlite3'
import { createApp } from '../../src-main/app.ts'
import type { MetricChunk } from '../../src-main/contract/run.ts'
import { countOf } from '../../src-main/contract/thin.ts'
import { lossAt } from '../jobs/standInEngine.ts'
import { codeOf, freshFolder } from '../store/folder.ts'
import { curve, hasStatus, heard, openApp, reaches, rowOf, shortRun, standIn, until } from './apps.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('a run', () => {
  it('trains to its end: every point exactly once, samples, checkpoints best + last 2, truthful times', async () => {
    const app = await openApp()
    const [metrics, samples] = [heard(app, 'run.metrics'), heard(app, 'run.sample')]
    const { id, status } = await app.call('runs.launch', { config: shortRun({ steps: 130 }) })
    expect(['queued', 'running']).toContain(status)
    const row = await hasStatus(app, id, 'finished')
    const { steps, values } = await curve(app, id)
    expect(steps).toEqual(upTo(130))
    expect(values).toEqual(upTo(130).map((step) => lossAt(5, step)))
    expect(
      metrics.flatMap((event) =>
        event.chunks.filter((c) => c.name === 'train/loss').flatMap((c) => [...c.steps]),
      ),
    ).toEqual(upTo(130))
    expect(samples.map((event) => event.sample.step)).toEqual([20, 40, 60, 80, 100, 120])
    const { checkpoints, samples: stored, record } = await app.call('runs.get', { id })
    expect(checkpoints.map((c) => [c.step, c.best, c.missing])).toEqual([
      [130, false, false],
      [120, false, false],
      [20, true, false],
    ])
    expect(stored).toHaveLength(6)
    expect(record).toMatchObject({ engine: 'stand-in', dataName: 'series 1', parameters: 7 })
    expect(row.summaries.find((s) => s.name === 'train/loss')).toMatchObject({ count: 130, lastStep: 130 })
    expect(row.summaries.some((s) => s.name === 'train/tokens_per_second')).toBe(true)
    expect(row.endedAt! >= row.startedAt! && row.startedAt! >= row.createdAt && row.activeSeconds > 0.1).toBe(
      true,
    )
  })

  it('is stored while the thread of the app is busy, and tells pages that draw it a few points that count all', async () => {
    const app = await openApp()
    const told: MetricChunk[] = []
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 1500, lr: 1 }) })
    const stop = app.watch(id, (chunks) => told.push(...chunks.filter(({ name }) => name === 'train/loss')))
    await reaches(app, id, 20)
    const db = new Database(join(app.info().dataDir, 'unroll.db'), { readonly: true })
    const stored = () => db.prepare('SELECT step FROM runs').pluck().get() as number
    const before = stored()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
    // No message was heard in between: what is there now went past this thread.
    expect(stored()).toBeGreaterThan(before)
    db.close()
    await hasStatus(app, id, 'finished')
    stop()
    expect(told.at(-1)!.steps.at(-1)).toBe(1500)
    const points = told.reduce((sum, { steps }) => sum + steps.length, 0)
    expect(points).toBeLessThan(1000)
    expect(told.reduce((sum, chunk) => sum + countOf(chunk), 0)).toBe(
      1500 - (told[0]!.total! - countOf(told[0]!)),
    )
    expect(told.at(-1)!.total).toBe(1500)
  })

  it('tells its speed by the time of all its updates, however often it is asked', async () => {
    const app = await openApp()
    // The stand-in takes 5 ms for a step of 10 symbols: at most 2,000 a second.
    for (const logEvery of [1, 3]) {
      const { id } = await app.call('runs.launch', {
        config: shortRun({ steps: 30, lr: 5, logEvery, checkpointEvery: 7 }),
      })
      await hasStatus(app, id, 'finished')
      const { values } = await curve(app, id, 'train/tokens_per_second')
      expect(values).toHaveLength(30 / logEvery)
      expect(Math.max(...values)).toBeLessThan(2100)
      expect(Math.min(...values)).toBeGreaterThan(0)
    }
  })

  it('paused, resumed many times, has the curve of one that never was', async () => {
    const app = await openApp()
    const truncated = heard(app, 'run.truncated')
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 300, checkpointEvery: 7 }) })
    for (let i = 0; i < 4; i++) {
      await reaches(app, id, (i + 1) * 40)
      expect((await app.call('runs.pause', { id })).status).toBe('paused')
      const { step } = await rowOf(app, id)
      expect((await app.call('runs.get', { id })).checkpoints[0]!.step).toBe(step)
      await app.call('runs.resume', { id })
    }
    await hasStatus(app, id, 'finished')
    expect(await curve(app, id)).toEqual({
      steps: upTo(300),
      values: upTo(300).map((step) => lossAt(5, step)),
    })
    expect(truncated).toHaveLength(4)
    expect((await app.call('runs.get', { id })).samples.map((s) => s.step)).toEqual(
      upTo(15).map((i) => i * 20),
    )
  })

  it('waits in the queue, first come, first served, with its position', async () => {
    const app = await openApp()
    await app.call('settings.set', { maxRunning: 1 })
    const ids = []
    for (let i = 0; i < 3; i++)
      ids.push((await app.call('runs.launch', { config: shortRun({ steps: 100, lr: 2 }) })).id)
    await hasStatus(app, ids[0]!, 'running')
    expect(await Promise.all(ids.map(async (id) => (await rowOf(app, id)).queuePosition))).toEqual([
      null,
      0,
      1,
    ])
    expect((await app.call('runs.pause', { id: ids[1]! })).status).toBe('paused')
    expect((await rowOf(app, ids[2]!)).queuePosition).toBe(0)
    await app.call('runs.resume', { id: ids[1]! })
    const rows = await Promise.all(ids.map((id) => hasStatus(app, id, 'finished')))
    expect(rows[2]!.startedAt! < rows[1]!.startedAt!).toBe(true)
    expect(rows[2]!.startedAt! >= rows[0]!.endedAt! - 5).toBe(true)
  })

  it('stops when told, at once when it waits, and refuses what its status forbids', async () => {
    const app = await openApp()
    await app.call('settings.set', { maxRunning: 1 })
    const slow = shortRun({ steps: 100_000 })
    const [a, b] = [
      await app.call('runs.launch', { config: slow }),
      await app.call('runs.launch', { config: slow }),
    ]
    await reaches(app, a.id, 5)
    expect((await app.call('runs.stop', { id: b.id })).status).toBe('stopped')
    expect((await app.call('runs.stop', { id: a.id })).status).toBe('stopped')
    expect(await codeOf(() => app.call('runs.stop', { id: a.id }))).toBe('E_STATE')
    expect(await codeOf(() => app.call('runs.pause', { id: a.id }))).toBe('E_STATE')
    await app.call('runs.resume', { id: a.id })
    await hasStatus(app, a.id, 'running')
    expect(await codeOf(() => app.call('runs.resume', { id: a.id }))).toBe('E_STATE')
    expect(await codeOf(() => app.call('runs.trash', { ids: [a.id] }))).toBe('E_STATE')
    await app.call('runs.stop', { id: a.id })
  })

  it.each([
    ['throws', 'E_WORKER', /a bug in the engine/],
    ['exits', 'E_WORKER', /exit code 3/],
    [
      'diverges',
      'E_DIVERGED',
      /^Step 24: loss is NaN\. Start again or fork from an earlier checkpoint with optimizer\.lr=0\.1 \(now 1\)\.$/,
    ],
    ['overflows', 'E_DIVERGED', /^Step 60: weights are NaN or infinite\./],
  ])('that %s is failed with %s, keeps what it had, and the app goes on', async (cell, code, message) => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', { config: shortRun({}, { cell }) })
    const row = await hasStatus(app, id, 'failed')
    expect(row.error).toMatchObject({ code })
    expect(row.error!.message).toMatch(message)
    if (code === 'E_DIVERGED')
      expect(row.error!.details).toMatchObject({
        advice: { action: 'fork', run: id, settings: ['optimizer.lr=0.1'] },
      })
    const kept = (await app.call('runs.get', { id })).checkpoints.map((c) => c.step)
    if (cell === 'diverges') expect(kept).toEqual([24, 20])
    if (cell === 'overflows') expect(kept).toEqual([20])
    const next = await app.call('runs.launch', { config: shortRun({ steps: 10 }) })
    await hasStatus(app, next.id, 'finished')
  })

  it('that eats all memory of its worker is failed, not the app', async () => {
    const app = await openApp({ workerHeapMb: 60 })
    const { id } = await app.call('runs.launch', { config: shortRun({}, { cell: 'eats' }) })
    expect((await hasStatus(app, id, 'failed')).error).toMatchObject({
      code: 'E_WORKER',
      message: expect.stringMatching(/memory/) as unknown,
    })
  })

  it('gets a checkpoint by the clock too', async () => {
    const app = await openApp({ checkpointMs: 50 })
    const { id } = await app.call('runs.launch', {
      config: shortRun({ steps: 100_000, checkpointEvery: 1_000_000 }),
    })
    await until('two checkpoints', async () => (await app.call('runs.get', { id })).checkpoints.length === 2)
    await app.call('runs.stop', { id })
  })
})

describe('checkpoints', () => {
  async function pausedRun(dataDir = freshFolder()) {
    const app = await openApp({ dataDir })
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 200 }) })
    await reaches(app, id, 65)
    const row = await app.call('runs.pause', { id })
    const folder = join(dataDir, 'checkpoints', id)
    const newest = join(
      folder,
      readdirSync(folder).find((name) => name.startsWith(`${row.step}-`))!,
    )
    const before = (await app.call('runs.get', { id })).checkpoints[1]!.step
    return { app, id, row, folder, newest, before }
  }

  it.each([
    ['cut', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 40))],
    ['zeroed', (path: string) => writeFileSync(path, Buffer.alloc(readFileSync(path).length))],
    [
      'flipped in one bit',
      (path: string) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
        ),
    ],
    ['gone', (path: string) => rmSync(path)],
  ])('a newest one that is %s: the one before is taken, and it is said', async (_, damage) => {
    const { app, id, row, newest, before } = await pausedRun()
    const notices = heard(app, 'notice')
    const truncated = heard(app, 'run.truncated')
    damage(newest)
    await app.call('runs.resume', { id })
    await hasStatus(app, id, 'finished')
    expect(notices.map((n) => n.code)).toContain('W_CHECKPOINT_FALLBACK')
    expect(notices[0]!.message).toContain(`checkpoint ${row.step}`)
    expect(truncated).toEqual([{ id, step: before }])
    expect((await curve(app, id)).steps).toEqual(upTo(200))
  })

  it('with none left, training begins anew, with one curve', async () => {
    const { app, id, folder } = await pausedRun()
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    expect((await app.call('runs.get', { id })).checkpoints.every((c) => c.missing)).toBe(true)
    await app.call('runs.resume', { id })
    await hasStatus(app, id, 'finished')
    expect((await curve(app, id)).steps).toEqual(upTo(200))
  })

  it('a fork takes the weights of any of them, and survives its parent', async () => {
    const { app, id, row, before } = await pausedRun()
    const fork = await app.call('runs.fork', { id, step: before })
    expect(fork.parent).toEqual({ id, step: before })
    await app.call('runs.trash', { ids: [id] })
    await app.call('runs.purge', { ids: [id] })
    const done = await hasStatus(app, fork.id, 'finished')
    expect(done.name).toBe(`${row.name} fork`)
    const first = (await curve(app, fork.id, 'train/weight')).values[0]!
    const parentWeight = 5 + upTo(before).reduce((sum, step) => sum + (lossAt(5, step) || 0), 0)
    expect(first).toBeCloseTo(parentWeight + lossAt(5, 1), 9)
    expect(await codeOf(() => app.call('runs.fork', { id }))).toBe('E_NOT_FOUND')
  })

  it('a fork into another size is refused before anything is made', async () => {
    const { app, id } = await pausedRun()
    expect(await codeOf(() => app.call('runs.fork', { id, config: shortRun({}, { hidden: 77 }) }))).toBe(
      'E_MODEL_MISMATCH',
    )
    expect((await app.call('runs.list', {})).total).toBe(1)
  })
})

describe('closing', () => {
  it('pauses what runs and what waits; both go on when resumed', async () => {
    const dataDir = freshFolder()
    const app = await openApp({ dataDir })
    await app.call('settings.set', { maxRunning: 1 })
    const config = shortRun({ steps: 150 })
    const [a, b] = [await app.call('runs.launch', { config }), await app.call('runs.launch', { config })]
    await reaches(app, a.id, 30)
    await app.close()
    expect(await codeOf(() => app.call('runs.list', {}))).toBe('E_STATE')
    const again = await openApp({ dataDir })
    for (const { id } of [a, b])
      expect(await rowOf(again, id)).toMatchObject({
        status: 'paused',
        reason: expect.stringMatching(/closed/) as unknown,
      })
    expect((await again.call('app.info', {})).warnings).toEqual([])
    for (const { id } of [a, b]) await again.call('runs.resume', { id })
    for (const { id } of [a, b]) {
      await hasStatus(again, id, 'finished')
      expect((await curve(again, id)).steps).toEqual(upTo(150))
    }
  })

  it('does not wait for ever for a worker that hangs; its run is interrupted', async () => {
    const dataDir = freshFolder()
    const app = await createApp({ dataDir, engineUrl: standIn, closeMs: 300 })
    const { id } = await app.call('runs.launch', { config: shortRun({ lr: 100 }, { cell: 'hangs' }) })
    await reaches(app, id, 3)
    await new Promise((resolve) => setTimeout(resolve, 600))
    const started = Date.now()
    await app.close()
    expect(Date.now() - started).toBeLessThan(3000)
    const again = await openApp({ dataDir })
    expect((await rowOf(again, id)).status).toBe('interrupted')
  })
})
