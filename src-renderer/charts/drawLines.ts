// A Chart.js plugin that draws lines directly from columns, one path per line instead of one object per point. Axes, zoom and annotations
// are those of Chart.js.
import type { Chart, Plugin } from 'chart.js'
import type { Thinned } from './decimate.ts'

export interface Stroke {
  points: Thinned
  color: string
  width: number
  dash: number[]
  alpha: number
  /** The area between the line and these points is filled; neither has NaN. */
  fillTo?: Thinned | undefined
}

/** Opacity of a filled area. */
const areaAlpha = 0.18

const strokes = new WeakMap<object, readonly Stroke[]>()

/** Sets the strokes of the next drawing; the last one is drawn on top. */
export const setStrokes = (chart: object, list: readonly Stroke[]): void => void strokes.set(chart, list)

/** Points at least this many pixels apart get a dot each. */
const dotDistance = 20

export const linesPlugin: Plugin = {
  id: 'lines',
  // Before the (empty) datasets, so that annotations are drawn on top.
  beforeDatasetsDraw(chart: Chart) {
    const [x, y, area] = [chart.scales['x'], chart.scales['y'], chart.chartArea]
    const list = strokes.get(chart)
    if (!x || !y || !list) return
    const draw = chart.ctx
    draw.save()
    draw.beginPath()
    // The clipping area is enlarged so that dots at its edge stay round.
    draw.rect(area.left - 3, area.top - 3, area.width + 6, area.height + 6)
    draw.clip()
    draw.lineJoin = 'round'
    for (const stroke of list) {
      const { x: xs, y: ys } = stroke.points
      if (stroke.fillTo) {
        draw.globalAlpha = areaAlpha
        draw.fillStyle = stroke.color
        draw.beginPath()
        for (let i = 0; i < xs.length; i++)
          draw.lineTo(x.getPixelForValue(xs[i]!), y.getPixelForValue(ys[i]!))
        const below = stroke.fillTo
        for (let i = below.x.length - 1; i >= 0; i--)
          draw.lineTo(x.getPixelForValue(below.x[i]!), y.getPixelForValue(below.y[i]!))
        draw.closePath()
        draw.fill()
      }
      draw.globalAlpha = stroke.alpha
      draw.strokeStyle = draw.fillStyle = stroke.color
      draw.lineWidth = stroke.width
      draw.setLineDash(stroke.dash)
      draw.beginPath()
      let down = false
      for (let i = 0; i < xs.length; i++) {
        if (Number.isNaN(ys[i]!)) {
          down = false
          continue
        }
        const [px, py] = [x.getPixelForValue(xs[i]!), y.getPixelForValue(ys[i]!)]
        if (down) draw.lineTo(px, py)
        else draw.moveTo(px, py)
        down = true
      }
      draw.stroke()
      const span = xs.length > 1 ? x.getPixelForValue(xs[xs.length - 1]!) - x.getPixelForValue(xs[0]!) : 0
      const sparse = xs.length < 2 || span / (xs.length - 1) >= dotDistance
      draw.beginPath()
      for (let i = 0; i < xs.length; i++) {
        const alone = !(i > 0 && ys[i - 1]! === ys[i - 1]) && !(i + 1 < xs.length && ys[i + 1]! === ys[i + 1])
        if (Number.isNaN(ys[i]!) || (!sparse && !alone)) continue
        const [px, py] = [x.getPixelForValue(xs[i]!), y.getPixelForValue(ys[i]!)]
        draw.moveTo(px + 2, py)
        draw.arc(px, py, 2, 0, 2 * Math.PI)
      }
      if (stroke.alpha === 1) draw.fill()
    }
    draw.restore()
  },
}
