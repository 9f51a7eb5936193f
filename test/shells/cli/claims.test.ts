// `unroll claims` over the real app: add, list, rename, test, history, compare, remove.
import { beforeAll, expect, it } from 'vitest'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import { grouped } from '../../options.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { unroll as unrollWith } from './terminal.ts'

const app = sharedRealApp()
const unroll = (...argv: string[]) =>
  unrollWith(argv, { app: { ...app(), close: async () => undefined } as unknown as FakeApp })
const train = { batch: 4, window: 16, steps: 20, lr: 0.02, evalEvery: 10, gradientEvery: 0, sampleEvery: 0 }

async function launch(name: string): Promise<void> {
  const config = {
    name,
    seed: 1,
    data: { kind: 'text', dataset: 'quoted' },
    model: { hidden: 5 },
    ...grouped(train),
  }
  await hasStatus(app(), (await app().call('runs.launch', { config })).id, 'finished')
}

beforeAll(async () => {
  const bytes = new TextEncoder().encode('the "cat" saw a dog (or "two") and ran.\n'.repeat(200))
  await app().call('data.import', { name: 'quoted.txt', bytes })
  await launch('before')
})

it('a claim is added, listed, tested by the next run, compared and removed', async () => {
  expect((await unroll('claims')).out).toMatch(/No claims yet. Add one: unroll claims add/)
  const added = await unroll('claims', 'add', 'quote', '--unit', 'L1.c', '--threshold', '0.5')
  expect(added.out).toMatch(/^added quote-[0-9a-f]{6}\n$/)
  const key = added.out.trim().slice('added '.length)
  await unroll(
    'claims',
    'add',
    'vowel',
    '--unit',
    'L1.h[2]-',
    '--name',
    'vowels',
    '--intervene',
    'L1.h[2]=set(0)',
  )
  expect((await unroll('claims', 'rename', 'quote', 'open quotation')).out).toMatch(
    /open quotation, holds from an AUC of 0\.5/,
  )
  const { out } = await unroll('claims')
  expect(out).toMatch(new RegExp(`${key}\\s+open quotation\\s+L1\\.c \\(best unit\\)\\s+0\\.5\\s+quote`))
  expect(out).toMatch(/vowels\s+L1\.h\[2\]-\s+0\.95\s+L1\.h\[2\]=set\(0\)\s+vowel/)

  await launch('after')
  const { objects } = await unroll('claims', 'test', 'after', '--json')
  const { tests, step } = objects[0] as { step: number; tests: { result: { auc: number }; holds: boolean }[] }
  expect([tests.length, tests[0]!.holds, step % 10]).toEqual([2, true, 0])
  const shown = await unroll('claims', 'test', 'after', '--claim', 'vowels')
  expect(shown.out).toMatch(/vowels\s+L1\.h\[2\]-\s+0\.\d+\s+.*loss [+-]?[\d.e-]+ nats, most /)
  const history = await unroll('claims', 'history', 'after', '--claim', key)
  expect(history.out).toMatch(/^open quotation: born at step 10/)
  expect(history.out).toMatch(/20\s+0?\.?\d+.*validation/)
  expect((await unroll('claims', 'history', 'before', '--claim', key)).out).toMatch(
    /20\s+0?\.?\d+.*checkpoint/,
  )
  const compared = await unroll('compare', 'before', 'after')
  expect(compared.out).toMatch(/claim open quotation\s+—\s+0\.\d+ holds, born at 10/)
  expect(compared.out).toMatch(/"unroll claims test RUN" tests a checkpoint/)

  expect((await unroll('claims', 'remove', 'vowels')).out).toMatch(/^removed vowel-/)
  expect((await unroll('claims', '--json')).objects[0]).toMatchObject({
    claims: [{ key, name: 'open quotation', layer: 1 }],
  })
})

it.each([
  [['add', 'quotee', '--unit', 'L1.c'], /predicate: .*did you mean quote/],
  [['add', 'quote', '--unit', 'c'], /unit: expected L1\.c\[90\]\+/],
  [['add', 'column', '--unit', 'L1.c'], /compare it/],
  [['remove', 'open quotatio'], /did you mean "open quotation"/],
  [['test', 'nobody'], /nobody: no run/],
])('%j is refused', async (argv, message) => {
  const { exit, err } = await unroll('claims', ...argv)
  expect(exit).not.toBe(0)
  expect(err).toMatch(message)
})
