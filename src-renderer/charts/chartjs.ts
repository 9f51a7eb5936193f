// Registers the parts of Chart.js that are used and makes the options of a line chart. Animation, parsing, legend and tooltip of Chart.js
// are off: legend and tooltip are HTML beside the canvas, for keyboard and screen reader.
import {
  Chart,
  LinearScale,
  LineController,
  LogarithmicScale,
  type ChartConfiguration,
  type Scale,
} from 'chart.js'
import annotations from 'chartjs-plugin-annotation'
import zoom from 'chartjs-plugin-zoom'
import type { DragAxes } from './dragAxes.ts'
import { linesPlugin } from './drawLines.ts'
import type { XAxis } from './series.ts'
import { clockText, logTicks, niceTicks, tickText, timeTicks } from './ticks.ts'

Chart.register(LineController, LinearScale, LogarithmicScale, annotations, zoom, linesPlugin)

export type LineChart = Chart<'line', never[]>

/** Colours of the current theme, read from CSS custom properties. */
export interface Ink {
  grid: string
  axis: string
  text: string
  surface: string
  accent: string
  danger: string
  font: string
}

export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return {
    grid: token('--chart-grid'),
    axis: token('--chart-axis'),
    text: token('--text'),
    surface: token('--surface'),
    accent: token('--accent'),
    danger: token('--danger'),
    font: style.fontFamily,
  }
}

export const axisTitle: Record<XAxis, string> = { step: 'step', epoch: 'epoch', time: 'time since start' }

/** The y range with 4 % padding; the lower end stays at or above 0 if all values do. */
export function padded([low, high]: readonly [number, number], log: boolean): [number, number] {
  if (log) return [low / 1.1, high * 1.1]
  if (low === high) return [low - (Math.abs(low) * 0.1 || 1), high + (Math.abs(high) * 0.1 || 1)]
  const air = (high - low) * 0.04
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air]
}

/** Callbacks that Chart.js uses during the layout of the axes. */
export interface Questions {
  /** Range of x over all visible points. */
  extent(): [number, number] | null
  /** Range of y over the drawn points, or the fixed range. */
  yRange(): [number, number] | null
  /** Axes that a drag zooms. */
  axes(): DragAxes
  zoomed(): void
  /** Text of a step at the axis; undefined: its number. */
  stepText(): ((step: number) => string) | undefined
}

/** Options of a line chart; `name`: title of the x axis. */
export function configOf(
  axis: XAxis,
  name: string,
  log: boolean,
  ink: Ink,
  ask: Questions,
): ChartConfiguration<'line', never[]> {
  const ticks = { color: ink.axis, font: { family: ink.font, size: 11 }, maxRotation: 0, autoSkipPadding: 12 }
  const limit = (scale: Scale, range: [number, number] | null) => {
    const { min, max } = scale.options as { min?: number; max?: number }
    if (!range || min !== undefined || max !== undefined) return
    ;[scale.min, scale.max] = range[0] === range[1] ? [range[0] - 0.5, range[1] + 0.5] : range
  }
  return {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      layout: { padding: { top: 6, right: 10, bottom: 0, left: 0 } },
      scales: {
        x: {
          type: 'linear',
          bounds: 'data',
          grid: { color: ink.grid, drawTicks: false },
          border: { color: ink.grid },
          ticks: {
            ...ticks,
            padding: 6,
            callback: (v) =>
              axis === 'time' ? clockText(Number(v)) : (ask.stepText() ?? tickText)(Number(v)),
          },
          title: {
            display: true,
            text: name,
            color: ink.axis,
            font: { family: ink.font, size: 11 },
            padding: 0,
            align: 'end',
          },
          afterDataLimits: (scale) => limit(scale, ask.extent()),
          afterBuildTicks: (scale) => {
            const wanted = Math.max(2, Math.floor(scale.width / (ask.stepText() ? 110 : 70)))
            const places =
              axis === 'time'
                ? timeTicks(scale.min, scale.max, wanted)
                : niceTicks(scale.min, scale.max, wanted)
            // Steps are integers: no tick between them.
            const shown = axis === 'step' ? places.filter(Number.isInteger) : places
            scale.ticks = shown.map((value) => ({ value }))
          },
        },
        y: {
          type: log ? 'logarithmic' : 'linear',
          bounds: 'data',
          grid: { color: ink.grid, drawTicks: false },
          border: { display: false },
          ticks: { ...ticks, padding: 6, maxTicksLimit: 7, callback: (v) => tickText(Number(v)) },
          afterDataLimits: (scale) => limit(scale, ask.yRange()),
          afterBuildTicks: (scale) => {
            const wanted = Math.max(2, Math.min(6, Math.floor(scale.height / 30)))
            const places = log ? logTicks(scale.min, scale.max) : niceTicks(scale.min, scale.max, wanted)
            scale.ticks = places.map((value) => ({ value }))
          },
          // A fixed width of the y axis aligns the plots of a page.
          afterFit: (scale) => void (scale.width = Math.max(52, scale.width)),
        },
      },
      plugins: {
        annotation: { clip: false, annotations: {} },
        zoom: {
          zoom: {
            mode: () => ask.axes(),
            scaleMode: 'xy',
            drag: {
              enabled: true,
              threshold: 6,
              backgroundColor: `${ink.accent}22`,
              borderColor: ink.accent,
              borderWidth: 1,
            },
            // The wheel without a modifier key scrolls the page.
            wheel: { enabled: true, modifierKey: 'ctrl', speed: 0.1 },
            pinch: { enabled: true },
            onZoom: () => ask.zoomed(),
          },
          pan: { enabled: true, mode: 'xy', modifierKey: 'shift', onPan: () => ask.zoomed() },
        },
      },
    },
  }
}
