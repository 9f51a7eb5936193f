// When a chart that is zoomed in asks for the points of its range.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed, effectScope, nextTick, ref, shallowRef, type EffectScope } from 'vue'
import type { ChartLine } from '@/charts/lines.ts'
import { curveOf } from '@/charts/series.ts'
import { settleMs, usePointsInView } from '@/charts/usePointsInView.ts'

const steps = Float64Array.from({ length: 101 }, (_, i) => i * 10)
const thinned: ChartLine = {
  key: 'a val/loss',
  run: 'a',
  runLabel: 'a',
  metric: 'val/loss',
  variant: 'val',
  color: '#123456',
  columns: { steps, values: steps, times: steps, counts: steps.map(() => 10), means: steps },
  clock: { epochsPerStep: 0, startedAt: 0 },
}
const other: ChartLine = { ...thinned, key: 'a train/loss', metric: 'train/loss', variant: 'train' }

let scope: EffectScope
beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function zoomedChart() {
  const visible = shallowRef<ChartLine[]>([thinned])
  const drawn = shallowRef({ from: 200, to: 400 })
  const isZoomed = ref(true)
  const curves = computed(
    () => new Map(visible.value.map((line) => [line.key, curveOf(line.columns, 'step', line.clock, 0)])),
  )
  const asked: string[] = []
  const { wholeLines } = scope.run(() =>
    usePointsInView({ visible, curves, drawn, isZoomed }, (line, from, to) =>
      asked.push(`${line.metric} ${from} to ${to}`),
    ),
  )!
  const draw = async (range = drawn.value) => {
    drawn.value = { ...range }
    await nextTick()
  }
  return { visible, isZoomed, asked, draw, wholeLines }
}

it('asks once the range has stood, although a live run is drawn anew all the time', async () => {
  const { asked, draw } = zoomedChart()
  for (let i = 0; i < 3; i++) {
    await draw()
    vi.advanceTimersByTime(settleMs / 2)
  }
  expect(asked).toEqual(['val/loss 190 to 400'])
})

it('waits anew while the range is still being changed', async () => {
  const { asked, draw } = zoomedChart()
  for (const from of [200, 250, 300]) {
    await draw({ from, to: 400 })
    vi.advanceTimersByTime(settleMs / 2)
  }
  expect(asked).toEqual([])
  vi.advanceTimersByTime(settleMs)
  expect(asked).toEqual(['val/loss 290 to 400'])
})

it('asks for a line that appears while it waits too, and for nothing after a reset', async () => {
  const { visible, isZoomed, asked, draw } = zoomedChart()
  await draw()
  visible.value = [other, thinned]
  await draw()
  vi.advanceTimersByTime(settleMs)
  expect(asked).toEqual(['train/loss 190 to 400', 'val/loss 190 to 400'])
  await draw()
  isZoomed.value = false
  await draw({ from: 0, to: 1000 })
  vi.advanceTimersByTime(10 * settleMs)
  expect(asked).toHaveLength(2)
})

it('brings all points of the lines that are thinned', async () => {
  const { visible, wholeLines } = zoomedChart()
  const exact = { ...other, columns: { steps, values: steps, times: steps } }
  visible.value = [exact, thinned]
  const columns = { steps: steps.slice(20, 41), values: steps.slice(20, 41), times: steps.slice(20, 41) }
  const [first, second] = await wholeLines((_, from, to) =>
    Promise.resolve(from === 190 && to === 400 ? columns : exact.columns),
  )
  expect(first).toBe(exact)
  expect(second!.columns).toBe(columns)
})
