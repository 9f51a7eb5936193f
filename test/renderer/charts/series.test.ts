import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveOf, inOrder, nearestIndex, robustRange, smooth, xValues } from '@/charts/series.ts'

const f64 = (...values: number[]) => Float64Array.from(values)
const clock = { epochsPerStep: 0.01, startedAt: 1000 }

describe('smooth', () => {
  it('is the debiased average of the definition', () => {
    // n = 1: 0.4*1/(1-0.6) = 1; n = 2: (0.6*0.4*1 + 0.4*3)/(1-0.36); n = 3 by hand from the same recurrence.
    const out = smooth(f64(1, 3, 2), 0.6)
    expect(out[0]).toBeCloseTo(1, 12)
    expect(out[1]).toBeCloseTo((0.24 + 1.2) / 0.64, 12)
    expect(out[2]).toBeCloseTo((0.6 * (0.24 + 1.2) + 0.8) / (1 - 0.216), 12)
  })
  it('leaves constants and weight 0 alone', () => {
    expect([...smooth(f64(0.1, 0.1, 0.1), 0.99)]).toEqual([0.1, 0.1, 0.1])
    expect([...smooth(f64(1, 2), 0)]).toEqual([1, 2])
  })
  it('passes NaN and infinities through without touching the average', () => {
    const gaps = smooth(f64(1, NaN, 3, Infinity, 2), 0.6)
    const whole = smooth(f64(1, 3, 2), 0.6)
    expect([gaps[0], gaps[2], gaps[4]]).toEqual([...whole])
    expect(gaps[1]).toBeNaN()
    expect(gaps[3]).toBe(Infinity)
  })
  it('does not depend on what comes later and stays within the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (list, weight) => {
          const out = smooth(Float64Array.from(list), weight)
          const [low, high] = [Math.min(...list), Math.max(...list)]
          for (const v of out) expect(v >= low - 1e-6 && v <= high + 1e-6).toBe(true)
          const shorter = smooth(Float64Array.from(list.slice(0, -1)), weight)
          const constant = list.slice(0, -1).every((v) => v === list[0])
          if (!constant) expect([...out.slice(0, -1)]).toEqual([...shorter])
        },
      ),
    )
  })
})

describe('axes', () => {
  const columns = { steps: f64(0, 10, 20), values: f64(3, 2, 1), times: f64(1000, 3000, 2500) }
  it('reads x as step, epoch or seconds since the start, never falling', () => {
    expect([...xValues(columns, 'step', clock)]).toEqual([0, 10, 20])
    expect([...xValues(columns, 'epoch', clock)]).toEqual([0, 0.1, 0.2])
    expect([...xValues(columns, 'time', clock)]).toEqual([0, 2, 2])
  })
  it('puts points in order and lets the later record of a step win', () => {
    const messy = { steps: f64(10, 0, 20, 10), values: f64(1, 2, 3, 4), times: f64(1, 2, 3, 4) }
    const { steps, values } = inOrder(messy)
    expect([...steps]).toEqual([0, 10, 20])
    expect([...values]).toEqual([2, 4, 3])
    expect(inOrder(columns)).toBe(columns)
  })
  it('smooths the whole series in order', () => {
    const curve = curveOf({ steps: f64(20, 10), values: f64(3, 1), times: f64(1, 2) }, 'step', clock, 0.5)
    expect([...curve.raw]).toEqual([1, 3])
    expect([...curve.smooth]).toEqual([...smooth(f64(1, 3), 0.5)])
  })
})

it('finds the nearest point', () => {
  const x = f64(0, 10, 20)
  expect([-5, 4, 6, 15, 99].map((v) => nearestIndex(x, v))).toEqual([0, 0, 1, 1, 2])
  expect(nearestIndex(f64(), 1)).toBe(-1)
})

it('leaves outliers out of the robust range only', () => {
  const values = Float64Array.from({ length: 101 }, (_, i) => (i === 50 ? 1e9 : i / 100))
  const [low, high] = robustRange([values])!
  expect([low, high]).toEqual([0.05, 0.96])
  expect(robustRange([f64(NaN, Infinity)])).toBeNull()
  expect(robustRange([f64(2, 2, 2)])).toEqual([2, 2])
})
