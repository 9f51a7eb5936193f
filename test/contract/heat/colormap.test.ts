import { describe, expect, it } from 'vitest'
import { contrast, indexOf, palette, textColor, word, zeroIndex } from '@contract/heat/colormap.ts'
import { oklab, toLinear, type Rgb } from '@contract/heat/oklab.ts'

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
  it('fades low values into the surface and is as vivid at its ends as on the light surface', () => {
    for (const [kind, end] of [
      ['free', 1],
      ['free', 255],
      ['gate', 255],
    ] as const) {
      const chroma = palette(kind, theme).map(chromaOf)
      expect(chroma[end], `${kind} ${end}`).toBeGreaterThan(0.999 * chromaOf(palette(kind, 'light')[end]!))
      const zero = kind === 'gate' ? 1 : zeroIndex
      for (let i = zero; i !== end; i += Math.sign(end - zero)) {
        const next = chroma[i + Math.sign(end - zero)]!
        if (Math.abs(i - zero) > 20) expect(next, `${kind} ${i}`).toBeGreaterThan(chroma[i]! - 0.002)
      }
      expect(chroma[zero]).toBeLessThan(0.02)
    }
  })
  it('is as far from the surface at every value as on the light surface', () => {
    for (const kind of ['free', 'gate'] as const) {
      const away = (name: 'light' | 'dark') => {
        const labs = palette(kind, name).map((rgb) =>
          oklab(rgb.map((v) => toLinear(v / 255)) as unknown as Rgb),
        )
        const zero = labs[kind === 'gate' ? 1 : zeroIndex]!
        return labs.map((lab) => Math.hypot(...lab.map((v, k) => v - zero[k]!)))
      }
      const [own, light] = [away(theme), away('light')]
      for (let i = 1; i <= 255; i++) expect(own[i]! - light[i]!, `${kind} ${i}`).toBeGreaterThan(-0.003)
    }
  })
  it('grows steadily away from neutral on both sides', () => {
    const colors = palette('free', theme)
    const away = (i: number) => contrast(colors[i]!, colors[zeroIndex]!)
    for (let i = zeroIndex; i < 255; i++) expect(away(i + 1)).toBeGreaterThanOrEqual(away(i) - 0.02)
    for (let i = zeroIndex; i > 1; i--) expect(away(i - 1)).toBeGreaterThanOrEqual(away(i) - 0.02)
    expect(away(1)).toBeGreaterThan(2)
    expect(away(255)).toBeGreaterThan(2)
  })
})

/** Chroma in OKLCH. */
function chromaOf(rgb: readonly [number, number, number]): number {
  const [r, g, b] = rgb.map((v) => (v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return Math.hypot(
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  )
}

it('packs colours as ImageData words', () => {
  expect([...new Uint8Array(Uint32Array.of(word([1, 2, 3])).buffer)]).toEqual([1, 2, 3, 255])
})
