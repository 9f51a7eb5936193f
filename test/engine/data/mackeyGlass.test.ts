// The Mackey-Glass series against Euler's method with steps of 0.001, and the table that is made of it.
import { expect, it } from 'vitest'
import { mackeyGlass, mackeyGlassText } from '../../../src-main/engine/data/mackeyGlass.ts'

it('follows its equation', () => {
  const [perUnit, units] = [1000, 80]
  const x = [1.2]
  for (let i = 0; i < perUnit * units; i++) {
    const then = x[i - 17 * perUnit] ?? 1.2
    x.push(x[i]! + ((0.2 * then) / (1 + then ** 10) - 0.1 * x[i]!) / perUnit)
  }
  const got = mackeyGlass(0, units)
  got.forEach((value, t) => expect(Math.abs(value - x[t * perUnit]!)).toBeLessThan(2e-3))
  expect(Math.max(...got) - Math.min(...got)).toBeGreaterThan(0.5)
})

it('is a table of 4,000 records that neither dies out nor repeats', () => {
  const lines = mackeyGlassText().trim().split('\n')
  expect(lines[0]).toBe('t,x')
  expect(lines).toHaveLength(4001)
  expect(new Set(lines.slice(1).map((line) => line.split(',')[1])).size).toBeGreaterThan(3900)
})
