// Where the data folder may be, and what still works where nothing can be written: a wrong place is refused with its reason, a full or
// read-only one is read.
import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp } from '../../src-main/app.ts'
import { setFaults } from '../../src-main/store/faults.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { openStore } from '../../src-main/store/store.ts'
import { codeOf, freshFolder } from '../store/folder.ts'
import { hasStatus, heard, openApp, reaches, shortRun, standIn, until } from './apps.ts'

const linux = process.platform === 'linux'
const root = new URL('../../', import.meta.url).pathname
const terminal = (argv: string[], how: Parameters<typeof spawnSync>[2] = {}) =>
  spawnSync(process.execPath, [join(root, 'bin/unroll.mjs'), ...argv], {
    encoding: 'utf8',
    timeout: 60_000,
    ...how,
  })

/** A folder with one finished run. */
async function madeFolder(): Promise<{ dataDir: string; id: string }> {
  const dataDir = freshFolder()
  const app = await createApp({ dataDir, engineUrl: standIn })
  const { id } = await app.call('runs.launch', { config: shortRun({ steps: 20 }) })
  await hasStatus(app, id, 'finished')
  await app.close()
  return { dataDir, id }
}

describe('a place that can be no data folder', () => {
  const at =
    (name: string, make: (path: string) => unknown = () => undefined) =>
    async () => {
      const path = join(freshFolder(), name)
      await make(path)
      return path
    }
  const listening = (path: string) =>
    new Promise<void>((resolve) => {
      const server = createServer().listen(path, resolve)
      onTestFinished(() => void server.close())
    })

  it.each<[string, () => string | Promise<string>, RegExp]>([
    ['a file', at('file', (path) => writeFileSync(path, '')), /it is a file, not a folder/],
    [
      'below a file',
      at('file/x/y', (path) => writeFileSync(join(path, '../..'), '')),
      /file is a file, not a/,
    ],
    ['a link to nothing', at('link', (path) => symlinkSync('nowhere', path)), /it is a link to nothing/],
    ['a link to itself', at('link', (path) => symlinkSync('link', path)), /circle \(ELOOP\)/],
    ['a name that is too long', at('x'.repeat(300)), /too long \(ENAMETOOLONG\)/],
    ['a socket', at('socket', listening), /it is a socket/],
    ['a device', () => '/dev/null', /it is a device/],
    ...(linux ? [['below /proc', () => '/proc/x/y', /keeps nothing/] as [string, () => string, RegExp]] : []),
  ])('%s', async (_, place, reason) => {
    const dataDir = await place()
    const opening = createApp({ dataDir, engineUrl: standIn })
    await expect(opening).rejects.toMatchObject({
      code: 'E_STORE_PLACE',
      message: expect.stringMatching(reason),
    })
  })

  it.runIf(linux)('ends the terminal with 73, also where folders are never made', () => {
    const { status, stdout, stderr } = terminal(['runs', '--data-dir', '/proc/x'])
    expect([status, stdout]).toEqual([73, ''])
    expect(stderr).toMatch(/\/proc\/x.*E_STORE_PLACE/)
  })

  it.runIf(linux)('not permitted: with its reason', () => {
    const home = freshFolder()
    chmodSync(home, 0o755)
    for (const [name, mode] of [
      ['closed', 0],
      ['empty', 0o555],
      ['unread', 0o755],
    ] as const)
      mkdirSync(join(home, name), { mode })
    writeFileSync(join(home, 'unread/unroll.db'), 'x', { mode: 0 })
    const source = `
      import { openStore } from ${JSON.stringify(new URL('../../src-main/store/store.ts', import.meta.url).href)}
      for (const name of ['closed', 'closed/below', 'empty', 'empty/new', 'unread'])
        try { openStore(${JSON.stringify(home)} + '/' + name) } catch (error) { console.log(name, error.code, error.message) }`
    // Root may do everything.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
      ...nobody,
    })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => /^(\S+) (\S+) .*\((EACCES)\)/.exec(line)?.slice(1).join(' ')),
    ).toEqual([
      'closed E_STORE_PLACE EACCES',
      'closed/below E_STORE_PLACE EACCES',
      'empty E_STORE_PLACE EACCES',
      'empty/new E_STORE_PLACE EACCES',
      'unread E_STORE_PLACE EACCES',
    ])
  })
})

describe('a full disk', () => {
  it.runIf(linux)('is read: everything but changes works, and it is said once', async () => {
    const { dataDir, id } = await madeFolder()
    const source = `
      import { createApp } from ${JSON.stringify(new URL('../../src-main/app.ts', import.meta.url).href)}
      const app = await createApp({ dataDir: ${JSON.stringify(dataDir)}, engineUrl: ${JSON.stringify(standIn)}, pollMs: 20 })
      const notices = []
      app.on('notice', ({ code, message }) => notices.push(code + ' ' + message))
      const id = ${JSON.stringify(id)}
      const call = (name, input = {}) => app.call(name, input).then(() => '', (error) => error.code)
      const done = {}
      for (const [name, input] of [
        ['runs.list'], ['runs.get', { id }], ['runs.metrics', { ids: [id] }], ['app.doctor'], ['catalog.get'], ['settings.get'],
        ['inspect.text', { id, text: 'ab' }], ['sample.start', { id }], ['runs.export', { id, what: 'weights' }], ['runs.export', { id, what: 'metrics' }],
        ['runs.update', { id, notes: 'x' }], ['runs.launch', { config: {} }],
      ]) done[name] = await call(name, input)
      await new Promise((resolve) => setTimeout(resolve, 100))
      const { writable } = app.info()
      await app.close()
      console.log(JSON.stringify({ done, notices, writable }))`
    // No file may grow: what a full disk says to SQLite.
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', `ulimit -f 0; exec "$0" --input-type=module -e "$1"`, process.execPath, source],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    const { done, notices, writable } = JSON.parse(stdout) as {
      done: Record<string, string>
      notices: string[]
      writable: boolean
    }
    expect(Object.entries(done).filter(([, code]) => code)).toEqual([
      ['runs.update', 'E_DISK'],
      ['runs.launch', 'E_DISK'],
    ])
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(
      /^W_STORE_READONLY .*only: the disk (is full|reports an error \(SQLITE_IOERR_SHM\w+\))\. Free some space/,
    )
    expect(writable).toBe(false)
  })

  it('gives up the reserve and tries again', async () => {
    const dataDir = freshFolder()
    writeFileSync(join(dataDir, 'reserve'), Buffer.alloc(4 << 20))
    setFaults({ errorAt: 1, code: 'ENOSPC' })
    onTestFinished(() => void setFaults())
    const app = await openApp({ dataDir })
    expect(app.info().writable).toBe(true)
    expect(existsSync(join(dataDir, 'reserve'))).toBe(false)
  })
})

describe('a fork at a disk that fails', () => {
  it('at any operation leaves no file behind, or is there', async () => {
    const { dataDir, id } = await madeFolder()
    const app = await openApp({ dataDir })
    onTestFinished(() => void setFaults())
    await app.call('settings.set', { maxRunning: 1 })
    const folders = () => readdirSync(join(dataDir, 'checkpoints')).length
    const codes: string[] = []
    for (let n = 1; codes.at(-1) !== ''; n++) {
      setFaults({ errorAt: n, code: 'ENOSPC' })
      codes.push(await codeOf(() => app.call('runs.fork', { id })))
      setFaults()
      // A commit whose last fsync fails is told as an error and may still be there.
      expect(folders()).toBe((await app.call('runs.list', {})).total)
    }
    expect(codes.length).toBeGreaterThan(5)
    expect(new Set(codes)).toEqual(new Set(['E_DISK', '']))
  })
})

describe('a log that cannot be merged', () => {
  it('is read all the same: no commit is missing', async () => {
    const store = openStore(freshFolder(), readStored)
    await store.write(() =>
      store.runs.insert({
        id: '1'.repeat(26),
        name: 'in the log',
        status: 'paused',
        created_at: 1,
        config: '{}',
      }),
    )
    const copy = freshFolder()
    for (const name of ['unroll.db', 'unroll.db-wal'])
      copyFileSync(join(store.folder, name), join(copy, name))
    await store.close()
    const source = `
      import { openStore } from ${JSON.stringify(new URL('../../src-main/store/store.ts', import.meta.url).href)}
      import { readStored } from ${JSON.stringify(new URL('../../src-main/engine/config.ts', import.meta.url).href)}
      const store = openStore(${JSON.stringify(copy)}, readStored)
      console.log(store.refusal()?.code, store.runs.list({ search: '', trash: false, limit: 10, offset: 0 }).runs.map((run) => run.name).join())`
    chmodSync(copy, 0o555)
    chmodSync(join(copy, 'unroll.db'), 0o444)
    chmodSync(join(copy, 'unroll.db-wal'), 0o444)
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
      ...nobody,
    })
    chmodSync(copy, 0o755)
    expect([stderr, stdout.trim()]).toEqual(['', 'E_STORE_READONLY in the log'])
  })
})

describe('a data folder that goes away', () => {
  it('is told once; nothing is stored elsewhere, nothing is made anew, a run pauses', async () => {
    const dataDir = join(freshFolder(), 'home')
    const app = await openApp({ dataDir })
    const notices = heard(app, 'notice')
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 100_000 }) })
    await reaches(app, id, 20)
    rmSync(dataDir, { recursive: true })
    await until('a word of it', () => notices.some(({ code }) => code === 'W_STORE_READONLY'))
    await until('the end of the run', () => notices.some(({ code }) => code === 'W_DISK'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(notices.filter(({ code }) => code === 'W_STORE_READONLY')).toHaveLength(1)
    expect(app.info()).toMatchObject({
      writable: false,
      warnings: [{ code: 'E_STORE_PLACE', message: expect.stringMatching(/is gone/) }],
    })
    const bytes = new TextEncoder().encode('some text')
    expect(await codeOf(() => app.call('runs.update', { id, notes: 'x' }))).toBe('E_STORE_PLACE')
    expect(await codeOf(() => app.call('data.import', { name: 'x', bytes }))).toBe('E_STORE_PLACE')
    expect(await codeOf(() => app.call('runs.import', { name: 'x', bytes }))).toBe('E_STORE_PLACE')
    expect(await codeOf(() => app.call('runs.fork', { id }))).toBe('E_STORE_PLACE')
    expect((await app.call('runs.list', {})).total).toBe(1)
    const { ok, checks } = await app.call('app.doctor', {})
    expect([ok, checks.find(({ name }) => name === 'data folder')?.message]).toEqual([
      false,
      expect.stringMatching(/is gone/),
    ])
    await app.close()
    expect(existsSync(dataDir)).toBe(false)
  })
})

describe.runIf(process.platform !== 'win32')('what others may see', () => {
  const open = (path: string) => (statSync(path).mode & 0o077).toString(8)

  it('is nothing: database, log, checkpoints, texts and their folders, also where a database was readable before', async () => {
    const { dataDir } = await madeFolder()
    chmodSync(join(dataDir, 'unroll.db'), 0o644)
    for (const name of ['checkpoints', 'datasets']) chmodSync(join(dataDir, name), 0o755)
    const app = await openApp({ dataDir })
    await app.call('data.import', { name: 'x.txt', bytes: new TextEncoder().encode('a text of some words') })
    const seen = readdirSync(dataDir, { recursive: true }).map(String)
    expect(seen).toEqual(expect.arrayContaining(['unroll.db', 'unroll.db-wal', 'unroll.db-shm', 'datasets']))
    expect(seen.filter((name) => open(join(dataDir, name)) !== '0')).toEqual([])
    expect(new Database(join(dataDir, 'unroll.db'), { readonly: true }).close().open).toBe(false)
  })
})
