import { describe, expect, it } from 'vitest'
import { contrast, indexOf, palette, textColor, word, zeroIndex } from '@/heatmaps/colormap.ts'

describe('diverging scale', () => {
  it('has its neutral colour exactly at zero, also in a lopsided range', () => {
    expect(indexOf(0, 'bounded', -1, 1)).toBe(zeroIndex)
    expect(indexOf(-0, 'free', -7.3, 7.3)).toBe(zeroIndex)
    expect(indexOf(0, 'free', -2, 9)).toBe(zeroIndex)
    expect(palette('free', 'light')[zeroIndex]).toEqual([255, 255, 255])
  })
  it('is symmetric around zero, clips at the ends, and knows NaN', () => {
    for (const v of [0.1, 0.5, 0.9])
      expect(indexOf(v, 'bounded', -1, 1) - zeroIndex).toBe(zeroIndex - indexOf(-v, 'bounded', -1, 1))
    expect([
      indexOf(-5, 'bounded', -1, 1),
      indexOf(-1, 'bounded', -1, 1),
      indexOf(1, 'bounded', -1, 1),
      indexOf(5, 'bounded', -1, 1),
    ]).toEqual([1, 1, 255, 255])
    expect(indexOf(NaN, 'bounded', -1, 1)).toBe(0)
    expect(indexOf(3, 'free', 0, 0)).toBe(zeroIndex)
  })
})

it('runs gates from neutral at the lower to purple at the upper end', () => {
  expect([0, 0.5, 1, 1.2].map((v) => indexOf(v, 'gate', 0, 1))).toEqual([1, 128, 255, 255])
  expect(palette('gate', 'light')[1]).toEqual([255, 255, 255])
})

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  it.each(['gate', 'bounded', 'free'] as const)(
    'keeps text readable over every %s colour (WCAG AA)',
    (kind) => {
      for (const color of palette(kind, theme))
        expect(contrast(color, textColor(theme))).toBeGreaterThanOrEqual(4.5)
    },
  )
  it('grows steadily away from neutral on both sides', () => {
    const colors = palette('free', theme)
    const away = (i: number) => contrast(colors[i]!, colors[zeroIndex]!)
    for (let i = zeroIndex; i < 255; i++) expect(away(i + 1)).toBeGreaterThanOrEqual(away(i) - 0.02)
    for (let i = zeroIndex; i > 1; i--) expect(away(i - 1)).toBeGreaterThanOrEqual(away(i) - 0.02)
    expect(away(1)).toBeGreaterThan(2)
    expect(away(255)).toBeGreaterThan(2)
  })
})

it('packs colours as ImageData words', () => {
  expect([...new Uint8Array(Uint32Array.of(word([1, 2, 3])).buffer)]).toEqual([1, 2, 3, 255])
})
