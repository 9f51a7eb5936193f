// Two apps over one folder: each sees and may stop the other's runs, none trains the same run twice, a dead one's runs are interrupted.
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { lossAt } from '../jobs/standInEngine.ts'
import { codeOf, freshFolder } from '../store/folder.ts'
import { curve, hasStatus, heard, openApp, reaches, rowOf, shortRun, standIn, until } from './apps.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
const longRun = shortRun({ steps: 100_000 })

/** Another process with an app over `dataDir`, which does `work`. */
function appProcess(dataDir: string, work: string) {
  const source = `
    import { createApp } from ${JSON.stringify(new URL('../../src-main/app.ts', import.meta.url).href)}
    const app = await createApp({ dataDir: ${JSON.stringify(dataDir)}, engineUrl: ${JSON.stringify(standIn)}, pollMs: 50 })
    ${work}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Another process that launches one long run; resolves with its id when it trains. */
async function otherProcess(dataDir: string): Promise<{ process: ChildProcess; id: string }> {
  const child = appProcess(
    dataDir,
    `const { id } = await app.call('runs.launch', { config: ${JSON.stringify(longRun)} })
    const stop = app.on('run.metrics', () => { stop(); console.log(id) })
    setInterval(() => {}, 1000)`,
  )
  const id = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  )
  return { process: child, id }
}

/** Stops a process at a moment when it does not hold the database. */
async function putToSleep(child: ChildProcess, dataDir: string): Promise<void> {
  const db = new Database(join(dataDir, 'unroll.db'), { timeout: 100 })
  await until('a moment between two writes', () => {
    child.kill('SIGSTOP')
    try {
      db.exec('BEGIN IMMEDIATE; ROLLBACK')
      return true
    } catch {
      child.kill('SIGCONT')
      return false
    }
  })
  db.close()
}

describe('two apps over one folder', () => {
  it('the second hears everything of the first one’s run, in order', async () => {
    const a = await openApp()
    const b = await openApp({ dataDir: a.info().dataDir })
    const [metrics, samples, rows] = [
      heard(b, 'run.metrics'),
      heard(b, 'run.sample'),
      heard(b, 'run.changed'),
    ]
    const { id } = await a.call('runs.launch', { config: shortRun({ steps: 100, lr: 5 }) })
    await hasStatus(a, id, 'finished')
    const points = () =>
      metrics.flatMap((e) => e.chunks.filter((c) => c.name === 'train/loss').flatMap((c) => [...c.steps]))
    await until('all points', () => points().length === 100)
    expect(points()).toEqual(upTo(100))
    expect(metrics.length).toBeGreaterThan(1)
    await until('all samples', () => samples.length === 5)
    await until('the last row', () => rows.at(-1)?.status === 'finished')
    await a.call('runs.trash', { ids: [id] })
    const purged = heard(b, 'run.purged')
    await a.call('runs.purge', { ids: [id] })
    await until('the end', () => purged.length === 1)
  })

  it('the second pauses, and may train on itself; the first hears that the curve went back', async () => {
    const a = await openApp()
    const b = await openApp({ dataDir: a.info().dataDir })
    const { id } = await a.call('runs.launch', { config: shortRun({ steps: 400, lr: 2 }) })
    await reaches(a, id, 30)
    expect((await b.call('runs.pause', { id })).status).toBe('paused')
    const [truncated, metrics] = [heard(a, 'run.truncated'), heard(a, 'run.metrics')]
    await b.call('runs.resume', { id })
    await hasStatus(b, id, 'running')
    expect(await codeOf(() => a.call('runs.resume', { id }))).toBe('E_STATE')
    await until('points in a', () => metrics.length > 1)
    expect(truncated.map((e) => e.id)).toEqual([id])
    expect((await a.call('runs.stop', { id })).status).toBe('stopped')
    const { steps, values } = await curve(a, id)
    expect(steps).toEqual(upTo(steps.length))
    expect(values).toEqual(steps.map((step) => lossAt(5, step)))
  })

  it('the limit counts the runs of both', async () => {
    const a = await openApp()
    const b = await openApp({ dataDir: a.info().dataDir })
    await a.call('settings.set', { maxRunning: 1 })
    const first = await a.call('runs.launch', { config: longRun })
    await hasStatus(a, first.id, 'running')
    const second = await b.call('runs.launch', { config: shortRun({ steps: 20 }) })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await rowOf(b, second.id)).toMatchObject({ status: 'queued', queuePosition: 0 })
    await a.call('runs.stop', { id: first.id })
    await hasStatus(b, second.id, 'finished')
  })
})

describe('a process that vanishes', () => {
  it('leaves an interrupted run with its reason; a sleeping one does not; resumed it has one whole curve', async () => {
    const dataDir = freshFolder()
    const other = await otherProcess(dataDir)
    const app = await openApp({ dataDir })
    expect((await rowOf(app, other.id)).status).toBe('running')
    await putToSleep(other.process, dataDir)
    const slept = Date.now()
    for (const what of ['runs.pause', 'runs.stop'] as const)
      await expect(app.call(what, { id: other.id })).rejects.toMatchObject({
        code: 'E_BUSY',
        message: expect.stringMatching(new RegExp(`pid ${other.process.pid}\\) does not answer`)),
      })
    await new Promise((resolve) => setTimeout(resolve, slept + 6500 - Date.now()))
    expect((await rowOf(app, other.id)).status).toBe('running')
    other.process.kill('SIGKILL')
    const row = await hasStatus(app, other.id, 'interrupted')
    expect(row.reason).toMatch(new RegExp(`pid ${other.process.pid}\\) vanished`))
    await app.call('runs.resume', { id: other.id })
    await hasStatus(app, other.id, 'running')
    await reaches(app, other.id, row.step + 20)
    await app.call('runs.stop', { id: other.id })
    const { steps, values } = await curve(app, other.id)
    expect(steps).toEqual(upTo(steps.length))
    expect(values).toEqual(steps.map((step) => lossAt(5, step)))
  }, 60_000)

  it('is noticed at the next start, with a check of the database', async () => {
    const dataDir = freshFolder()
    const other = await otherProcess(dataDir)
    other.process.kill('SIGKILL')
    await new Promise((resolve) => other.process.once('exit', resolve))
    const started = Date.now()
    const app = await openApp({ dataDir })
    expect((await rowOf(app, other.id)).status).toBe('interrupted')
    expect(Date.now() - started).toBeLessThan(5000)
    expect(app.info().warnings.map((w) => w.code)).toEqual(['W_UNCLEAN_EXIT'])
    await app.close()
    expect((await openApp({ dataDir })).info().warnings).toEqual([])
  })
})

describe('a text that another process is importing', () => {
  /** A process in the middle of an import, asleep; and what it has written so far. */
  async function asleepInImport(dataDir: string) {
    const path = join(freshFolder(), 'long.txt')
    writeFileSync(path, Buffer.alloc(40 << 20, 'some words '))
    const child = appProcess(
      dataDir,
      `const { id } = await app.call('data.importFile', { path: ${JSON.stringify(path)} }, { local: true })
      console.log(id)
      await app.close()`,
    )
    const done = new Promise<string>((resolve) =>
      createInterface({ input: child.stdout }).once('line', resolve),
    )
    const unfinished = () =>
      readdirSync(dataDir, { recursive: true }).filter((name) => /^datasets.*tmp$/.test(String(name)))
    await until('the import to write', () => unfinished().length > 0)
    child.kill('SIGSTOP')
    return { child, done, unfinished }
  }

  it('is left alone by one that starts, and is no left-over for the doctor', async () => {
    const dataDir = freshFolder()
    const { child, done, unfinished } = await asleepInImport(dataDir)
    const app = await openApp({ dataDir })
    const { checks } = await app.call('app.doctor', {})
    expect(checks.find(({ name }) => name === 'left-over files')?.message).toBe('none')
    expect(unfinished()).toHaveLength(1)
    child.kill('SIGCONT')
    expect(await done).toBe('long')
    expect((await app.call('data.get', { id: 'long' })).bytes).toBe(40 << 20)
    expect(unfinished()).toEqual([])
  })

  it('is removed when its process is gone', async () => {
    const dataDir = freshFolder()
    const { child, unfinished } = await asleepInImport(dataDir)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    await (await openApp({ dataDir })).call('runs.list', {})
    expect(unfinished()).toEqual([])
  })

  it('is imported once, and stays when the same text is removed meanwhile', async () => {
    const a = await openApp()
    const b = await openApp({ dataDir: a.info().dataDir })
    const bytes = new TextEncoder().encode('the same words '.repeat(5000))
    const add = (app: typeof a, name: string) => app.call('data.import', { name, bytes })
    const [one, two] = await Promise.all([add(a, 'one.txt'), add(b, 'two.txt')])
    expect(one.id).toBe(two.id)
    const [, again] = await Promise.allSettled([a.call('data.remove', { id: one.id }), add(b, 'two.txt')])
    const kept = (await b.call('data.list', {})).filter((dataset) => dataset.sha256 === one.sha256)
    expect(kept.length).toBe(again.status === 'fulfilled' ? 1 : 0)
    const { checks } = await a.call('app.doctor', {})
    expect(
      checks.filter(({ name }) => ['texts', 'left-over files'].includes(name)).every(({ ok }) => ok),
    ).toBe(true)
  })
})

describe('another process holds the database', () => {
  it('longer than 10 s: the user is told, training waits, and not a point is lost', async () => {
    const app = await openApp()
    const notices = heard(app, 'notice')
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 3000 }) })
    await reaches(app, id, 20)
    const other = new Database(join(app.info().dataDir, 'unroll.db'))
    other.exec('BEGIN IMMEDIATE')
    const busy = codeOf(() => app.call('runs.update', { id, notes: 'x' }))
    await until('a notice', () => notices.some((n) => n.code === 'W_DB_BUSY'), 25_000)
    expect((await rowOf(app, id)).status).toBe('running')
    other.exec('COMMIT')
    other.close()
    expect(['E_DB_BUSY', '']).toContain(await busy)
    await hasStatus(app, id, 'finished')
    expect((await curve(app, id)).steps).toEqual(upTo(3000))
  }, 60_000)
})
