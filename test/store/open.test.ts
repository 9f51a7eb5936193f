// What is found when the store opens: other files, other schemas, newer versions, damage, places, other processes.
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applicationId, migrations } from '../../src-main/store/migrations.ts'
import { openForWriting } from '../../src-main/store/db.ts'
import { isAlive, newOwner } from '../../src-main/store/lease.ts'
import { checkFileSystem } from '../../src-main/store/fileSystemCheck.ts'
import { openStore } from '../../src-main/store/store.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { codeOf, freshFolder } from './folder.ts'

const run = (id: string) => ({
  id: id.repeat(26),
  name: id,
  status: 'paused' as const,
  created_at: 1,
  config: '{}',
})

async function madeStore() {
  const folder = freshFolder()
  const store = openStore(folder, readStored)
  await store.write(() => store.runs.insert(run('1')))
  await store.close()
  return { folder, path: join(folder, 'unroll.db') }
}
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('a file that is no database of ours', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['a text', Buffer.from('hello '.repeat(100))],
    ['encrypted', createHash('sha512').update('x').digest()],
  ])('%s: E_DB_NOT, with the path, and not a byte changed', async (_, bytes) => {
    const path = join(freshFolder(), 'unroll.db')
    writeFileSync(path, bytes)
    expect(await codeOf(() => openStore(join(path, '..'), readStored))).toBe('E_DB_NOT')
    expect(() => openStore(join(path, '..'), readStored)).toThrow(path)
    expect(readFileSync(path)).toEqual(bytes)
  })

  it('of another program: E_DB_SCHEMA', async () => {
    const folder = freshFolder()
    const other = new Database(join(folder, 'unroll.db'))
    other.exec('CREATE TABLE bookmarks (url TEXT)')
    other.close()
    expect(await codeOf(() => openStore(folder, readStored))).toBe('E_DB_SCHEMA')
  })

  it('with a missing table, a changed column and a trigger: E_DB_SCHEMA lists each', async () => {
    const { folder, path } = await madeStore()
    const db = new Database(path)
    db.exec(
      'DROP TABLE samples; ALTER TABLE checkpoints ADD COLUMN extra TEXT; CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END',
    )
    db.close()
    expect(() => openStore(folder, readStored)).toThrow(
      /samples\.id is missing.*checkpoints\.extra is not ours.*trigger t is not ours/,
    )
  })

  it.each([
    ['no version, with tables', 0],
    ['an older version than its tables', 1],
  ])('of %s: E_DB_SCHEMA, 0 bytes written', async (_, version) => {
    const { folder, path } = await madeStore()
    const db = new Database(path)
    db.pragma(`user_version = ${version}`)
    db.close()
    const before = hashOf(path)
    expect(await codeOf(() => openStore(folder, readStored))).toBe('E_DB_SCHEMA')
    expect(hashOf(path)).toBe(before)
  })

  it('of a newer version: E_DB_NEWER, 0 bytes written', async () => {
    const { folder, path } = await madeStore()
    const db = new Database(path)
    db.pragma(`user_version = ${migrations.length + 1}`)
    db.close()
    const before = [hashOf(path), readdirSync(folder)]
    expect(await codeOf(() => openStore(folder, readStored))).toBe('E_DB_NEWER')
    expect([hashOf(path), readdirSync(folder)]).toEqual(before)
  })
})

describe('migrations', () => {
  const second = 'ALTER TABLE settings ADD COLUMN note TEXT'

  it('lead an older file to the newest version with its rows', async () => {
    const { path } = await madeStore()
    const { db } = openForWriting(path, [...migrations, second])
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length + 1)
    expect(db.prepare('SELECT name FROM runs').pluck().all()).toEqual(['1'])
    db.close()
  })

  it('leave nothing behind when one fails half-way', async () => {
    const { folder, path } = await madeStore()
    expect(() => openForWriting(path, [...migrations, `${second}; INSERT INTO nowhere VALUES (1)`])).toThrow(
      'nowhere',
    )
    const store = openStore(folder, readStored)
    expect(store.runs.list({ search: '', trash: false, limit: 10, offset: 0 }).total).toBe(1)
    await store.close()
  })

  it('mark the file as ours', async () => {
    const { path } = await madeStore()
    expect(readFileSync(path).readUInt32BE(68)).toBe(applicationId)
  })
})

describe('damage', () => {
  it('after an unclean exit is found, named, and nothing can be written', async () => {
    const { folder, path } = await madeStore()
    const db = new Database(path)
    const pages = readFileSync(path).length / 4096
    db.prepare('INSERT INTO owners VALUES (?, 1)').run('999999999 1 - dead')
    db.close()
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 4096 * (pages - 2) + 50)
    writeFileSync(path, bytes)
    const store = openStore(folder, readStored)
    await store.recover()
    expect(store.findings.map((finding) => finding.code)).toContain('E_DB_CORRUPT')
    expect(await codeOf(() => store.write(() => store.runs.insert(run('2'))))).toBe('E_DB_CORRUPT')
    await store.close()
  })

  it('never ends the process and never writes, over 200 damaged copies', async () => {
    const { folder, path } = await madeStore()
    const whole = readFileSync(path)
    let state = 1
    const next = (n: number) => (state = (state * 48271) % 2147483647) % n
    const seen = new Map<string, number>()
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.from(whole)
      if (i % 4 === 0) writeFileSync(path, bytes.subarray(0, 100 + next(bytes.length - 100)))
      else {
        for (let k = 0; k < 8; k++) bytes[next(bytes.length)]! ^= 1 << next(8)
        writeFileSync(path, bytes)
      }
      const result = await codeOf(async () => {
        const store = openStore(folder, readStored)
        try {
          await store.recover()
          const listed = store.runs.list({ search: '', trash: false, limit: 10, offset: 0 })
          for (const row of listed.runs) expect(typeof row.name).toBe('string')
        } finally {
          await store.close()
        }
      })
      seen.set(result, (seen.get(result) ?? 0) + 1)
    }
    for (const code of seen.keys())
      expect(code).toMatch(/^$|^E_DB_(NOT|CORRUPT|SCHEMA|NEWER)$|^SQLITE_CORRUPT/)
    expect(seen.size).toBeGreaterThan(1)
  })

  it('a log that is missing, cut or torn leaves whole commits, over 100 cuts', async () => {
    const { folder, path } = await madeStore()
    const store = openStore(folder, readStored)
    for (let i = 2; i <= 9; i++) {
      await store.write(() => {
        store.runs.insert(run(String(i)))
        store.runs.set(String(i).repeat(26), { notes: `note ${i}` })
      })
    }
    const [main, log] = [readFileSync(path), readFileSync(`${path}-wal`)]
    await store.close()
    let state = 7
    const next = (n: number) => (state = (state * 48271) % 2147483647) % n
    const totals = new Set<number>()
    for (let i = 0; i < 100; i++) {
      const copy = join(freshFolder(), 'unroll.db')
      writeFileSync(copy, main)
      const cut = Buffer.from(log.subarray(0, next(log.length)))
      if (i % 2 && cut.length > 64) cut[32 + next(cut.length - 32)]! ^= 1 << next(8)
      if (i) writeFileSync(`${copy}-wal`, cut)
      const torn = openStore(join(copy, '..'), readStored)
      expect(torn.database.pragma('integrity_check', { simple: true })).toBe('ok')
      const { runs, total } = torn.runs.list({ search: '', trash: false, limit: 100, offset: 0 })
      expect(runs.map((row) => Number(row.name)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: total }, (_, k) => k + 1),
      )
      for (const row of runs) expect(row.notes).toBe(row.name === '1' ? '' : `note ${row.name}`)
      totals.add(total)
      await torn.close()
    }
    expect(totals.size).toBeGreaterThan(3)
  })
})

describe('places', () => {
  const at = (type: string) => [
    { point: '/', type: 'ext4' },
    { point: '/tmp', type },
  ]
  it.each(['nfs', 'nfs4', 'cifs', 'smb3', 'exfat', 'vfat', 'lustre', 'fuse.sshfs'])(
    '%s is refused',
    async (type) => {
      expect(await codeOf(() => checkFileSystem('/tmp/runs', at(type)))).toBe('E_STORE_PLACE')
    },
  )
  it.each(['ext4', 'xfs', 'btrfs', 'apfs', 'tmpfs', 'overlay'])('%s is fine', (type) =>
    expect(checkFileSystem('/tmp/runs', at(type))).toEqual([]),
  )
  it.each(['Dropbox', 'OneDrive - Work', 'Library/Mobile Documents', 'Google Drive'])(
    'a folder in %s gets a warning',
    (name) => {
      const folder = join(freshFolder(), name, 'runs')
      mkdirSync(folder, { recursive: true })
      expect(checkFileSystem(folder).map((warning) => warning.code)).toEqual(['W_SYNC_FOLDER'])
    },
  )
})

describe('leases', () => {
  it('live as long as the process, not longer, and not for another with the same pid', async () => {
    const mine = newOwner()
    expect(isAlive(mine)).toBe(true)
    const [pid, , boot, nonce] = mine.split(' ')
    expect(isAlive([pid, '1', boot, nonce].join(' '))).toBe(false)
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    await new Promise((resolve) => child.once('spawn', resolve))
    const theirs = [child.pid, '-', boot, 'x'].join(' ')
    expect(isAlive(theirs)).toBe(true)
    child.kill('SIGSTOP')
    expect(isAlive(theirs)).toBe(true)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(isAlive(theirs)).toBe(false)
    if (process.platform === 'linux') expect(isAlive([pid, '-', 'another-boot', nonce].join(' '))).toBe(false)
  })
})
