// A scene drawn on a canvas, and as a PNG on white at twice its size where the canvas allows that.
import { columnWidth } from '@contract/heat/heatScene.ts'
import type { HeatLabel, HeatScene } from '@contract/heat/scene.ts'

/** Largest height of a canvas in pixels that browsers draw. */
const tallest = 32_000
const mono = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'

/** Draws a scene; throws a RangeError if it is too high for one picture. `what` names it in the message. */
export function scenePng(scene: HeatScene, what: string): Promise<Blob | null> {
  const { width, height } = scene
  const scale = 2 * height <= tallest ? 2 : 1
  if (height > tallest)
    throw new RangeError(
      `A picture of ${what} would be ${Math.round(height).toLocaleString('en')} pixels high; browsers draw ${tallest.toLocaleString('en')}. Show fewer, or take the SVG.`,
    )
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(width * scale)
  canvas.height = Math.ceil(height * scale)
  const draw = canvas.getContext('2d')!
  draw.scale(scale, scale)
  draw.fillStyle = 'white'
  draw.fillRect(0, 0, width, height)
  drawScene(draw, scene)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

/** Draws a scene at the origin of a context, over what is there. */
export function drawScene(draw: CanvasRenderingContext2D, { rects, lines = [], labels }: HeatScene): void {
  for (const one of rects) {
    draw.fillStyle = one.color
    draw.fillRect(one.x, one.y, one.width, one.height)
  }
  for (const { points, color, width } of lines) {
    draw.strokeStyle = color
    draw.lineWidth = width
    draw.beginPath()
    points.forEach(([x, y], i) => (i === 0 ? draw.moveTo(x, y) : draw.lineTo(x, y)))
    draw.stroke()
  }
  for (const label of labels) drawLabel(draw, label)
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
