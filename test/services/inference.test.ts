// Looking, sampling, comparing, exporting, the doctor: what is asked of finished and of training runs.
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import Database from 'better-sqlite3'
import { createApp } from '../../src-main/app.ts'
import { metricsCsv } from '../../src-main/services/csv.ts'
import { setFaults } from '../../src-main/store/faults.ts'
import { codeOf, freshFolder } from '../store/folder.ts'
import { curve, hasStatus, heard, openApp, reaches, rowOf, shortRun, standIn, until } from './apps.ts'

const textRun = (steps: number) => ({
  ...shortRun({ steps }),
  data: { kind: 'text', dataset: 'prose' } as const,
})

describe('looking', () => {
  it('reads the newest or any checkpoint, of a training run too, on typed text and on the run’s own', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', { config: textRun(100_000) })
    expect(await codeOf(() => app.call('inspect.text', { id, text: 'abc' }))).toBe('E_STATE')
    await until('a checkpoint', async () => (await app.call('runs.get', { id })).checkpoints.length > 2)
    const typed = await app.call('inspect.text', { id, text: 'abc' })
    expect([typed.tokens, typed.step, [...typed.values]]).toEqual([['a', 'b', 'c'], 20, [20, 20, 20]])
    const own = await app.call('inspect.text', { id, offset: 3, length: 10 })
    const whole = [...'He said "yes (no)". '.repeat(200)]
    const validation = whole.slice(whole.length - Math.round(whole.length * 0.1))
    expect(own.tokens).toEqual(validation.slice(3, 13))
    expect(await codeOf(() => app.call('inspect.text', { id, offset: 1e6 }))).toBe('E_ARG')
    expect(await codeOf(() => app.call('inspect.text', { id, step: 7 }))).toBe('E_NOT_FOUND')
    expect((await app.call('inspect.find', { id, predicate: 'quote', length: 300 })).positions).toBe(300)
    await app.call('runs.stop', { id })
  })

  it('searches all held-out lines of a run on lines, and a typed text as it is', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', {
      config: {
        ...shortRun({ steps: 20 }),
        task: 'sequence-classification',
        data: { dataset: 'reviews', validation: 0.2 },
      },
    })
    await hasStatus(app, id, 'finished')
    const find = (input: object) =>
      app.call('inspect.find', { id, predicate: 'line_label("good")', ...input })
    // Of 100 lines with a word each, 20 are held out.
    expect((await find({})).positions).toBe(20)
    expect((await find({ text: 'no' })).positions).toBe(2)
  })

  it('a worker that dies while looking is an error of that call; the next one works', async () => {
    const app = await openApp()
    const [bad, good] = await Promise.all([
      app.call('runs.launch', { config: { ...textRun(20), model: { cell: 'explodes' } } }),
      app.call('runs.launch', { config: textRun(20) }),
    ])
    for (const { id } of [bad, good]) await hasStatus(app, id, 'finished')
    expect(await codeOf(() => app.call('inspect.text', { id: bad.id, text: 'a' }))).toBe('E_WORKER')
    expect((await app.call('inspect.text', { id: good.id, text: 'a' })).units).toBe(1)
  })
})

describe('a call with a job', () => {
  it('tells how far it is, ends when it is cancelled, and leaves the worker to the next call', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', {
      config: { ...textRun(20), model: { cell: 'reads-slowly' } },
    })
    await hasStatus(app, id, 'finished')
    const progress = heard(app, 'inspect.progress')
    const job = 'reading01'
    const reading = codeOf(() => app.call('inspect.text', { id, text: 'a', job }))
    await until('some progress', () => progress.length > 1)
    expect(progress[0]).toEqual({ job, done: expect.any(Number) as number, total: 100 })
    expect(await codeOf(() => app.call('inspect.find', { id, predicate: 'quote', job }))).toBe('E_ARG')
    expect(await app.call('inspect.cancel', { job })).toEqual({ job })
    expect(await reading).toBe('E_CANCELLED')
    expect(progress.at(-1)!.done).toBeLessThan(90)
    expect((await app.call('inspect.find', { id, predicate: 'quote', length: 300, job })).positions).toBe(300)
    expect(await app.call('inspect.cancel', { job })).toEqual({ job })
  })

  it('is refused with a name that is none', async () => {
    const app = await openApp()
    const cancel = (job: string) => codeOf(() => app.call('inspect.cancel', { job }))
    expect(await Promise.all(['', 'short', 'With Capitals'].map(cancel))).toEqual(['E_ARG', 'E_ARG', 'E_ARG'])
  })
})

describe('sampling', () => {
  it('streams tokens while another call is answered, and tells the end', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', { config: textRun(20) })
    await hasStatus(app, id, 'finished')
    const [tokens, done] = [heard(app, 'sample.tokens'), heard(app, 'sample.done')]
    const { job, seed, step } = await app.call('sample.start', { id, length: 300, seed: 3 })
    expect([seed, step]).toEqual([3, 20])
    await until('a first piece', () => tokens.length > 0)
    await app.call('inspect.text', { id, text: 'a' })
    expect(done).toEqual([])
    await until('the end', () => done.length === 1)
    expect(done).toEqual([{ job, stopped: false, error: null }])
    expect(tokens.length).toBeGreaterThan(3)
    expect(tokens.flatMap((e) => e.tokens.map((t) => t.id))).toEqual(Array.from({ length: 300 }, (_, i) => i))
  })

  it('stops when told', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', { config: textRun(20) })
    await hasStatus(app, id, 'finished')
    const done = heard(app, 'sample.done')
    const { job } = await app.call('sample.start', { id, length: 100_000 })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await app.call('sample.stop', { job })
    await until('the end', () => done.length === 1, 2000)
    expect(done[0]).toEqual({ job, stopped: true, error: null })
    expect(await app.call('sample.stop', { job })).toEqual({ job })
  })
})

describe('comparing', () => {
  it('names what differs and what is equal, with best and last values', async () => {
    const app = await openApp()
    const a = await app.call('runs.launch', { config: shortRun({ steps: 30 }) })
    const b = await app.call('runs.launch', {
      config: { ...shortRun({ steps: 40 }, { cell: 'gru', options: { bias: true } }), name: 'b' },
    })
    for (const { id } of [a, b]) await hasStatus(app, id, 'finished')
    const { differences, same, metrics, runs } = await app.call('runs.compare', { ids: [a.id, b.id] })
    expect(differences).toEqual([
      { path: 'model.cell', values: ['lstm', 'gru'] },
      { path: 'train.steps', values: [30, 40] },
      { path: 'model.options.bias', values: [null, true] },
    ])
    expect(same).toContainEqual({ path: 'train.batch', value: 1 })
    expect(runs.map((r) => r.step)).toEqual([30, 40])
    const loss = metrics.find((m) => m.name === 'train/loss')!
    const { values, steps } = await curve(app, b.id)
    expect(loss).toMatchObject({ direction: 'min' })
    expect([loss.best[1], loss.bestStep[1], loss.last[1]]).toEqual([
      Math.min(...values),
      steps[values.indexOf(Math.min(...values))],
      values.at(-1),
    ])
  })
})

describe('exporting', () => {
  it('writes curves as CSV whose numbers come back to the bit', () => {
    const values = [NaN, Infinity, -Infinity, -0, 5e-324, 0.1 + 0.2, 1e21]
    const steps = Float64Array.from(values, (_, i) => i)
    const csv = metricsCsv([
      { name: 'train/loss', steps, values: Float64Array.from(values), times: steps },
      { name: '=cmd|"x",y', steps: steps.slice(0, 1), values: steps.slice(0, 1), times: steps.slice(0, 1) },
    ])
    const lines = Buffer.from(csv).toString().trimEnd().split('\n')
    expect(lines[0]).toBe('name,step,value,time')
    lines
      .slice(1, 8)
      .forEach((line, i) => expect(Object.is(Number(line.split(',')[2]), values[i])).toBe(true))
    expect(lines[8]).toBe(`"'=cmd|""x"",y",0,0,0`)
  })

  it('gives weights, curves and settings under safe names', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', {
      config: { ...shortRun({ steps: 20 }), name: '../../etc/passwd "x"' },
    })
    await hasStatus(app, id, 'finished')
    const stem = `etc-passwd-x-${id.slice(-6)}`
    expect((await app.call('runs.export', { id, what: 'weights' })).filename).toBe(`${stem}-20.safetensors`)
    const { filename, bytes } = await app.call('runs.export', { id, what: 'config' })
    expect(filename).toBe(`${stem}.json`)
    const again = await app.call('runs.launch', { config: JSON.parse(Buffer.from(bytes).toString()) })
    expect(again.config).toEqual((await rowOf(app, id)).config)
    expect((await app.call('runs.export', { id, what: 'metrics' })).filename).toBe(`${stem}.csv`)
  })
})

describe('the doctor', () => {
  it('finds nothing in a sound store, and names each of many faults', async () => {
    const dataDir = freshFolder()
    const app = await openApp({ dataDir })
    const { id: text, sha256 } = await app.call('data.import', {
      name: 'a.txt',
      bytes: Buffer.from('some text to read '.repeat(20)),
    })
    const ids: string[] = []
    for (let i = 0; i < 4; i++)
      ids.push((await app.call('runs.launch', { config: shortRun({ steps: 40 }) })).id)
    for (const id of ids) await hasStatus(app, id, 'finished')
    const report = async () => {
      const { ok, checks } = await app.call('app.doctor', {})
      return {
        ok,
        say: (name: string) => checks.find((check) => check.name === name)!.message,
        bad: checks.filter((c) => !c.ok).map((c) => c.name),
      }
    }
    expect(await report()).toMatchObject({ ok: true, bad: [] })
    const folder = (i: number) => join(dataDir, 'checkpoints', ids[i]!)
    const file = (i: number) => readdirSync(folder(i))[0]!
    const [gone, cut] = [file(0), file(1)]
    rmSync(join(folder(0), gone))
    writeFileSync(join(folder(1), cut), 'x')
    writeFileSync(join(folder(2), 'stray.safetensors'), 'x')
    mkdirSync(join(dataDir, 'checkpoints', 'z'.repeat(26)))
    writeFileSync(join(dataDir, 'checkpoints', 'z'.repeat(26), '1.safetensors'), 'x')
    writeFileSync(join(dataDir, 'datasets', 'stray'), 'x')
    appendFileSync(join(dataDir, 'datasets', sha256), 'x')
    const db = new Database(join(dataDir, 'unroll.db'))
    db.prepare("UPDATE runs SET config = '{' WHERE id = ?").run(ids[3])
    db.prepare("UPDATE chunks SET points = x'00' WHERE id = (SELECT min(id) FROM chunks)").run()
    db.close()
    const { ok, say, bad } = await report()
    expect(ok).toBe(false)
    expect(bad).toEqual(['runs', 'curves', 'checkpoints', 'texts', 'left-over files'])
    expect(say('checkpoints')).toMatch(new RegExp(`${gone} is missing`))
    expect(say('checkpoints')).toMatch(new RegExp(`${cut} is damaged`))
    for (const stray of [`${ids[2]}/stray.safetensors`, `${'z'.repeat(26)}/1.safetensors`, 'datasets/stray'])
      expect(say('left-over files')).toContain(stray)
    expect(say('texts')).toContain(`text ${text}`)
    expect(say('runs')).toContain(ids[3])
    expect(readdirSync(folder(2))).toContain('stray.safetensors')
  })
})

describe('a full disk', () => {
  it('pauses the run with the reason; it goes on bit for bit when there is room', async () => {
    const app = await openApp()
    const notices = heard(app, 'notice')
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 400 }) })
    await reaches(app, id, 40)
    setFaults({ errorAt: 1, code: 'ENOSPC', sticky: true })
    await until('a notice', () => notices.some((n) => n.code === 'W_DISK'))
    expect((await app.call('runs.list', {})).total).toBe(1)
    setFaults()
    const row = await hasStatus(app, id, 'paused')
    expect(row.reason).toMatch(/disk is full/)
    await app.call('runs.resume', { id })
    await hasStatus(app, id, 'finished')
    expect((await curve(app, id)).steps).toEqual(Array.from({ length: 400 }, (_, i) => i + 1))
  })
})

describe('a folder that cannot be written', () => {
  /** Root writes everywhere, so the look is taken by another user's process. */
  const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

  it.runIf(process.platform === 'linux')('is shown, and every change says E_STORE_READONLY', async () => {
    const dataDir = freshFolder()
    const app = await createApp({ dataDir, engineUrl: standIn })
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 20 }) })
    await hasStatus(app, id, 'finished')
    await app.close()
    chmodSync(dataDir, 0o555)
    for (const name of readdirSync(dataDir, { recursive: true }))
      chmodSync(join(dataDir, String(name)), 0o555)
    const source = `
      import { createApp } from ${JSON.stringify(new URL('../../src-main/app.ts', import.meta.url).href)}
      const app = await createApp({ dataDir: ${JSON.stringify(dataDir)}, engineUrl: ${JSON.stringify(standIn)} })
      const codeOf = (name, input) => app.call(name, input).then(() => '', (e) => e.code)
      const { runs } = await app.call('runs.list', {})
      const [curve] = await app.call('runs.metrics', { ids: [runs[0].id] })
      console.log(JSON.stringify({
        writable: app.info().writable, warnings: app.info().warnings.map((w) => w.code), status: runs[0].status, points: curve.chunks[0].steps.length,
        codes: await Promise.all([
          codeOf('runs.launch', { config: ${JSON.stringify(shortRun())} }), codeOf('runs.update', { id: runs[0].id, notes: 'x' }),
          codeOf('data.import', { name: 'x', bytes: new Uint8Array(Buffer.from('some text')) }), codeOf('settings.set', { maxRunning: 2 }), codeOf('runs.trash', { ids: [runs[0].id] }),
        ]),
        grid: (await app.call('inspect.text', { id: runs[0].id, text: 'ab' })).tokens.length,
      }))
      await app.close()`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
      ...asNobody,
    })
    chmodSync(dataDir, 0o755)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      writable: false,
      warnings: ['E_STORE_READONLY'],
      status: 'finished',
      points: 20,
      codes: Array(5).fill('E_STORE_READONLY'),
      grid: 2,
    })
  })
})
