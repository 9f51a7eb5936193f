// Perceptual colour distance: OKLab (B. Ottosson, 2020) under normal and simulated colour-blind vision; the smallest of these distances
// counts. Pure.

import { least } from '../longLists.ts'

export type Rgb = readonly [number, number, number]
export type Lab = readonly [number, number, number]

/** sRGB channel 0..1 -> linear light. */
export const toLinear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)

/** Linear light -> OKLab. */
export function oklab([r, g, b]: Rgb): Lab {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** Matrices on linear light: protanopia, deuteranopia, tritanopia (Machado, Oliveira and Fernandes, 2009) and normal vision. */
const eyes = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
] as const // prettier-ignore

/** OKLab colours of #rrggbb under each of the four kinds of vision. */
export function seenAs(hex: string): Lab[] {
  const [r, g, b] = [1, 3, 5].map((at) => toLinear(parseInt(hex.slice(at, at + 2), 16) / 255)) as [
    number,
    number,
    number,
  ]
  return eyes.map((eye) =>
    oklab(eye.map(([x, y, z]) => Math.max(0, x * r + y * g + z * b)) as unknown as Rgb),
  )
}

/** Smallest OKLab distance of two colours over the four kinds of vision. */
export const seenDistance = (a: readonly Lab[], b: readonly Lab[]): number =>
  least(
    a.map((one, i) => {
      const [x, y, z] = b[i]!
      return Math.hypot(one[0] - x, one[1] - y, one[2] - z)
    }),
  )
