// One unit over a text as terminal colours: blue below the centre of the range, red above, no colour at the centre.
import { valuesOf } from '../../contract/heat/unitRange.ts'
import type { TextSignals } from '../../contract/inspect.ts'
import { figure } from './format.ts'
import { escapeControls } from '../escapeControls.ts'
import type { Colors } from './output.ts'

/** The unit whose values vary most over the text. */
export function widestUnit(grid: TextSignals): number {
  let best = 0
  let bestSpread = -1
  for (let unit = 0; unit < grid.units; unit++) {
    const values = valuesOf(grid, unit)
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    const spread = values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
    if (spread > bestSpread) [best, bestSpread] = [unit, spread]
  }
  return best
}

const blue = [33, 102, 172] as const
const white = [247, 247, 247] as const
const red = [178, 24, 43] as const

/** The colour at `x` in 0..1: blue, white, red. NaN is grey. */
export function heatColor(x: number): readonly [number, number, number] {
  if (Number.isNaN(x)) return [128, 128, 128]
  const at = Math.min(1, Math.max(0, x))
  const [from, to, part] = at < 0.5 ? [blue, white, at * 2] : [white, red, at * 2 - 1]
  const mix = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * part)
  return [mix(0), mix(1), mix(2)]
}

/** The 6 x 6 x 6 colour cube starts at 16. */
const cube = (color: readonly number[]) =>
  color.reduce((index, part) => index * 6 + Math.round((part / 255) * 5), 0) + 16

/** The text on a ground of this colour, in black or white. */
export function paint(text: string, color: readonly [number, number, number], colors: Colors): string {
  const bright = color[0] * 0.299 + color[1] * 0.587 + color[2] * 0.114 > 140
  const ground = colors === 24 ? `48;2;${color.join(';')}` : `48;5;${cube(color)}`
  return `\u001b[${ground};38;5;${bright ? 16 : 231}m${text}\u001b[0m`
}

/** The whole text, each symbol on its colour; line breaks are marked and kept. */
export function colouredText(grid: TextSignals, values: Float32Array, colors: Colors): string {
  const range = grid.hi - grid.lo || 1
  return grid.tokens
    .map((token, t) => {
      const shown = escapeControls(token).replaceAll('\n', '⏎').replaceAll('\t', '⇥')
      return (
        (grid.spaces[t] ? ' ' : '') +
        paint(shown, heatColor((values[t]! - grid.lo) / range), colors) +
        (token.endsWith('\n') ? '\n' : '')
      )
    })
    .join('')
}

/** For terminals without colours and for files: position, symbol, value per line. */
export const numberLines = (grid: TextSignals, values: Float32Array): string[] =>
  grid.tokens.map((token, t) => `${t}\t${JSON.stringify(token)}\t${figure(values[t])}`)
