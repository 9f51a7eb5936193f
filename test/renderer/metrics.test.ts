// Curves: read once, grown by events, cut when a run goes back, exact to the bit.
import { createPinia, setActivePinia } from 'pinia'
import fc from 'fast-check'
import { effectScope } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import type { MetricChunk } from '../../src-main/contract/run.ts'
import { setClient } from '../../src-renderer/state/connection.ts'
import { countOf, thin } from '../../src-main/contract/thin.ts'
import { cut, grow, isThinned, refined, type Column } from '../../src-renderer/state/curves.ts'
import { useMetrics } from '../../src-renderer/state/metrics.ts'
import { fakeClient, type FakeClient } from './fakeClient.ts'
import { runIdOf } from '../standIn/data.ts'

const chunk = (name: string, steps: number[], value = (step: number) => step / 3): MetricChunk => ({
  name,
  steps: Float64Array.from(steps),
  values: Float64Array.from(steps, value),
  times: Float64Array.from(steps, (step) => step * 1000),
})
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

describe('one curve', () => {
  it('grown in any pieces equals the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }), (sizes) => {
        let column: Column | undefined
        let next = 1
        for (const size of sizes) {
          column = grow(column, chunk('a', range(next, next + size)))
          next += size
        }
        const whole = range(1, next)
        expect([...(column?.steps ?? [])]).toEqual(whole)
        expect([...(column?.values ?? [])]).toEqual(whole.map((step) => step / 3))
        expect(column?.times.length ?? 0).toBe(whole.length)
      }),
    )
  })
  it('takes points that it has already only once', () => {
    const column = grow(grow(undefined, chunk('a', range(1, 11))), chunk('a', range(6, 16)))
    expect([...column.steps]).toEqual(range(1, 16))
  })
  it('keeps NaN and infinities', () => {
    const values = [NaN, Infinity, -Infinity, -0]
    const column = grow(
      undefined,
      chunk('a', [1, 2, 3, 4], (step) => values[step - 1]!),
    )
    expect([...column.values].every((value, i) => Object.is(value, values[i]))).toBe(true)
  })
  it('cut and grown again does not write into what was shown before', () => {
    const long = grow(undefined, chunk('a', range(1, 101)))
    const short = cut(long, 40)
    const again = grow(
      short,
      chunk('a', range(41, 101), () => -1),
    )
    expect(short.steps.length).toBe(40)
    expect(again.values[50]).toBe(-1)
    expect(long.values[50]).toBe(51 / 3)
  })
})

describe('a thinned curve', () => {
  const whole = chunk('a', range(1, 20_001), (step) => Math.sin(step))
  const few = grow(undefined, { name: 'a', ...thin(whole, 100) })
  it('counts all that it stands for, also what was told late or not at all', () => {
    expect([few.count, few.steps.length < 410]).toEqual([20_000, true])
    const late = { ...chunk('a', range(19_990, 20_011)), total: 20_010 }
    expect(grow(few, late).count).toBe(20_010)
    expect(grow(few, { ...chunk('a', [20_100]), total: 20_100 }).count).toBe(20_100)
  })
  it('stays short however long it grows, and keeps its extremes', () => {
    let column = few
    for (let at = 20_001; at < 60_001; at += 20)
      column = grow(
        column,
        chunk('a', range(at, at + 20), (step) => (step === 30_000 ? 99 : 0)),
      )
    expect(column.count).toBe(60_000)
    expect(column.steps.length).toBeLessThan(13_000)
    expect(Math.max(...column.values)).toBe(99)
  })
  it('has every point where it was refined, and counts as before', () => {
    expect(isThinned(few, 500, 900)).toBe(true)
    const fine = refined(few, chunk('a', range(500, 901), Math.sin), 500, 900)
    expect(isThinned(fine, 500, 900)).toBe(false)
    expect(fine.count).toBe(20_000)
    expect(countOf(fine)).toBe(20_000)
    expect([...fine.steps].filter((step) => step >= 500 && step <= 900)).toEqual(range(500, 901))
    expect(fine.steps.every((step, i) => i === 0 || step > fine.steps[i - 1]!)).toBe(true)
  })
})

describe('the store of curves', () => {
  let client: FakeClient
  const id = runIdOf(10_000)
  beforeEach(() => {
    setActivePinia(createPinia())
    client = fakeClient({ runs: 5, now: 1_760_000_000_000 })
    setClient(client)
  })
  it('reads a run once and grows it by events', async () => {
    const metrics = useMetrics()
    metrics.listen()
    await metrics.load([id])
    await metrics.load([id])
    expect(client.calls.filter((call) => call.name === 'runs.metrics')).toHaveLength(1)
    const before = metrics.columnOf(id, 'train/loss')!.steps.length
    const last = metrics.columnOf(id, 'train/loss')!.steps.at(-1)!
    client.emit('run.metrics', {
      id,
      chunks: [chunk('train/loss', [last + 10, last + 20]), chunk('new/metric', [5])],
    })
    expect(metrics.columnOf(id, 'train/loss')!.steps.length).toBe(before + 2)
    expect(metrics.columnOf(id, 'new/metric')!.steps.length).toBe(1)
    expect(metrics.curvesOf(id)!.revision).toBe(2)
  })
  it('loses nothing that arrives while the answer is on its way, in its order', async () => {
    const metrics = useMetrics()
    metrics.listen()
    const loading = metrics.load([id])
    client.emit('run.truncated', { id, step: 500 })
    client.emit('run.metrics', { id, chunks: [chunk('train/loss', [510, 520], () => 7)] })
    expect(metrics.curvesOf(id)!.phase).toBe('loading')
    await loading
    const { steps, values } = metrics.columnOf(id, 'train/loss')!
    expect(steps.at(-1)).toBe(520)
    expect(values.at(-1)).toBe(7)
    expect(steps.length).toBe(52)
  })
  it('drops what a resumed run takes back', async () => {
    const metrics = useMetrics()
    metrics.listen()
    await metrics.load([id])
    client.emit('run.truncated', { id, step: 300 })
    for (const column of metrics.curvesOf(id)!.columns.values())
      expect(Math.max(...column.steps)).toBeLessThanOrEqual(300)
  })
  it('ignores runs that nobody looks at', () => {
    const metrics = useMetrics()
    metrics.listen()
    client.emit('run.metrics', { id: runIdOf(9_999), chunks: [chunk('a', [1])] })
    expect(metrics.curvesOf(runIdOf(9_999))).toBeUndefined()
  })
  it('says which runs are shown, and reads one anew that was out of sight', async () => {
    const metrics = useMetrics()
    const scope = effectScope()
    scope.run(() => metrics.show(() => [id]))
    expect(client.watched).toEqual([id])
    await expect.poll(() => metrics.curvesOf(id)?.phase).toBe('ready')
    scope.stop()
    expect(client.watched).toEqual([])
    effectScope().run(() => metrics.show(() => [id]))
    expect(metrics.curvesOf(id)!.phase).toBe('ready')
    await expect.poll(() => metrics.curvesOf(id)!.revision).toBe(2)
    expect(client.calls.filter((call) => call.name === 'runs.metrics')).toHaveLength(2)
  })
  it('fetches a range once, only where points are missing', async () => {
    const metrics = useMetrics()
    metrics.listen()
    await metrics.load([id])
    const asked = () => client.calls.filter((call) => call.name === 'runs.metrics').slice(1)
    await metrics.refine(id, 'train/loss', 100, 200)
    expect(asked()).toEqual([])
    const many = chunk('m', range(1, 4001))
    client.emit('run.metrics', { id, chunks: [{ ...thin(many, 100), name: 'train/loss', total: 4000 }] })
    for (let i = 0; i < 2; i++) await metrics.refine(id, 'train/loss', 3000, 3100)
    expect(asked()).toMatchObject([{ input: { ids: [id], names: ['train/loss'], from: 3000, to: 3100 } }])
  })
  it('reads a curve again that has doubled, because what came since is coarser', async () => {
    const metrics = useMetrics()
    metrics.listen()
    await metrics.load([id])
    const reads = () => client.calls.filter((call) => call.name === 'runs.metrics').length
    const grown = (total: number) =>
      client.emit('run.metrics', { id, chunks: [{ ...chunk('train/loss', [total]), total }] })
    grown(4000)
    expect(reads()).toBe(1)
    grown(9000)
    expect(reads()).toBe(2)
    await expect.poll(() => metrics.curvesOf(id)!.revision).toBe(4)
  })
  it('keeps a failure with its run and tries again when asked', async () => {
    const metrics = useMetrics()
    client.failNext('runs.metrics', new Error('away'))
    await metrics.load([id])
    expect(metrics.curvesOf(id)!.phase).toBe('failed')
    await metrics.load([id])
    expect(metrics.curvesOf(id)!.phase).toBe('ready')
  })
  it('reads all known curves anew after a gap, and shows the old ones meanwhile', async () => {
    const metrics = useMetrics()
    metrics.listen()
    await metrics.load([id])
    client.rows.set(id, { ...client.rows.get(id)!, step: client.rows.get(id)!.step + 100 })
    const before = metrics.columnOf(id, 'train/loss')!.steps.length
    const refreshing = metrics.refresh()
    expect(metrics.columnOf(id, 'train/loss')!.steps.length).toBe(before)
    await refreshing
    expect(metrics.columnOf(id, 'train/loss')!.steps.length).toBe(before + 10)
  })
})
