// Paints the background of lines of text on a canvas: a rectangle per run of one colour, a sign per line end, a surprisal bar per symbol.
import { css, cssPalette, textColor, type Kind, type Theme } from '@contract/heat/colormap.ts'
import { runsOf } from './paint.ts'
import { isLineEnd } from '@contract/heat/textLines.ts'

export const lineHeight = 24
/** Padding left and right of the text, pixels. */
export const pad = 12
/** Surprisal of a full bar, nats. */
const fullSurprisal = 6

export interface PaintedLine {
  /** Index of its first symbol. */
  begin: number
  /** Left edges of its n symbols and the right edge of the last, n + 1 values in pixels. */
  edges: Float64Array
}

export interface PaintOptions {
  tokens: readonly string[]
  /** Palette entries, one per symbol. */
  row: Uint8Array
  kind: Kind
  theme: Theme
  surprisal: Float32Array | null
}

/** Paints the lines; the canvas gets `width` and the height of the lines, no more, because it would extend the scrolled area. */
export function paintLines(
  canvas: HTMLCanvasElement,
  width: number,
  lines: readonly PaintedLine[],
  options: PaintOptions,
): void {
  const draw = canvas.getContext('2d')
  if (!draw) return
  const dpr = window.devicePixelRatio || 1
  const height = lines.length * lineHeight
  if (canvas.width !== Math.round(width * dpr)) canvas.width = Math.round(width * dpr)
  if (canvas.height !== Math.round(height * dpr)) canvas.height = Math.round(height * dpr)
  draw.setTransform(dpr, 0, 0, dpr, 0, 0)
  draw.clearRect(0, 0, width, canvas.height)
  draw.font = '11px sans-serif'
  const colors = cssPalette(options.kind, options.theme)
  lines.forEach((line, i) => paintLine(draw, line, i * lineHeight + 1, colors, options))
}

function paintLine(
  draw: CanvasRenderingContext2D,
  { begin, edges }: PaintedLine,
  top: number,
  colors: readonly string[],
  { tokens, row, kind, theme, surprisal }: PaintOptions,
): void {
  const count = edges.length - 1
  for (const run of runsOf(row, begin, begin + count, kind)) {
    draw.fillStyle = colors[run.entry]!
    const [left, right] = [edges[run.begin - begin]!, edges[run.end - begin]!]
    draw.fillRect(pad + left, top, right - left, lineHeight - 2)
  }
  if (isLineEnd(tokens[begin + count - 1]!)) {
    draw.fillStyle = css(textColor(theme)).replace(')', ' / 0.45)')
    draw.fillText('↵', pad + edges[count - 1]!, top + 15)
  }
  const bar = theme === 'dark' ? '255 105 190' : '176 24 107'
  for (let k = 0; surprisal && k < count; k++) {
    const amount = surprisal[begin + k]!
    if (!(amount > 0.05)) continue
    draw.fillStyle = `rgb(${bar} / ${Math.min(1, 0.15 + (0.85 * amount) / fullSurprisal)})`
    draw.fillRect(pad + edges[k]!, top + lineHeight - 5, Math.max(1, edges[k + 1]! - edges[k]! - 0.5), 3)
  }
}
