// Curves: read once, grown by events, cut when a run goes back, exact to the bit.
import { createPinia, setActivePinia } from 'pinia'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { MetricChunk } from '../../src-main/contract/run.ts'
import { setClient } from '../../src-renderer/state/connection.ts'
import { cut, grow, useMetrics, type Column } from '../../src-renderer/state/metrics.ts'
import { fakeClient, type FakeClient } from './fakeClient.ts'
import { runIdOf } from './fakeData.ts'

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
