// Claims over the real app and engine: stored and told, tested by every new run, read again from its curves and checkpoints, compared.
import { beforeAll, describe, expect, it } from 'vitest'
import { claimMetric } from '../../src-main/contract/claim.ts'
import { grouped } from '../options.ts'
import { codeOf } from '../store/folder.ts'
import { curve, hasStatus, heard, openApp, sharedRealApp } from './apps.ts'

const quote = { predicate: 'quote', layer: 0, signal: 'c' }
const train = {
  batch: 4,
  window: 16,
  steps: 20,
  lr: 0.02,
  evalEvery: 10,
  checkpointEvery: 10,
  sampleEvery: 0,
  gradientEvery: 0,
}

describe('the list of claims', () => {
  it('is added to, renamed, cut and told; the same claim is refused twice', async () => {
    const app = await openApp()
    const told = heard(app, 'claims.changed')
    const first = await app.call('claims.add', quote)
    expect(first).toMatchObject({ ...quote, name: 'quote', unit: null, sign: 1, threshold: 0.95 })
    const unit = await app.call('claims.add', { ...quote, unit: 90, sign: -1, name: 'unit 90' })
    expect(unit.key).not.toBe(first.key)
    expect(await codeOf(() => app.call('claims.add', { ...quote, threshold: 0.9 }))).toBe('E_EXISTS')
    const renamed = await app.call('claims.update', {
      key: first.key,
      name: 'open quotation',
      threshold: 0.9,
    })
    expect(await app.call('claims.list', {})).toEqual([renamed, unit])
    expect(renamed).toEqual({ ...first, name: 'open quotation', threshold: 0.9 })
    await app.call('claims.remove', { key: unit.key })
    expect(told.map(({ claims }) => claims.length)).toEqual([1, 2, 2, 1])
    expect(await codeOf(() => app.call('claims.remove', { key: unit.key }))).toBe('E_NOT_FOUND')
    expect(await codeOf(() => app.call('claims.add', { ...quote, predicate: 'quotee' }))).toBe('E_ARG')
    expect((await app.call('app.doctor', {})).checks.find(({ name }) => name === 'claims')?.ok).toBe(true)
  })

  it('is seen by another process of the same folder', async () => {
    const app = await openApp()
    const other = await openApp({ dataDir: (await app.call('app.info', {})).dataDir })
    expect(await other.call('claims.list', {})).toEqual([])
    const told = heard(other, 'claims.changed')
    const { key } = await app.call('claims.add', quote)
    await expect.poll(() => told.at(-1)?.claims.map((claim) => claim.key)).toEqual([key])
  })
})

describe('a run', () => {
  const app = sharedRealApp()
  const config = (dataset: string, name: string) => ({
    name,
    seed: 1,
    data: { kind: 'text', dataset },
    model: { hidden: 5 },
    ...grouped(train),
  })
  let dataset = ''
  let before = ''
  let after = ''
  let key = ''

  beforeAll(async () => {
    const bytes = new TextEncoder().encode('the "cat" saw a dog (or "two") and ran.\n'.repeat(200))
    dataset = (await app().call('data.import', { name: 'quoted.txt', bytes })).id
    before = (await app().call('runs.launch', { config: config(dataset, 'before') })).id
    await hasStatus(app(), before, 'finished')
    key = (await app().call('claims.add', { ...quote, threshold: 0.5 })).key
    await app().call('claims.add', { ...quote, unit: 3, intervention: 'L1.c[3]=set(0)' })
    await app().call('claims.add', { ...quote, layer: 5 })
    after = (await app().call('runs.launch', { config: config(dataset, 'after') })).id
    await hasStatus(app(), after, 'finished')
  })

  it('that was launched before has no claims, a later one those of then, with a curve each', async () => {
    const claimsOf = async (id: string) => (await app().call('runs.get', { id })).run.config.claims
    expect(await claimsOf(before)).toBeUndefined()
    expect((await claimsOf(after))?.map((claim) => claim.key)).toHaveLength(3)
    expect((await curve(app(), after, claimMetric(key))).steps).toEqual([10, 20])
    expect((await curve(app(), after, claimMetric(key, 'unit'))).steps).toEqual([10, 20])
    // Weights and losses are those of the run without claims.
    expect(await curve(app(), after)).toEqual(await curve(app(), before))
  })

  it('gives the same AUC at its last checkpoint as at its last validation', async () => {
    const { step, tests } = await app().call('claims.test', { id: after, step: 20 })
    const { values } = await curve(app(), after, claimMetric(key))
    expect(step).toBe(20)
    expect(tests[0]!.result.auc).toBe(values.at(-1))
    expect(tests[1]!.effect).toMatchObject({
      all: expect.any(Number) as number,
      change: expect.any(Number) as number,
    })
    expect(tests[2]).toMatchObject({ holds: false, effect: null, result: { auc: null } })
    expect(tests[2]!.result.reason).toMatch(/no layer 6/)
  })

  it('has the history of a claim from its curve, and from its checkpoints where it did not test it', async () => {
    const [tested, , never] = await app().call('claims.history', { id: after })
    expect(tested!.points.map(({ step, source }) => [step, source])).toEqual([
      [10, 'validation'],
      [20, 'validation'],
    ])
    expect(tested!.birth).toBe(10)
    expect(never).toMatchObject({ points: [], birth: null, holds: null })
    expect(never!.reason).toMatch(/no layer 6/)
    const [late] = await app().call('claims.history', { id: before, keys: [key] })
    expect(late!.points.map(({ step, source }) => [step, source])).toEqual([
      [10, 'checkpoint'],
      [20, 'checkpoint'],
    ])
    expect(late!.points.map(({ auc }) => auc)).toEqual(tested!.points.map(({ auc }) => auc))
    expect(await codeOf(() => app().call('claims.history', { id: after, keys: ['nosuch'] }))).toBe(
      'E_NOT_FOUND',
    )
  })

  it('stands beside others in a comparison', async () => {
    const { claims, differences } = await app().call('runs.compare', { ids: [before, after] })
    expect(differences.map(({ path }) => path).filter((path) => path.startsWith('claims'))).toEqual([])
    const { values } = await curve(app(), after, claimMetric(key))
    expect(claims).toHaveLength(3)
    expect(claims[0]!.claim.key).toBe(key)
    expect(claims[0]!.runs[0]).toBeNull()
    expect(claims[0]!.runs[1]).toMatchObject({ auc: values.at(-1), step: 20, birth: 10 })
    expect(claims[2]!.runs).toEqual([null, null])
  })

  it('that is forked tests the claims of today', async () => {
    const removed = (await app().call('claims.list', {}))[2]!
    await app().call('claims.remove', { key: removed.key })
    const { run } = await app().call('runs.get', { id: after })
    for (const given of [undefined, { ...run.config, name: '' }]) {
      const fork = await app().call('runs.fork', { id: after, ...(given && { config: given }) })
      expect(fork.config.claims).toHaveLength(2)
      await hasStatus(app(), fork.id, 'finished')
    }
  })
})
