// Gradient norms through time in the terminal: the newest curve of each layer as bars on a log scale, its course over the run, and the
// spectral radii. Bars are text, so that files and terminals without colours show the same.
import { trendOf, whyNoGradients, type GradientTrend, type GradientRecord } from '../../contract/gradients.ts'
import { layerTitle } from '../../contract/layerPath.ts'
import type { RunRow } from '../../contract/run.ts'
import { append, largest, least } from '../../contract/longLists.ts'
import { figure, table } from './format.ts'

const bars = '▁▂▃▄▅▆▇█'
const widest = 48
const mostRows = 12

/** Positive values on a log scale as at most 48 bars; 0 is a space, a value that is not finite a question mark. */
export function sparkline(values: Float64Array): string {
  const logs = Array.from(values, (value) => (value > 0 && value < Infinity ? Math.log(value) : NaN))
  const finite = logs.filter((value) => !Number.isNaN(value))
  const [low, high] = [least(finite), largest(finite)]
  const count = Math.min(widest, values.length)
  return Array.from({ length: count }, (_, i) => {
    // The last value of each interval, so that the end of the curve is always shown.
    const at = Math.ceil(((i + 1) * values.length) / count) - 1
    if (Number.isNaN(logs[at])) return values[at] === 0 ? ' ' : '?'
    return bars[high > low ? Math.round((7 * (logs[at]! - low)) / (high - low)) : 7]
  }).join('')
}

const words: Record<GradientTrend['kind'], string> = {
  vanishes: 'vanishes',
  explodes: 'explodes',
  persists: 'persists',
  none: '',
}

/** Evenly spaced, with the first and the last. */
function chosen<T>(items: readonly T[]): T[] {
  if (items.length <= mostRows) return [...items]
  return Array.from(
    { length: mostRows },
    (_, i) => items[Math.round((i * (items.length - 1)) / (mostRows - 1))]!,
  )
}

export function gradientLines(run: RunRow, points: readonly GradientRecord[]): string[] {
  const name = run.name
  const newest = points.at(-1)
  if (!newest) return [`${name} has no record of the gradient through time. ${whyNoGradients(run)}`]
  const trends = newest.layers.map(({ last }) => trendOf(last, newest.stride))
  const steps = Math.max(0, largest(trends.map((trend) => trend.steps)))
  const lines = [
    `gradient through time of ${name} at step ${newest.step}, ${steps} steps back to the first`,
    run.task.gradient,
    '',
  ]
  const rows = newest.layers.map(({ layer, last }, i) => {
    const { kind, ratio, perStep } = trends[i]!
    const ends = [figure(last[0]), figure(last.at(-1))] as const
    return [layerTitle(layer), ...ends, figure(ratio), figure(perStep), words[kind], sparkline(last)]
  })
  append(
    lines,
    table(['layer', 'first>', 'last>', 'first/last>', 'per step>', '', 'first to last, log'], rows),
  )
  if (points.length > 1) {
    const history = chosen(points).map((point) => [
      String(point.step),
      ...point.layers.map(({ last }) => figure(trendOf(last, point.stride).ratio)),
    ])
    const heads = newest.layers.map(({ layer }) => `${layerTitle(layer)}, first/last>`)
    append(lines, ['', ...table(['step>', ...heads], history)])
  }
  if (newest.radii.length) {
    const before = new Map(points[0]!.radii.map(({ name, value }) => [name, value]))
    const radii = newest.radii.map(({ name, value }) => [name, figure(before.get(name)), figure(value)])
    append(lines, [
      '',
      ...table(['spectral radius', `step ${points[0]!.step}>`, `step ${newest.step}>`], radii),
    ])
  }
  return lines
}
