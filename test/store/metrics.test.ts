// Curves: exactness of every kind of number, order across merges, summaries against a plain recount, truncation, damaged blobs.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MetricChunk } from '../../src-main/contract/run.ts'
import { thin } from '../../src-main/contract/thin.ts'
import { openStore } from '../../src-main/store/store.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { freshFolder } from './folder.ts'

const id = '0'.repeat(26)

async function storeWithRun() {
  const store = openStore(freshFolder(), readStored)
  await store.write(() => store.runs.insert({ id, name: 'a', status: 'queued', created_at: 1, config: '{}' }))
  return store
}

const chunk = (name: string, from: number, values: number[]): MetricChunk => ({
  name,
  steps: Float64Array.from(values, (_, i) => from + i),
  values: Float64Array.from(values),
  times: Float64Array.from(values, (_, i) => 1.7e12 + from + i),
})

describe('metrics', () => {
  it('brings back NaN, infinities, -0 and denormals exactly', async () => {
    const store = await storeWithRun()
    const odd = [NaN, Infinity, -Infinity, -0, 5e-324, 1.7976931348623157e308, 0.1]
    await store.write(() => store.metrics.append(id, [chunk('train/loss', 1, odd)]))
    await store.close()
    const again = openStore(store.folder, readStored)
    const [read] = again.metrics.read(id)
    expect(read!.values.map((v, i) => Number(Object.is(v, odd[i])))).toEqual(Float64Array.from(odd, () => 1))
    const [summary] = again.metrics.summaries([id]).get(id)!
    expect(summary).toEqual({
      name: 'train/loss',
      count: 7,
      last: 0.1,
      lastStep: 7,
      min: -Infinity,
      minStep: 3,
      max: Infinity,
      maxStep: 2,
    })
    await again.close()
  })

  it('keeps every point in order through all merges, and truncates to a step, for any sizes', async () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -0))
    const sizes = fc.array(fc.array(value, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (lists, cut) => {
        const store = await storeWithRun()
        let step = 1
        for (const list of lists) {
          await store.write(() => store.metrics.append(id, [chunk('m', step, list)]))
          step += list.length
        }
        const all = lists.flat()
        const read = () => store.metrics.read(id)[0]
        expect([...read()!.values]).toEqual(all)
        expect([...read()!.steps]).toEqual(all.map((_, i) => i + 1))
        const last = cut % (all.length + 1)
        await store.write(() => store.metrics.truncate(id, last))
        expect([...(read()?.values ?? [])]).toEqual(all.slice(0, last))
        const summary = store.metrics.summaries([id]).get(id)![0]
        const kept = all.slice(0, last).filter((v) => !Number.isNaN(v))
        expect(summary?.count ?? 0).toBe(last)
        if (kept.length) {
          expect([summary!.min, summary!.max]).toEqual([
            kept.reduce((a, b) => (b < a ? b : a)),
            kept.reduce((a, b) => (b > a ? b : a)),
          ])
          expect(all[summary!.minStep - 1]).toBe(summary!.min)
        }
        if (last) expect(summary!.last).toBe(all[last - 1])
        await store.close()
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  it('stores 10,000 single points in few chunks', async () => {
    const store = await storeWithRun()
    await store.write(() => {
      for (let step = 1; step <= 10_000; step++) store.metrics.append(id, [chunk('m', step, [step / 7])])
    })
    const rows = store.database.prepare('SELECT count(*) FROM chunks').pluck().get()
    expect(rows).toBeLessThan(60)
    expect(store.metrics.read(id)[0]!.values[9999]).toBe(10_000 / 7)
    await store.close()
  })

  it('skips a chunk whose blob has the wrong length, names it, and goes on', async () => {
    const store = await storeWithRun()
    await store.write(() => {
      for (const from of [1, 4, 7]) store.metrics.append(id, [chunk('m', from, [from, from + 1, from + 2])])
      store.database.prepare("UPDATE chunks SET points = x'010203' WHERE first_step = 4").run()
    })
    expect([...store.metrics.read(id)[0]!.steps]).toEqual([1, 2, 3, 7, 8, 9])
    expect(store.metrics.faults()).toHaveLength(1)
    await store.write(() => {
      for (let step = 10; step < 40; step++) store.metrics.append(id, [chunk('m', step, [step])])
    })
    expect(store.metrics.read(id)[0]!.steps).toHaveLength(36)
    expect(store.metrics.faults()).toHaveLength(1)
    await store.close()
  })

  it('thins a long curve as it would be thinned whole, and leaves a short range of it whole', async () => {
    const store = await storeWithRun()
    const values = Array.from({ length: 20_000 }, (_, i) =>
      i === 7777 ? NaN : Math.sin(i) + (i === 12_345 ? 99 : 0),
    )
    for (let at = 0; at < values.length; at += 2500)
      await store.write(() => store.metrics.append(id, [chunk('m', at + 1, values.slice(at, at + 2500))]))
    const [long] = store.metrics.read(id, { buckets: 100 })
    expect(long).toEqual({ name: 'm', ...thin(chunk('m', 1, values), 100) })
    expect(long!.steps.length).toBeLessThan(410)
    expect([...long!.values].filter((value) => value > 50 || Number.isNaN(value))).toHaveLength(2)
    const [short] = store.metrics.read(id, { buckets: 100, from: 12_300, to: 12_400 })
    expect(short).toEqual(chunk('m', 12_300, values.slice(12_299, 12_400)))
    await store.close()
  })

  it('reads only what is new, and only the names asked for', async () => {
    const store = await storeWithRun()
    await store.write(() => store.metrics.append(id, [chunk('a', 1, [1, 2, 3]), chunk('b', 1, [4, 5, 6])]))
    expect(store.metrics.read(id, { names: ['b'], from: 3 })).toEqual([chunk('b', 3, [6])])
    expect(store.metrics.read(id, { names: ['c'] })).toEqual([])
    expect(store.metrics.after(id, new Map([['a', 3]]), 1, Infinity)).toEqual([
      { ...chunk('b', 2, [5, 6]), total: 3 },
    ])
    await store.close()
  })
})
