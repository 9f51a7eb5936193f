// Claims in the store: they come back whole after closing, a damaged one is left out and found by the check, and an older folder gets the table.
import { expect, it } from 'vitest'
import type { StoredClaim } from '../../src-main/contract/claim.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { checkDatabase } from '../../src-main/store/check.ts'
import { databasePath, openForWriting } from '../../src-main/store/db.ts'
import { migrations } from '../../src-main/store/migrations.ts'
import { openStore } from '../../src-main/store/store.ts'
import { freshFolder } from './folder.ts'

const claim = (key: string, createdAt: number): StoredClaim => ({
  key,
  createdAt,
  name: `claim “${key}”`,
  predicate: 'between("\\"", "\\"")',
  layer: 0,
  signal: 'c',
  unit: key === 'fixed' ? 90 : null,
  sign: -1,
  threshold: 0.9,
  ...(key === 'fixed' && { intervention: 'L1.c[90]=set(0) where quote' }),
})

it('gives claims back as they were, the oldest first, and replaces by key', async () => {
  const store = openStore(freshFolder(), readStored)
  const [old, fixed] = [claim('old', 2), claim('fixed', 1)]
  await store.write(() => [old, fixed].forEach(store.claims.put))
  await store.write(() => store.claims.put({ ...old, name: 'new' }))
  await store.close()
  const again = openStore(store.folder, readStored)
  expect(again.claims.list()).toEqual([fixed, { ...old, name: 'new' }])
  await again.write(() =>
    expect([again.claims.remove('old'), again.claims.remove('old')]).toEqual([true, false]),
  )
  expect(again.claims.get('old')).toBeUndefined()
  await again.close()
})

it('leaves a damaged claim out and names it in the check', async () => {
  const store = openStore(freshFolder(), readStored)
  await store.write(() => ['sound', 'hurt'].forEach((key, i) => store.claims.put(claim(key, i))))
  await store.write(() =>
    store.database.prepare("UPDATE claims SET claim = replace(claim, '0.9', '0.8') WHERE key = 'hurt'").run(),
  )
  expect(store.claims.list().map(({ key }) => key)).toEqual(['sound'])
  await store.close()
  const { claims, database } = await checkDatabase(databasePath(store.folder), 'whole')
  expect(database).toEqual([])
  expect(claims).toEqual([expect.stringMatching(/^claim hurt: its record is damaged/)])
})

it('opens a folder that had no table of claims', async () => {
  const folder = freshFolder()
  openForWriting(databasePath(folder), migrations.slice(0, 5)).db.close()
  const store = openStore(folder, readStored)
  expect(store.claims.list()).toEqual([])
  await store.write(() => store.claims.put(claim('first', 1)))
  expect(store.claims.list()).toHaveLength(1)
  await store.close()
})
