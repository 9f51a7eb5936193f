// The terminal's door as a real process: signals, a reader that goes away, a server that is asked to end.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runId } from '../fakeRuns.ts'
import { request } from '../web/raw.ts'

const entry = fileURLToPath(new URL('./fakeMain.ts', import.meta.url))

interface Running {
  child: ChildProcess
  trace: () => { closed: boolean; calls: string[] }
  /** Resolves when stdout has matched. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  ended: Promise<{ code: number | null; out: string; err: string }>
}

function start(argv: string[], env: Record<string, string> = {}): Running {
  const trace = join(mkdtempSync(join(tmpdir(), 'unroll-process-')), 'trace.json')
  const child = spawn(process.execPath, [entry, ...argv], {
    env: { ...process.env, FAKE_TRACE: trace, UNROLL_HOME: tmpdir(), ...env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  return {
    child,
    trace: () => JSON.parse(readFileSync(trace, 'utf8')),
    async printed(pattern) {
      for (;;) {
        const match = pattern.exec(out)
        if (match) return match
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${out}${err}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))),
  }
}

const endless = ['train', '--preset', 'prose', '--set', 'train.steps=100000', '--json']
const last = (out: string) => JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, unknown>

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s pauses the run with a checkpoint and leaves with %d', async (signal, code) => {
    const run = start(endless, { FAKE_CHECKPOINT: '200' })
    await run.printed(/"step":5/)
    run.child.kill(signal)
    const { code: exit, out, err } = await run.ended
    expect([exit, err]).toEqual([code, ''])
    expect(last(out)).toMatchObject({ event: 'finished', run: runId(9), status: 'paused' })
    expect(run.trace()).toMatchObject({ closed: true, calls: expect.arrayContaining(['runs.pause']) })
  })

  it('twice leaves at once, checkpoint or not', async () => {
    const run = start(endless, { FAKE_CHECKPOINT: '20000' })
    await run.printed(/"step":5/)
    run.child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(run.child.exitCode).toBe(null)
    const before = Date.now()
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect(Date.now() - before).toBeLessThan(3000)
  })

  it('SIGTERM while the checkpoint of a SIGINT is written leaves at once with its own code', async () => {
    const run = start(endless, { FAKE_CHECKPOINT: '20000' })
    await run.printed(/"step":5/)
    run.child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    run.child.kill('SIGTERM')
    expect((await run.ended).code).toBe(143)
  })

  it('end a sample that is being written', async () => {
    const run = start(['sample', 'first', '--length', '1000'])
    await run.printed(/early/)
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect(run.trace().calls).toContain('sample.stop')
  })
})

describe('a run behind that of another process', () => {
  it('waits in the queue and is followed to its end', async () => {
    const argv = ['train', '--preset', 'prose', '--set', 'train.steps=3', '--json']
    const { code, out, err } = await start(argv, { FAKE_WAIT: '300' }).ended
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out.slice(0, out.indexOf('\n')))).toMatchObject({ event: 'launched', status: 'queued' })
    expect(last(out)).toMatchObject({ event: 'finished', run: runId(9), status: 'finished' })
  })
})

describe('a reader that goes away', () => {
  it('ends a training with 0 after its checkpoint', async () => {
    const run = start(endless)
    await run.printed(/"step":5/)
    run.child.stdout!.destroy()
    expect((await run.ended).code).toBe(0)
    expect(run.trace()).toMatchObject({ closed: true, calls: expect.arrayContaining(['runs.pause']) })
  })

  it('does not matter to a command that is done', async () => {
    const run = start(['catalog', '--json'])
    run.child.stdout!.destroy()
    const { code, err } = await run.ended
    expect([code, err]).toEqual([0, ''])
  })
})

describe('serve', () => {
  it('prints its address first, serves, prints a new one after each login, survives its reader, ends by a signal', async () => {
    const run = start(['serve', '--port', '0', '--no-open', '--json'])
    const [, url] = await run.printed(/^\{"event":"listening","url":"([^"]+)"\}\n/)
    const port = Number(new URL(url!).port)
    const code = new URL(url!).hash.slice('#code='.length)
    expect((await request(port, { path: '/login', body: JSON.stringify({ code }) })).status).toBe(200)
    const [, next] = await run.printed(/\{"event":"login","url":"([^"]+)"\}\n/)
    expect(next).not.toBe(url)
    run.child.stdout!.destroy()
    const again = new URL(next!).hash.slice('#code='.length)
    expect((await request(port, { path: '/login', body: JSON.stringify({ code: again }) })).status).toBe(200)
    expect((await request(port, { method: 'GET', path: '/' })).status).toBe(200)
    run.child.kill('SIGTERM')
    expect((await run.ended).code).toBe(143)
    expect(run.trace().closed).toBe(true)
  })

  it.each([
    [['--port', '70000'], 75, /E_PORT/],
    [['--port', '-1'], 75, /E_PORT/],
    [['--host', '0.0.0.0'], 2, /ssh -L/],
  ])('refuses %j', async (argv, code, message) => {
    const run = start(['serve', '--no-open', ...argv])
    expect(await run.ended).toMatchObject({ code, err: expect.stringMatching(message) })
  })
})
