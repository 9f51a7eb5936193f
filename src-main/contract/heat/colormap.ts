// Colour maps of 256 entries per theme: diverging blue - neutral - orange with the neutral colour exactly at zero, and sequential
// neutral - purple for gates. Entry 0 is for NaN. Lightness is bounded so that text is readable over every entry.

import { oklab, toLinear, type Rgb } from './oklab.ts'

export type { Rgb }
export type Kind = 'gate' | 'bounded' | 'free'
export type Theme = 'light' | 'dark'

/** Entry of zero in the diverging map; 1 is the lower end, 255 the upper end. */
export const zeroIndex = 128
/** Entry for NaN: a grey that neither map contains. */
export const missingIndex = 0

/** Lightness, chroma and hue (degrees) in OKLCH. */
type Lch = readonly [number, number, number]

interface Scale {
  /** Background of the text (--surface). */
  neutral: Rgb
  low: Lch
  high: Lch
  gate: Lch
  missing: Rgb
  text: Rgb
}

// On the dark surface an orange that white text can be read on is brown, so the upper end is a red orange there, which has its full chroma
// at that lightness. Each end has at least the chroma that it has on the light surface.
const scales: Record<Theme, Scale> = {
  light: {
    neutral: [255, 255, 255],
    low: [0.662, 0.131, 250.7],
    high: [0.735, 0.161, 58.8],
    gate: [0.662, 0.156, 301.2],
    missing: [200, 200, 200],
    text: [17, 19, 24],
  },
  dark: {
    neutral: [27, 30, 35],
    low: [0.545, 0.2, 257],
    high: [0.56, 0.17, 41],
    gate: [0.54, 0.24, 301],
    missing: [70, 70, 70],
    text: [244, 245, 247],
  },
}

/** Text colour that is readable over every entry of the maps of the theme. */
export const textColor = (theme: Theme): Rgb => scales[theme].text

const toByte = (c: number) =>
  Math.round(255 * Math.min(1, Math.max(0, c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055)))

function fromOklab([lightness, a, b]: readonly [number, number, number]): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

/** Colours at `steps` equal steps in OKLab from the neutral colour (entry 0) to the end of the map (last entry). */
function ramp(neutral: Rgb, [lightness, chroma, hue]: Lch, steps: number): Rgb[] {
  const from = oklab(neutral.map((v) => toLinear(v / 255)) as unknown as Rgb)
  const angle = (hue * Math.PI) / 180
  const to = [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)] as const
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = (k: 0 | 1 | 2) => from[k] + ((to[k] - from[k]) * i) / steps
    return i === 0 ? neutral : fromOklab([at(0), at(1), at(2)])
  })
}

/** The 256 colours of a map: entry 0 for NaN, 1..255 from the lower to the upper end. */
export function palette(kind: Kind, theme: Theme): Rgb[] {
  const { neutral, low, high, gate, missing } = scales[theme]
  if (kind === 'gate') return [missing, ...ramp(neutral, gate, 254)]
  return [missing, ...ramp(neutral, low, 127).toReversed().slice(0, 127), ...ramp(neutral, high, 127)]
}

const cssColors = new Map<string, readonly string[]>()
/** The palette as CSS colours, made once per map and theme. */
export function cssPalette(kind: Kind, theme: Theme): readonly string[] {
  const key = `${kind === 'gate'} ${theme}`
  const known = cssColors.get(key) ?? palette(kind, theme).map(css)
  cssColors.set(key, known)
  return known
}

/**
 * Maps a value to its entry: gates linearly from lo to hi; other signals symmetrically, zero at 128 and +-max(|lo|, |hi|) at the ends.
 * Values outside are clipped to the ends; NaN gives `missingIndex`. Returns a closure, because it is called for millions of values.
 */
export function entryOf(kind: Kind, lo: number, hi: number): (value: number) => number {
  if (kind === 'gate') {
    const range = hi - lo
    return (value) => {
      if (value !== value) return missingIndex
      const place = range > 0 ? (254 * (value - lo)) / range : 0
      return place <= 0 ? 1 : place >= 254 ? 255 : 1 + ((place + 0.5) | 0)
    }
  }
  const reach = Math.max(Math.abs(lo), Math.abs(hi))
  return (value) => {
    if (value !== value) return missingIndex
    const size = reach > 0 ? (127 * (value < 0 ? -value : value)) / reach : 0
    const away = size >= 127 ? 127 : (size + 0.5) | 0
    return value < 0 ? zeroIndex - away : zeroIndex + away
  }
}

export const indexOf = (value: number, kind: Kind, lo: number, hi: number): number =>
  entryOf(kind, lo, hi)(value)

export const css = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`

/** One colour as a little-endian RGBA word, as ImageData stores it. */
export const word = ([r, g, b]: Rgb): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0

/** WCAG contrast ratio of two colours, 1..21. */
export function contrast(a: Rgb, b: Rgb): number {
  const luminance = ([r, g, bl]: Rgb) =>
    0.2126 * toLinear(r / 255) + 0.7152 * toLinear(g / 255) + 0.0722 * toLinear(bl / 255)
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}
