// A coloured text as a PNG: the scene of the SVG drawn on a canvas, at twice its size where the canvas allows that.
import type { ColouredText } from '@contract/heat/colouredText.ts'
import { columnWidth, heatScene, type HeatLabel } from '@contract/heat/heatScene.ts'

/** Largest height of a canvas in pixels that browsers draw. */
const tallest = 32_000
const mono = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'

/** Draws the text; throws a RangeError if it is too long for one picture. */
export function heatPng(text: ColouredText): Promise<Blob | null> {
  const { width, height, rects, labels } = heatScene(text)
  const scale = 2 * height <= tallest ? 2 : 1
  if (height > tallest)
    throw new RangeError(
      `A picture of ${text.tokens.length.toLocaleString('en')} symbols would be ${Math.round(height).toLocaleString('en')} pixels high; browsers draw ${tallest.toLocaleString('en')}. Show fewer symbols, or take the SVG.`,
    )
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(width * scale)
  canvas.height = Math.ceil(height * scale)
  const draw = canvas.getContext('2d')!
  draw.scale(scale, scale)
  draw.fillStyle = 'white'
  draw.fillRect(0, 0, width, height)
  for (const one of rects) {
    draw.fillStyle = one.color
    draw.fillRect(one.x, one.y, one.width, one.height)
  }
  for (const label of labels) drawLabel(draw, label)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

/** Monospace labels are drawn glyph by glyph, so that they stand on their colours in any font. */
function drawLabel(
  draw: CanvasRenderingContext2D,
  { x, y, text, size, color, columns, align }: HeatLabel,
): void {
  draw.fillStyle = color
  draw.font = `${size}px ${columns === undefined ? 'system-ui, sans-serif' : mono}`
  draw.textAlign = align === 'middle' ? 'center' : align === 'end' ? 'right' : 'left'
  if (columns === undefined) return draw.fillText(text, x, y)
  const glyphs = [...text]
  if (glyphs.length !== columns) return draw.fillText(text, x, y, columns * columnWidth)
  glyphs.forEach((glyph, i) => draw.fillText(glyph, x + i * columnWidth, y))
}
