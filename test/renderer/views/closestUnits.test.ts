// Units of another run that correlate most with one unit.
import { expect, it } from 'vitest'
import { closestUnits } from '@/views/neurons/card/useKeptMatching.ts'

it('takes the row of the unit in the order of layers and units, whatever the order of the answer', () => {
  const matched = (layer: number, unit: number, rotated: number) => {
    const best = { layer: 0, unit: 0, correlation: 0 }
    return { layer, unit, best, mutual: false, assigned: null, rotated, excess: 0 }
  }
  const matching = {
    units: [matched(1, 0, 0.4), matched(0, 1, 0.3), matched(0, 0, 0.2)],
    otherUnits: [0, 1, 2].map((unit) => ({ layer: 0, unit })),
    correlations: Float32Array.of(0.1, 0.2, 0.3, -0.9, 0.5, 0.6, 0, 0, 1),
  }
  const found = closestUnits(matching, { layer: 0, unit: 1 }, 2)
  expect(found!.closest.map(({ unit }) => unit)).toEqual([0, 2])
  expect(found!.closest[0]!.correlation).toBeCloseTo(-0.9, 6)
  expect(found!.rotated).toBe(0.3)
  expect(closestUnits(matching, { layer: 2, unit: 0 }, 2)).toBeNull()
})
