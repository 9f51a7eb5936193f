// The lines themselves, drawn straight from columns onto the chart's canvas. Chart.js would make an object per point; here a hundred
// runs cost a hundred paths. Axes, zoom and annotations stay Chart.js's.
import type { Chart, Plugin } from 'chart.js'
import type { Thinned } from './decimate.ts'

export interface Stroke {
  points: Thinned
  color: string
  width: number
  dash: number[]
  alpha: number
}

const strokes = new WeakMap<object, readonly Stroke[]>()

/** What the next drawing of this chart shows, in order: the last lies on top. */
export const setStrokes = (chart: object, list: readonly Stroke[]): void => void strokes.set(chart, list)

/** Points this far apart or more, in pixels, are marked by dots. */
const dotDistance = 20

export const linesPlugin: Plugin = {
  id: 'lines',
  // Before the datasets (there are none), so that marks and labels lie on top.
  beforeDatasetsDraw(chart: Chart) {
    const [x, y, area] = [chart.scales['x'], chart.scales['y'], chart.chartArea]
    const list = strokes.get(chart)
    if (!x || !y || !list) return
    const draw = chart.ctx
    draw.save()
    draw.beginPath()
    // Dots at the very edge stay round.
    draw.rect(area.left - 3, area.top - 3, area.width + 6, area.height + 6)
    draw.clip()
    draw.lineJoin = 'round'
    for (const stroke of list) {
      const { x: xs, y: ys } = stroke.points
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
