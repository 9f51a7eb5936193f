// Life cycle of a chart on a canvas: created when first visible, redrawn at most once per frame and only while visible, decimated again
// after each zoom. New data does not reset the zoom.
import type { AnnotationOptions } from 'chartjs-plugin-annotation'
import { Chart } from 'chart.js'
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import { bestRing, levelLine, markLabel, markSign, stepLine, type StepMark } from './annotations.ts'
import { configOf, inkOf, padded, type Ink, type LineChart } from './chartjs.ts'
import { decimate, marksOf, rangeOf, type Mark, type Thinned } from './decimate.ts'
import { watchDrag } from './dragAxes.ts'
import { setStrokes, type Stroke } from './drawLines.ts'
import { dashOf, extentOf, isHidden, type ChartLine } from './lines.ts'
import { curveOf, nearestIndex, robustRange, type Curve, type XAxis } from './series.ts'

export interface ChartSource {
  lines: () => readonly ChartLine[]
  axis: () => XAxis
  /** Weight of the exponential average, 0 = no smoothing. */
  smoothing: () => number
  log: () => boolean
  /** Title of the x axis. */
  xName: () => string
  /** y of a horizontal reference line; the y range always includes it. */
  level: () => number | undefined
  /** Steps with a vertical line and a text. */
  stepMarks: () => readonly StepMark[]
  /** Text of a step at the axis; undefined: its number. */
  stepText: () => ((step: number) => string) | undefined
  robust: () => boolean
  hidden: () => ReadonlySet<string>
  theme: () => string
}

/** State of the last drawing. */
export interface Drawn {
  from: number
  to: number
  /** Points drawn and points in view, over all visible lines. */
  shown: number
  total: number
  unloggable: number
  marks: { line: ChartLine; mark: Mark }[]
}

interface Kept {
  line: ChartLine
  axis: XAxis
  weight: number
  curve: Curve
  marks: Mark[]
}

/** Maximum pixel columns over all lines of a chart, for smooth zooming; with fewer, wider columns extremes are still kept. */
const mostColumns = 20_000

const everything = [-Infinity, Infinity] as const
const nothing: Drawn = { from: 0, to: 0, shown: 0, total: 0, unloggable: 0, marks: [] }

export function useLineChart(canvas: Ref<HTMLCanvasElement | null>, source: ChartSource) {
  const chart = shallowRef<LineChart | null>(null)
  const drawn = shallowRef<Drawn>(nothing)
  const isZoomed = ref(false)
  let ink: Ink
  let drag: ReturnType<typeof watchDrag> | undefined
  let kept = new Map<string, Kept>()
  let frame = 0
  let onScreen = false
  let dirty = true
  const thinned = new Map<string, { x: Float64Array; y: Float64Array; view: string; points: Thinned }>()
  /** Range of y over the points of the last drawing. */
  let yRange: [number, number] | null = null

  /** Whole curves by line key, cached until the points, the axis or the smoothing change. */
  const curves = computed(() => {
    const next = new Map<string, Kept>()
    for (const line of source.lines()) {
      const [old, axis, weight] = [kept.get(line.key), source.axis(), source.smoothing()]
      const same =
        old?.line.columns === line.columns &&
        old.axis === axis &&
        old.weight === weight &&
        old.line.clock.epochsPerStep === line.clock.epochsPerStep &&
        old.line.clock.startedAt === line.clock.startedAt
      if (same) next.set(line.key, old)
      else {
        const curve = curveOf(line.columns, axis, line.clock, weight)
        next.set(line.key, {
          line,
          axis,
          weight,
          curve,
          marks: marksOf(curve.x, curve.steps, curve.raw, curve.counts),
        })
      }
    }
    kept = next
    return new Map([...next].map(([key, { curve }]) => [key, curve]))
  })

  const visible = computed(() => source.lines().filter((line) => !isHidden(line, source.hidden())))
  const extent = computed(() => extentOf(visible.value.map((line) => curves.value.get(line.key)!)))

  function make(): void {
    const element = canvas.value
    if (!element) return
    chart.value?.destroy()
    ink = inkOf(element)
    const config = configOf(source.axis(), source.xName(), source.log(), ink, {
      extent: () => extent.value,
      yRange: () => yRange,
      axes: () => drag?.axes() ?? 'xy',
      zoomed: schedule,
      stepText: source.stepText,
    })
    chart.value = new Chart(element, config)
    isZoomed.value = false
  }

  function draw(): void {
    frame = 0
    if (!onScreen) return void (dirty = true)
    if (!chart.value) make()
    const it = chart.value
    if (!it) return
    dirty = false
    isZoomed.value = it.isZoomedOrPanned()
    const x = it.scales['x']!
    const [from, to] = isZoomed.value ? [x.min, x.max] : (extent.value ?? [0, 0])
    const y = it.scales['y']!
    const inY = y.options.min === undefined ? everything : ([y.min, y.max] as const)
    const pixels = Math.max(50, it.chartArea?.width ?? 0) * Math.min(2, it.currentDevicePixelRatio || 1)
    const columns = Math.min(pixels, Math.max(160, mostColumns / Math.max(1, visible.value.length)))
    const next: Drawn = { ...nothing, from, to, marks: [] }
    if (thinned.size > 4 * visible.value.length) thinned.clear()
    const strokes: Stroke[] = []
    const faint: Stroke[] = []
    const annotations: Record<string, AnnotationOptions> = {}
    const level = source.level()
    if (level !== undefined) annotations['level'] = levelLine(level, ink)
    const [clocked] = visible.value
    source.stepMarks().forEach((mark, i) => {
      const curve = clocked && curves.value.get(clocked.key)!
      const at = curve ? nearestIndex(curve.steps, mark.step) : -1
      if (at >= 0) annotations[`step ${i}`] = stepLine(curve!.x[at]!, mark.text, i, ink)
    })
    for (const line of visible.value) {
      const curve = curves.value.get(line.key)!
      const main = thin(line.key, curve.smooth, curve, [from, to], inY, columns)
      strokes.push({
        points: main,
        color: line.color,
        width: 1.75,
        dash: dashOf(line.variant, line.dashes),
        alpha: line.alpha ?? 1,
      })
      if (curve.smooth !== curve.raw) {
        const raw = thin(`${line.key} raw`, curve.raw, curve, [from, to], inY, columns)
        faint.push({ points: raw, color: line.color, width: 1, dash: [], alpha: 0.28 })
      }
      next.total += main.total
      next.shown += main.shown
      next.unloggable += main.unloggable
      for (const mark of kept.get(line.key)!.marks) next.marks.push({ line, mark })
      const best = line.bestStep === undefined ? -1 : nearestIndex(curve.steps, line.bestStep)
      if (best >= 0)
        annotations[`best ${line.key}`] = bestRing(curve.x[best]!, curve.raw[best]!, line.color, ink)
    }
    visible.value.forEach(({ fillTo }, i) => {
      const other = visible.value.findIndex(({ key }) => key === fillTo)
      if (other >= 0) strokes[i]!.fillTo = strokes[other]!.points
    })
    yRange = yRangeOf(
      [...faint, ...strokes].map((stroke) => stroke.points),
      from,
      to,
    )
    setStrokes(it, [...faint, ...strokes])
    next.marks.slice(0, 40).forEach(({ line, mark }, i) => {
      annotations[`mark ${i}`] = markSign(mark, line.color)
      if (next.marks.length <= 2) annotations[`word ${i}`] = markLabel(mark, i, ink)
    })
    it.options.plugins!.annotation = { clip: false, annotations }
    it.update('none')
    drawn.value = next
  }

  function yRangeOf(drawnPoints: Thinned[], from: number, to: number): [number, number] | null {
    const range = source.robust()
      ? robustRange(visible.value.map((line) => curves.value.get(line.key)!.raw))
      : rangeOf(drawnPoints, from, to)
    const level = source.level() ?? NaN
    const whole =
      range &&
      (Number.isNaN(level) ? range : ([Math.min(range[0], level), Math.max(range[1], level)] as const))
    return whole && padded(whole, source.log())
  }

  /** Decimated curves, cached until the curve or the view changes. */
  function thin(
    key: string,
    y: Float64Array,
    curve: Curve,
    inX: readonly [number, number],
    inY: readonly [number, number],
    columns: number,
  ): Thinned {
    const view = [...inX, ...inY, Math.floor(columns), source.log()].join()
    const old = thinned.get(key)
    if (old?.y === y && old.x === curve.x && old.view === view) return old.points
    const points = decimate(curve.x, y, ...inX, columns, source.log(), inY, curve.counts)
    thinned.set(key, { x: curve.x, y, view, points })
    return points
  }

  /** Schedules a drawing for the next frame; several requests make one drawing. */
  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw)
  }

  function resetZoom(): void {
    chart.value?.resetZoom('none')
    schedule()
  }

  /** Zooms x around the centre; factor > 1 zooms in. */
  function zoomBy(factor: number): void {
    chart.value?.zoom({ x: factor, y: 1 }, 'none')
    schedule()
  }

  watch([curves, visible, source.robust, source.level, source.stepMarks], schedule)
  watch([source.axis, source.log, source.theme], ([axis, log], [oldAxis, oldLog]) => {
    const x = chart.value?.scales['x']
    const range = x && axis === oldAxis && isZoomed.value ? { min: x.min, max: x.max } : null
    if (!chart.value) return
    // The CSS properties of the new theme are set by the next frame.
    requestAnimationFrame(() => {
      make()
      if (range) chart.value?.zoomScale('x', range, 'none')
      if (log !== oldLog || range) isZoomed.value = range !== null
      schedule()
    })
  })

  let observer: IntersectionObserver | undefined
  onMounted(() => {
    if (canvas.value) drag = watchDrag(canvas.value)
    observer = new IntersectionObserver(
      (entries) => {
        onScreen = entries.some((entry) => entry.isIntersecting)
        if (onScreen && dirty) schedule()
      },
      { rootMargin: '200px' },
    )
    if (canvas.value) observer.observe(canvas.value)
  })
  onBeforeUnmount(() => {
    observer?.disconnect()
    drag?.stop()
    cancelAnimationFrame(frame)
    chart.value?.destroy()
    chart.value = null
  })

  return { chart, curves, visible, drawn, isZoomed, resetZoom, zoomBy }
}
