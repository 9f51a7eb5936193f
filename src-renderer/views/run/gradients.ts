// Records of the gradient through time -> what the page shows: sentences, lines of a chart, cells of a map. Pure.
import { trendOf, type LayerGradients, type GradientRecord } from '@contract/gradients.ts'
import { layerTitle } from '@contract/layerPath.ts'
import { largest } from '@contract/longLists.ts'
import type { ChartLine } from '../../charts/lines.ts'
import { entryOf } from '../../heatmaps/colormap.ts'
import { formatCount, formatNumber } from '../../ui/format.ts'

/** Of which loss: the part read after the last step, or all of it. */
export type Part = 'last' | 'norms'

/** Lines drawn at once: the chosen record and some others, evenly over the run. */
const mostLines = 8
/** Factors of ten at which the colours of the map end. */
const widestDecades = 6

export const curveOf = (point: GradientRecord, layer: string, part: Part): Float64Array =>
  point.layers.find((one) => one.layer === layer)?.[part] ?? new Float64Array(0)

/** What became of the gradient of the last step's loss, in a sentence or two. */
export function sentenceOf({ layer, last }: LayerGradients, stride: number): string {
  const { kind, ratio, perStep, reach, steps } = trendOf(last, stride)
  const title = layerTitle(layer)
  if (kind === 'none') return `${title}: there is no gradient to follow back.`
  const factor = formatNumber(perStep, 3)
  const way = `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'} back`
  if (kind === 'explodes')
    return `${title}: it explodes. It grows ${factor}-fold per step back and is ${formatNumber(ratio, 3)} times as large ${way}.`
  if (kind === 'vanishes') {
    const end =
      reach < steps
        ? `more than ${formatCount(reach)} steps back it is exactly 0`
        : `${formatNumber(ratio, 3)} of it is left ${way}`
    return `${title}: it vanishes. It shrinks to ${factor} of itself per step back; ${end}.`
  }
  return `${title}: it arrives. It changes ${factor}-fold per step back; ${formatNumber(ratio, 3)} times as much is there ${way}.`
}

/** `count` of the items, evenly chosen, the first and the last among them. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!)
}

const clock = { epochsPerStep: 0, startedAt: 0 }

/**
 * Curves against the steps back from the end, 0 first. The chosen record is drawn fully and last, others the fainter the farther they are
 * from it. `relative`: every curve over its value at the end, which leaves the product of the Jacobians.
 */
export function gradientLines(
  points: readonly GradientRecord[],
  chosen: GradientRecord,
  look: { layer: string; part: Part; relative: boolean; color: string },
): ChartLine[] {
  const others = evenly(points.filter((point) => point !== chosen), mostLines - 1) // prettier-ignore
  const far = Math.max(1, largest(others.map((point) => Math.abs(point.step - chosen.step))))
  return [...others, chosen].map((point): ChartLine => {
    const curve = curveOf(point, look.layer, look.part)
    const end = look.relative ? (curve.at(-1) ?? NaN) : 1
    const near = 1 - Math.abs(point.step - chosen.step) / far
    return {
      key: `${look.layer} ${point.step}`,
      run: String(point.step),
      runLabel: `step ${formatCount(point.step)}`,
      metric: 'gradient norm',
      variant: '',
      color: look.color,
      columns: {
        steps: Float64Array.from(curve, (_, i) => i * point.stride),
        values: Float64Array.from(curve, (_, i) => curve[curve.length - 1 - i]! / end),
        times: new Float64Array(curve.length),
      },
      clock,
      ...(point !== chosen && { alpha: 0.18 + 0.4 * near }),
    }
  })
}

export interface GradientCells {
  /** Columns: steps back from the end, 0 first. Rows: records, the earliest on top. */
  columns: number
  rows: number
  /** Entries of the diverging palette, row by row. */
  index: Uint8Array
  /** |dL/dh_t| over its value at the end, row by row; NaN where there is none. */
  ratio: Float64Array
  /** Factors of ten at which the colours end, both ways. */
  decades: number
}

/** Every record as a row of ratios to its own end, on a log scale whose middle is 1. What has vanished to 0 has the colour of the lower end. */
export function gradientCells(points: readonly GradientRecord[], layer: string, part: Part): GradientCells {
  const curves = points.map((point) => curveOf(point, layer, part))
  const columns = Math.max(0, largest(curves.map((curve) => curve.length)))
  const rows = points.length
  const ratio = new Float64Array(rows * columns).fill(NaN)
  curves.forEach((curve, row) => {
    const end = curve.length - 1
    for (let back = 0; back <= end; back++) ratio[row * columns + back] = curve[end - back]! / curve[end]!
  })
  let widest = 0
  for (const value of ratio) {
    const size = Math.abs(Math.log10(value))
    if (size > widest) widest = size
  }
  const decades = Math.min(widestDecades, Math.max(1, Math.ceil(widest)))
  const entry = entryOf('bounded', -decades, decades)
  return { columns, rows, index: Uint8Array.from(ratio, (value) => entry(Math.log10(value))), ratio, decades }
}
