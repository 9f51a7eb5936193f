// `unroll show RUN --flow`: tables with bars for people, the points as they are for programs, and the reason where there are none.
import { describe, expect, it } from 'vitest'
import { sparkline } from '../../../src-main/shells/cli/gradients.ts'
import { unroll } from './terminal.ts'

describe('the gradient through time', () => {
  it('shows what becomes of it in each layer, how that came, and the radii', async () => {
    const { exit, out } = await unroll(['show', 'first', '--flow'])
    expect(exit).toBe(0)
    const lines = out.split('\n')
    expect(lines[0]).toBe('gradient through time of first at step 500, 20 steps back to the first')
    expect(lines[1]).toMatch(/^The gradient of the last step's loss with respect to the hidden states, /)
    const row = (start: string) =>
      lines.map((line) => line.trim().split(/\s+/)).find((cells) => cells.join(' ').startsWith(start))!
    // 0.25 * 0.5^20 over 0.25
    expect(row('Layer 1')).toEqual(['Layer', '1', '2.384e-7', '0.25', '9.537e-7', '0.5', 'vanishes', '▁▁▂▂▂▃▃▃▄▄▅▅▅▆▆▆▇▇▇██']) // prettier-ignore
    expect(row('Layer 2').slice(2, 7)).toEqual(['0.25', '0.25', '1', '1', 'persists'])
    expect(row('0 ')).toEqual(['0', '0.1216', '1'])
    expect(row('500 ')).toEqual(['500', '9.537e-7', '1'])
    expect(row('layers.0.w_hh.f')).toEqual(['layers.0.w_hh.f', '1', '1.5'])
  })

  it('gives all points on one line with --json', async () => {
    const { objects } = await unroll(['show', 'first', '--flow', '--json'])
    expect(objects).toHaveLength(1)
    const { points } = objects[0] as {
      points: { step: number; layers: { layer: string; last: number[] }[] }[]
    }
    expect(points.map(({ step }) => step)).toEqual([0, 500])
    expect(points[1]!.layers[1]).toMatchObject({ layer: 'layers.1', last: Array<number>(21).fill(0.25) })
  })

  it('says why there is none', async () => {
    const { exit, out } = await unroll(['show', 'second', '--flow'])
    expect([exit, out]).toEqual([0, expect.stringMatching(/^second has no record .* this one has 40\.\n$/)])
  })
})

describe('bars', () => {
  it.each([
    ['a decade each', [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7], '▁▂▃▄▅▆▇█'],
    ['all alike', [3, 3, 3], '███'],
    ['zeros and what is no number', [0, NaN, Infinity, 1, 100], ' ??▁█'],
    ['none', [], ''],
  ])('%s', (_, values, text) => expect(sparkline(Float64Array.from(values))).toBe(text))

  it('are at most 48, the last value among them', () => {
    const bars = sparkline(Float64Array.from({ length: 200 }, (_, i) => (i === 199 ? 1e9 : 1)))
    expect([...bars]).toHaveLength(48)
    expect(bars.endsWith('▁█')).toBe(true)
  })
})
