// Contrast of text, controls and run colours in both themes, computed from the very files that are shipped; and how well the first
// run colours can be told apart by colour-blind eyes.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runColor, runPalette, type ThemeName } from '../../src-renderer/styles/palette.ts'

const css = readFileSync(new URL('../../src-renderer/styles/tokens.css', import.meta.url), 'utf8')
const themes: ThemeName[] = ['light', 'dark']

/** The hex tokens of a theme's block. */
function tokensOf(theme: ThemeName): Record<string, string> {
  const block = css.split(`[data-theme='${theme}'] {`)[1]!.split('}')[0]!
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1]!, match[2]!]),
  )
}
const linear = (hex: string) =>
  [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
const luminance = (hex: string) =>
  linear(hex).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0)
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe.each(themes)('the %s theme', (theme) => {
  const t = tokensOf(theme)
  const grounds = ['bg', 'surface', 'surface-2']
  it('has readable text on every ground', () => {
    for (const ground of grounds)
      for (const text of ['text', 'text-2', 'text-3', 'accent-text'])
        expect(contrast(t[text]!, t[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    for (const text of ['text', 'text-2', 'accent-text'])
      expect(contrast(t[text]!, t['accent-soft']!), text).toBeGreaterThanOrEqual(4.5)
    expect(contrast(t['on-accent']!, t['accent']!)).toBeGreaterThanOrEqual(4.5)
    for (const tone of ['ok', 'warn', 'danger', 'info'])
      for (const ground of [`${tone}-soft`, 'surface', 'bg'])
        expect(contrast(t[tone]!, t[ground]!), `${tone} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })
  it('has visible control borders', () => {
    for (const ground of ['bg', 'surface'])
      expect(contrast(t['control-line']!, t[ground]!), ground).toBeGreaterThanOrEqual(3)
  })
  it('has run colours that stand out from the surface', () => {
    expect(new Set(runPalette[theme]).size).toBe(20)
    for (const color of runPalette[theme])
      expect(contrast(color, t['surface']!), color).toBeGreaterThanOrEqual(3)
  })
  it('keeps the first six run colours apart for colour-blind eyes', () => {
    for (const see of Object.values(eyes))
      for (let i = 0; i < 6; i++)
        for (let j = 0; j < i; j++)
          expect(
            distance(see, runPalette[theme][i]!, runPalette[theme][j]!),
            `${i} and ${j}`,
          ).toBeGreaterThan(0.09)
  })
})

it('a stored colour is an index or a hex colour, and nothing else reaches the style', () => {
  expect(runColor('3', 'light')).toBe(runPalette.light[3])
  expect(runColor('#12ab9f', 'dark')).toBe('#12ab9f')
  expect(runColor('url(x)', 'light')).toBe(runPalette.light[0])
  expect(runColor('23', 'light')).toBe(runPalette.light[3])
})

/** Linear RGB as seen with each deficiency at full strength; matrices of Machado, Oliveira and Fernandes (2009). */
const eyes: Record<string, number[][]> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
} // prettier-ignore

/** Euclidean distance in OKLab (Ottosson 2020) after the eye's matrix. */
function distance(eye: number[][], a: string, b: string): number {
  const lab = (hex: string): number[] => {
    const seen = eye.map((row) =>
      Math.max(
        0,
        row.reduce((sum, weight, i) => sum + weight * linear(hex)[i]!, 0),
      ),
    ) as [number, number, number]
    const [r, g, u] = seen
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * u)
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * u)
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * u)
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  }
  const [one, two] = [lab(a), lab(b)]
  return Math.hypot(...one.map((value, i) => value - two[i]!))
}
