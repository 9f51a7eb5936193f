// Makes sentences, lines of a chart and a heatmap from records of the gradient through time. Pure.
import { trendOf, type LayerGradients, type GradientRecord } from '@contract/gradients.ts'
import { layerTitle } from '@contract/layerPath.ts'
import { largest } from '@contract/longLists.ts'
import type { ChartLine } from '../../charts/lines.ts'
import { entryOf } from '@contract/heat/colormap.ts'
import { formatCount, formatNumber } from '../../ui/format.ts'

/** Gradient of which loss: that of the last step, or that of all steps (`norms`). */
export type LossPart = 'last' | 'norms'

/** Maximum lines of the chart: the chosen record and others evenly spaced over training. */
const maxLines = 8
/** Maximum range of the colours in factors of ten. */
const maxDecades = 6

export const curveOf = (record: GradientRecord, layer: string, part: LossPart): Float64Array =>
  record.layers.find((one) => one.layer === layer)?.[part] ?? new Float64Array(0)

/** The trend of the gradient of the last loss (vanishes, explodes, persists) as text. */
export function sentenceOf({ layer, last }: LayerGradients, stride: number): string {
  const { kind, ratio, perStep, reach, steps } = trendOf(last, stride)
  const title = layerTitle(layer)
  if (kind === 'none') return `${title}: no gradient.`
  const factor = formatNumber(perStep, 3)
  const way = `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'} back`
  if (kind === 'explodes')
    return `${title}: the gradient explodes. It grows ${factor}-fold per step back and is ${formatNumber(ratio, 3)} times as large ${way}.`
  if (kind === 'vanishes') {
    const end =
      reach < steps
        ? `more than ${formatCount(reach)} steps back it is exactly 0`
        : `${formatNumber(ratio, 3)} of it is left ${way}`
    return `${title}: the gradient vanishes. It shrinks to ${factor} of itself per step back; ${end}.`
  }
  return `${title}: the gradient persists. It changes ${factor}-fold per step back and is ${formatNumber(ratio, 3)} times as large ${way}.`
}

/** `count` evenly spaced items, including the first and the last. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!)
}

const clock = { epochsPerStep: 0, startedAt: 0 }

/**
 * Curves of |dL/dh_t| over the steps back from the last step. The chosen record is drawn last and opaque, others fainter with their distance
 * in training steps. `relative`: divided by the value at the last step.
 */
export function gradientLines(
  records: readonly GradientRecord[],
  chosen: GradientRecord,
  options: { layer: string; part: LossPart; relative: boolean; color: string },
): ChartLine[] {
  const others = evenly(
    records.filter((record) => record !== chosen),
    maxLines - 1,
  )
  const far = Math.max(1, largest(others.map((record) => Math.abs(record.step - chosen.step))))
  return [...others, chosen].map((record): ChartLine => {
    const curve = curveOf(record, options.layer, options.part)
    const end = options.relative ? (curve.at(-1) ?? NaN) : 1
    const near = 1 - Math.abs(record.step - chosen.step) / far
    return {
      key: `${options.layer} ${record.step}`,
      run: String(record.step),
      runLabel: `step ${formatCount(record.step)}`,
      metric: 'gradient norm',
      variant: '',
      color: options.color,
      columns: {
        steps: Float64Array.from(curve, (_, i) => i * record.stride),
        values: Float64Array.from(curve, (_, i) => curve[curve.length - 1 - i]! / end),
        times: new Float64Array(curve.length),
      },
      clock,
      ...(record !== chosen && { alpha: 0.18 + 0.4 * near }),
    }
  })
}

export interface GradientHeatmap {
  /** Columns: steps back from the last step, 0 first. Rows: records, the earliest at the top. */
  columns: number
  rows: number
  /** Entries of the diverging palette, row by row. */
  index: Uint8Array
  /** |dL/dh_t| divided by its value at the last step, row by row; NaN where a record has no step. */
  ratio: Float64Array
  /** Colour range: 10^-decades to 10^decades. */
  decades: number
}

/** Heatmap of all records on a log scale centred at ratio 1; a gradient of 0 has the colour of the lower end. */
export function gradientHeatmap(
  records: readonly GradientRecord[],
  layer: string,
  part: LossPart,
): GradientHeatmap {
  const curves = records.map((record) => curveOf(record, layer, part))
  const columns = Math.max(0, largest(curves.map((curve) => curve.length)))
  const rows = records.length
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
  const decades = Math.min(maxDecades, Math.max(1, Math.ceil(widest)))
  const entry = entryOf('bounded', -decades, decades)
  return { columns, rows, index: Uint8Array.from(ratio, (value) => entry(Math.log10(value))), ratio, decades }
}
