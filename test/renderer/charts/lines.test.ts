import { expect, it } from 'vitest'
import { csvCell } from '@contract/csv.ts'
import {
  csvOf,
  extentOf,
  isHidden,
  isolated,
  legendOf,
  readingsAt,
  toggled,
  type ChartLine,
} from '@/charts/lines.ts'
import { curveOf } from '@/charts/series.ts'

const clock = { epochsPerStep: 0, startedAt: 0 }
const line = (run: string, variant: string, steps: number[], values: number[]): ChartLine => ({
  key: `${run} ${variant || 'x'}`,
  run,
  runLabel: run.toUpperCase(),
  metric: `${variant || 'x'}/loss`,
  variant,
  color: '#000',
  clock,
  columns: {
    steps: Float64Array.from(steps),
    values: Float64Array.from(values),
    times: Float64Array.from(steps),
  },
})
const curves = (lines: ChartLine[]) =>
  new Map(lines.map((l) => [l.key, curveOf(l.columns, 'step', clock, 0)]))

it('offers only choices that exist', () => {
  const [train, val, other] = [
    line('a', 'train', [], []),
    line('a', 'val', [], []),
    line('b', 'train', [], []),
  ]
  expect(legendOf([train])).toEqual([])
  expect(legendOf([train, val]).map((e) => e.label)).toEqual(['train', 'val'])
  expect(legendOf([train, val, other]).map((e) => e.label)).toEqual(['A', 'B', 'train', 'val'])
})

it('hides by click, isolates by double click, and brings all back by another', () => {
  const lines = [line('a', 'train', [], []), line('b', 'train', [], []), line('c', 'train', [], [])]
  const entries = legendOf(lines)
  const without = toggled(new Set(), 'run:b')
  expect(lines.map((l) => isHidden(l, without))).toEqual([false, true, false])
  expect(toggled(without, 'run:b').size).toBe(0)
  const alone = isolated(without, 'run:b', entries)
  expect(lines.map((l) => isHidden(l, alone))).toEqual([true, false, true])
  expect(isolated(alone, 'run:b', entries).size).toBe(0)
})

it('reads the nearest point of each line, and none that is out of reach', () => {
  const lines = [line('a', '', [0, 10, 20], [1, 2, NaN]), line('b', '', [0], [5])]
  const found = readingsAt(lines, curves(lines), 12, 3)
  expect(found.map((r) => [r.line.run, r.step, r.raw])).toEqual([['a', 10, 2]])
  expect(readingsAt(lines, curves(lines), 20, 3)[0]!.raw).toBeNaN()
})

it('spans all curves', () => {
  const lines = [line('a', '', [5, 10], [1, 1]), line('b', '', [7, 30], [1, 1]), line('c', '', [], [])]
  expect(extentOf(curves(lines).values())).toEqual([5, 30])
  expect(extentOf([])).toBeNull()
})

it('writes what is in view to CSV in full precision and never as a formula', () => {
  const lines = [line('a', 'train', [0, 10, 20], [0.1 + 0.2, NaN, 3])]
  expect(csvOf(lines, curves(lines), 'step', 0, 10)).toBe(
    'run,series,step,value,smoothed\r\nA,train/loss,0,0.30000000000000004,0.30000000000000004\r\nA,train/loss,10,NaN,NaN\r\n',
  )
  expect(csvCell('=1+1')).toBe("'=1+1")
  expect(csvCell('a "b", c')).toBe('"a ""b"", c"')
})
