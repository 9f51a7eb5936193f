// Two openings of one folder: locks, claims, changes of the other one. Searching and the order of the queue.
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { searchTextOf } from '../../src-main/store/runRow.ts'
import { openStore } from '../../src-main/store/store.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { codeOf, freshFolder } from './folder.ts'

const run = (id: string) => ({
  id: id.repeat(26),
  name: id,
  status: 'queued' as const,
  created_at: 1,
  config: '{}',
})
const all = { search: '', trash: false, limit: 100, offset: 0 }

describe('two openings of one folder', () => {
  it('see each other, and know when to look', async () => {
    const a = openStore(freshFolder(), readStored)
    const b = openStore(a.folder, readStored)
    expect(b.changedElsewhere()).toBe(false)
    await a.write(() => a.runs.insert(run('1')))
    expect(a.changedElsewhere()).toBe(false)
    expect(b.changedElsewhere()).toBe(true)
    expect(b.changedElsewhere()).toBe(false)
    const seen = b.runs.version()
    await a.write(() => a.runs.set('1'.repeat(26), { name: 'new' }))
    expect(b.runs.changedSince(seen).map((record) => record.name)).toEqual(['new'])
    await a.write(() => a.runs.purge('1'.repeat(26)))
    expect(b.runs.purgedSince(seen).map(({ id }) => id)).toEqual(['1'.repeat(26)])
    await Promise.all([a.close(), b.close()])
  })

  it('claim a run once, and no more runs than allowed', async () => {
    const a = openStore(freshFolder(), readStored)
    const b = openStore(a.folder, readStored)
    const [one, two] = ['1'.repeat(26), '2'.repeat(26)]
    await a.write(() => a.runs.insert(run('1')))
    await a.write(() => a.runs.enqueue(one, a.owner))
    await b.write(() => b.runs.insert(run('2')))
    await b.write(() => b.runs.enqueue(two, b.owner))
    expect(a.runs.queue()).toEqual([one, two])
    expect(a.runs.list(all).runs.map((row) => [row.id, row.queuePosition])).toEqual([
      [two, 1],
      [one, 0],
    ])
    expect(await b.write(() => b.runs.claim(one, b.owner, 4))).toBe(false)
    expect(await a.write(() => a.runs.claim(one, a.owner, 1))).toBe(true)
    expect(await a.write(() => a.runs.claim(one, a.owner, 4))).toBe(false)
    expect(await b.write(() => b.runs.claim(two, b.owner, 1))).toBe(false)
    expect(await b.write(() => b.runs.claim(two, b.owner, 2))).toBe(true)
    await Promise.all([a.close(), b.close()])
  })

  it('wait for a lock without blocking the thread, and lose nothing', async () => {
    const store = openStore(freshFolder(), readStored)
    const other = new Database(store.path)
    other.exec('BEGIN IMMEDIATE')
    let turns = 0
    const timer = setInterval(() => turns++, 10)
    setTimeout(() => other.exec('COMMIT'), 1500)
    await store.write(() => store.runs.insert(run('1')))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
    expect(store.runs.list(all).total).toBe(1)
    other.close()
    await store.close()
  })

  it('give up after 10 s with E_DB_BUSY', async () => {
    const store = openStore(freshFolder(), readStored)
    const other = new Database(store.path)
    other.exec('BEGIN IMMEDIATE')
    const started = Date.now()
    expect(await codeOf(() => store.write(() => store.runs.insert(run('1'))))).toBe('E_DB_BUSY')
    expect(Date.now() - started).toBeGreaterThan(9500)
    other.exec('COMMIT')
    other.close()
    expect(await codeOf(() => store.write(() => store.runs.insert(run('1'))))).toBe('')
    await store.close()
  })
})

describe('search', () => {
  it('finds by name, id, tag, note and value, all words together, whatever the case', async () => {
    const store = openStore(freshFolder(), readStored)
    const config = { ...parseConfig({ model: { hidden: 311 } }), seed: 5 } as RunConfig
    await store.write(() => {
      const id = 'k'.repeat(26)
      const haystack = searchTextOf(id, 'Größe 1', ['baseline'], 'a note % _', config)
      store.runs.insert({
        ...run('k'),
        name: 'Größe 1',
        tags: '["baseline"]',
        notes: 'a note % _',
        haystack,
        config: JSON.stringify(config),
      })
    })
    const total = (search: string) => store.runs.list({ ...all, search }).total
    for (const hit of [
      'GRÖSSE'.replace('SS', 'ß'),
      'kkkk',
      'BASE',
      'note base',
      '311',
      'lstm adam',
      '%',
      '_',
    ])
      expect([hit, total(hit)]).toEqual([hit, 1])
    for (const miss of ['312', 'note nothing', 'learning_rate', "' OR 1=1 --"])
      expect([miss, total(miss)]).toEqual([miss, 0])
    await store.close()
  })

  it('fills options that an older version did not have with their defaults', async () => {
    const store = openStore(freshFolder(), readStored)
    const { beta2: _beta2, ...optimizer } = parseConfig({ optimizer: { lr: 0.5 } }).optimizer
    await store.write(() =>
      store.runs.insert({ ...run('1'), config: JSON.stringify({ ...parseConfig({}), seed: 4, optimizer }) }),
    )
    expect(store.runs.list(all).runs[0]!.config).toMatchObject({
      seed: 4,
      optimizer: { lr: 0.5, beta2: 0.999 },
    })
    await store.close()
  })

  it('shows a run whose configuration is damaged, with the reason', async () => {
    const store = openStore(freshFolder(), readStored)
    await store.write(() => store.runs.insert({ ...run('1'), config: '{"cut' }))
    expect(store.runs.list(all).runs[0]!.error?.code).toBe('E_DB_CORRUPT')
    await store.close()
  })
})
