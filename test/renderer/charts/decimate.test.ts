import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimate as thin, marksOf, markText, rangeOf } from '@/charts/decimate.ts'

const ramp = (n: number) => Float64Array.from({ length: n }, (_, i) => i)
/** The same with points as pairs. */
const decimate = (...args: Parameters<typeof thin>) => {
  const thinned = thin(...args)
  return { ...thinned, points: Array.from(thinned.x, (x, i) => ({ x, y: thinned.y[i]! })) }
}
const finite = (points: { y: number }[]) => points.map((p) => p.y).filter((y) => !Number.isNaN(y))

describe('decimate', () => {
  it('keeps a single spike among 100,000 points at 300 pixels', () => {
    const n = 100_000
    const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i / 500))
    y[67_891] = 50
    y[12_345] = -50
    const { points, total, shown } = decimate(ramp(n), y, 0, n - 1, 300)
    expect(total).toBe(n)
    expect(shown).toBe(points.length)
    expect(points.length).toBeLessThanOrEqual(300 * 4 + 2)
    expect(points).toContainEqual({ x: 67_891, y: 50 })
    expect(points).toContainEqual({ x: 12_345, y: -50 })
  })

  it('covers the same range in every pixel column as the whole series, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 800 }),
        fc.integer({ min: 1, max: 40 }),
        (list, columns) => {
          const x = ramp(list.length)
          const y = Float64Array.from(list)
          const last = list.length - 1
          const { points } = decimate(x, y, 0, last, columns)
          for (let i = 1; i < points.length; i++) expect(points[i]!.x).toBeGreaterThan(points[i - 1]!.x)
          const column = (at: number) => Math.min(columns - 1, Math.floor((at / Math.max(1, last)) * columns))
          const extremes = (pairs: { x: number; y: number }[]) => {
            const range = new Map<number, [number, number]>()
            for (const p of pairs) {
              const [low, high] = range.get(column(p.x)) ?? [Infinity, -Infinity]
              range.set(column(p.x), [Math.min(low, p.y), Math.max(high, p.y)])
            }
            return [...range].sort((a, b) => a[0] - b[0])
          }
          expect(extremes(points)).toEqual(extremes(list.map((v, i) => ({ x: i, y: v }))))
        },
      ),
    )
  })

  it('counts only points that lie in the part of y that is shown, and draws through the others', () => {
    for (const n of [20, 20_000]) {
      const y = Float64Array.from({ length: n }, (_, i) => i % 4)
      const { total, shown, points } = decimate(ramp(n), y, 0, n - 1, 50, false, [2.5, 3.5])
      expect(total).toBe(n / 4)
      expect(shown).toBe(points.filter((p) => p.y === 3).length)
      expect(points.some((p) => p.y === 0)).toBe(true)
      expect(decimate(ramp(n), y, 0, n - 1, 50, false, [2.2, 2.8])).toMatchObject({ total: 0, shown: 0 })
    }
  })

  it('breaks the line at NaN and infinities, also when thinning', () => {
    for (const n of [10, 10_000]) {
      const y = new Float64Array(n).fill(1)
      y[n / 2] = NaN
      y[n / 2 + 1] = Infinity
      const { points } = decimate(ramp(n), y, 0, n - 1, 50)
      expect(points.filter((p) => Number.isNaN(p.y))).toHaveLength(1)
      expect(finite(points).every((v) => v === 1)).toBe(true)
      expect(points.some((p) => p.x === n / 2 - 1 && p.y === 1)).toBe(true)
      expect(points.some((p) => p.x === n / 2 + 2 && p.y === 1)).toBe(true)
    }
  })

  it('takes one neighbour on each side of a zoomed range, so the line reaches the edges', () => {
    const { points, total } = decimate(ramp(100), ramp(100), 40.5, 42.5, 50)
    expect(points.map((p) => p.x)).toEqual([40, 41, 42, 43])
    expect(total).toBe(2)
  })

  it('counts what a logarithmic axis cannot show', () => {
    const y = Float64Array.of(1, 0, -1, 2)
    const { points, unloggable } = decimate(ramp(4), y, 0, 3, 50, true)
    expect(unloggable).toBe(2)
    expect(finite(points)).toEqual([1, 2])
  })

  it('survives nothing, one point and only NaN', () => {
    expect(decimate(ramp(0), ramp(0), 0, 1, 10).points).toEqual([])
    expect(decimate(ramp(1), ramp(1), 0, 0, 10).points).toEqual([{ x: 0, y: 0 }])
    expect(decimate(ramp(2), Float64Array.of(NaN, NaN), 0, 1, 10).points).toEqual([])
  })
})

it('marks stretches of one kind by their steps', () => {
  const y = Float64Array.of(1, NaN, NaN, Infinity, 2, -Infinity)
  const steps = Float64Array.of(0, 10, 20, 30, 40, 50)
  const marks = marksOf(ramp(6), steps, y)
  expect(marks.map((m) => [m.kind, m.step, m.lastStep, m.count])).toEqual([
    ['NaN', 10, 20, 2],
    ['Infinity', 30, 30, 1],
    ['-Infinity', 50, 50, 1],
  ])
  expect(markText(marks[0]!)).toBe('NaN from step 10 to 20 (2 points)')
  expect(markText(marks[1]!)).toBe('Infinity at step 30')
})

it('ranges over what is in view only', () => {
  const y = Float64Array.of(100, 1, NaN, 3, -100)
  const thinned = thin(ramp(5), y, 1, 3, 50)
  expect(thinned.x[0]).toBe(0)
  expect(rangeOf([thinned], 1, 3)).toEqual([1, 3])
  expect(rangeOf([thin(ramp(1), Float64Array.of(NaN), 0, 1, 50)], 0, 1)).toBeNull()
})
