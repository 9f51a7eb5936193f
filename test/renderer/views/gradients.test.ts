// What the page makes of records of the gradient through time: sentences, lines, heatmap, and a list that follows events.
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import type { GradientRecord } from '@contract/gradients.ts'
import { setClient } from '@/state/connection.ts'
import { evenly, gradientHeatmap, gradientLines, sentenceOf } from '@/views/run/gradients.ts'
import { useGradients } from '@/views/run/useGradients.ts'
import { fakeClient, type FakeClient } from '../fakeClient.ts'
import { UnrollError } from '../../../src-main/contract/errors.ts'

/** factor^k k steps back, over `steps` steps back. */
const curve = (factor: number, steps = 20) =>
  Float64Array.from({ length: steps + 1 }, (_, t) => 0.25 * factor ** (steps - t))
const layer = (last: Float64Array, name = 'layers.0') => ({
  layer: name,
  norms: last.map((v) => v + 1),
  last,
})
const point = (step: number, ...factors: number[]): GradientRecord => ({
  step,
  stride: 1,
  layers: factors.map((factor, l) => layer(curve(factor), `layers.${l}`)),
  radii: [],
})

describe('sentences', () => {
  it.each([
    ['vanishing', curve(0.5), 'Layer 1: the gradient vanishes. It shrinks to 0.500 of itself per step back; 9.54e−7 of it is left 20 steps back.'],
    ['exploding', curve(2), 'Layer 1: the gradient explodes. It grows 2.00-fold per step back and is 1.05e6 times as large 20 steps back.'],
    ['persisting', curve(1.01), 'Layer 1: the gradient persists. It changes 1.01-fold per step back and is 1.22 times as large 20 steps back.'],
    ['lost to zero', curve(0.5).fill(0, 0, 15), 'Layer 1: the gradient vanishes. It shrinks to 0.500 of itself per step back; more than 5 steps back it is exactly 0.'],
    ['nothing', new Float64Array(4), 'Layer 1: no gradient.'],
  ])('%s', (_, last, sentence) => expect(sentenceOf(layer(last), 1)).toBe(sentence)) // prettier-ignore
})

describe('lines', () => {
  const options = { layer: 'layers.0', part: 'last', relative: false, color: '#123456' } as const
  const points = Array.from({ length: 40 }, (_, n) => point(n * 500, 0.5 + n / 100))

  it('run back from the end, the chosen record last and fully drawn, others fainter with distance', () => {
    const lines = gradientLines(points, points[39]!, options)
    expect(lines).toHaveLength(8)
    expect(lines.at(-1)).toMatchObject({ key: 'layers.0 19500', runLabel: 'step 19,500' })
    expect(lines.at(-1)!.alpha).toBeUndefined()
    const faint = lines.slice(0, -1).map((line) => line.alpha!)
    expect(faint).toEqual([...faint].sort((a, b) => a - b))
    expect(faint[0]).toBeGreaterThan(0.1)
    expect(faint.at(-1)).toBeLessThan(0.7)
    expect([...lines[0]!.columns.steps.slice(0, 3)]).toEqual([0, 1, 2])
    expect([...lines[0]!.columns.values.slice(0, 3)]).toEqual([0.25, 0.125, 0.0625])
  })

  it('start at 1 where each is taken over its end; strides count', () => {
    const strided = { ...points[0]!, stride: 4 }
    const [only] = gradientLines([strided], strided, { ...options, relative: true })
    expect([...only!.columns.values.slice(0, 3)]).toEqual([1, 0.5, 0.25])
    expect([...only!.columns.steps.slice(0, 3)]).toEqual([0, 4, 8])
  })

  it('are none of a layer that a record lacks', () => {
    expect(
      gradientLines([points[0]!], points[0]!, { ...options, layer: 'layers.7' })[0]!.columns.steps,
    ).toHaveLength(0)
  })

  it('are chosen evenly', () => {
    expect(evenly([1, 2, 3], 5)).toEqual([1, 2, 3])
    expect(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8])
  })
})

describe('heatmap', () => {
  it('have a row per record and the end at the left, neutral at 1, darker the less is left', () => {
    const heatmap = gradientHeatmap([point(0, 0.5), point(500, 1)], 'layers.0', 'last')
    expect([heatmap.columns, heatmap.rows, heatmap.decades]).toEqual([21, 2, 6])
    expect([...heatmap.ratio.slice(0, 3)]).toEqual([1, 0.5, 0.25])
    expect(heatmap.index[0]).toBe(128)
    // 2^-20 is beyond six powers of ten; the second record stays at 1.
    expect(heatmap.index[20]).toBe(1)
    expect(new Set(heatmap.index.slice(21))).toEqual(new Set([128]))
  })

  it('show 0 as the lower end, growth above the middle and missing numbers as missing', () => {
    const odd = layer(Float64Array.of(NaN, 0, 100, 1))
    const heatmap = gradientHeatmap([{ step: 0, stride: 1, layers: [odd], radii: [] }], 'layers.0', 'last')
    // Two of six powers of ten.
    expect([...heatmap.index]).toEqual([128, 128 + 42, 1, 0])
    expect(gradientHeatmap([], 'layers.0', 'last')).toMatchObject({ columns: 0, rows: 0, decades: 1 })
  })
})

describe('the record of a run', () => {
  let client: FakeClient
  let scope: ReturnType<typeof effectScope>
  beforeEach(() => {
    vi.useFakeTimers()
    scope = effectScope()
    setActivePinia(createPinia())
    client = fakeClient({ runs: 60, now: 1_760_000_000_000, delay: 100 })
    setClient(client)
  })
  afterEach(() => {
    scope.stop()
    client.close()
    vi.useRealTimers()
  })
  const settle = () => vi.advanceTimersByTimeAsync(1000)
  const open = () => {
    const { id } = [...client.rows.values()].find((run) => run.status === 'finished' && run.step >= 2000)!
    const gradients = scope.run(() => useGradients(id))!
    return { id, gradients, steps: () => gradients.records.value.map((one) => one.step) }
  }

  it('is read once, grows by events, also by those that come before the answer, and goes back with the run', async () => {
    const { id, gradients, steps } = open()
    client.emit('run.gradients', { id, point: point(99_000, 0.5) })
    expect([gradients.phase.value, steps()]).toEqual(['loading', [99_000]])
    await settle()
    expect(gradients.phase.value).toBe('ready')
    expect(steps().slice(0, 3)).toEqual([0, 500, 1000])
    expect(steps().at(-1)).toBe(99_000)
    client.emit('run.gradients', { id, point: point(99_500, 0.5) })
    client.emit('run.gradients', { id: 'another', point: point(99_700, 0.5) })
    expect(steps().slice(-2)).toEqual([99_000, 99_500])
    client.emit('run.truncated', { id, step: 600 })
    expect(steps()).toEqual([0, 500])
  })

  it('says why it could not be read, and can be asked again', async () => {
    client.failNext('runs.gradients', new UnrollError('E_DB_BUSY', 'busy'))
    const { gradients, steps } = open()
    await settle()
    expect([gradients.phase.value, gradients.failure.value?.code]).toEqual(['failed', 'E_DB_BUSY'])
    void gradients.load()
    await settle()
    expect([gradients.phase.value, gradients.failure.value, steps()[0]]).toEqual(['ready', null, 0])
  })

  it('is read anew after the connection was lost, and stays on the screen meanwhile', async () => {
    const { gradients, steps } = open()
    await settle()
    const before = steps()
    client.reconnect()
    expect([gradients.phase.value, steps()]).toEqual(['ready', before])
    await settle()
    expect(client.calls.filter(({ name }) => name === 'runs.gradients')).toHaveLength(2)
  })
})
