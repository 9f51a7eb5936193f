// The inputs of held-out examples with their saliency as a drawing: per number of a step the input as a curve, the values as colours and as bars; an image
// beside its map. All examples of a drawing share one scale.
import { css, cssPalette, entryOf, textColor, type Theme } from './colormap.ts'
import { saliencyLayout, type SaliencyLane, type SaliencyLayout } from './saliencyLayout.ts'
import { answerInWords, saliencyMeasures, unitOf } from './saliencyTables.ts'
import type { InputSaliency } from '../saliency.ts'
import type { HeatScene } from './scene.ts'

const muted: Record<Theme, string> = { light: 'rgb(90 95 105)', dark: 'rgb(165 172 184)' }
const faint: Record<Theme, string> = { light: 'rgb(222 225 230)', dark: 'rgb(62 66 75)' }
const short = (value: number): string => String(Number(value.toPrecision(3))).replace('-', '−')

/** What is drawn of an example, and how. */
export interface SaliencyDrawing {
  found: InputSaliency
  /** The values, (P, D), and the |value| of the full colour. */
  values: Float32Array
  bound: number
  width: number
  theme: Theme
}

/** One example. */
export function saliencyScene(drawing: SaliencyDrawing): HeatScene {
  const { found, width } = drawing
  const layout = saliencyLayout(found, width)
  const scene: Required<HeatScene> = { width, height: layout.height, rects: [], lines: [], labels: [] }
  if (layout.kind === 'image') addImage(scene, drawing, layout)
  else addSeries(scene, drawing, layout)
  return scene
}

type Scene = Required<HeatScene>
type Layout<K> = Extract<SaliencyLayout, { kind: K }>

function addSeries(scene: Scene, drawing: SaliencyDrawing, layout: Layout<'series'>): void {
  const { found, theme } = drawing
  const { left, cell, places, lanes, axis } = layout
  const { at } = found.answer
  lanes.forEach((lane, d) => {
    scene.labels.push({
      x: 0,
      y: lane.curve.y + 11,
      text: found.dimensions[d]!,
      size: 12,
      color: css(textColor(theme)),
    })
    if (found.tokens.length > 0) addSymbols(scene, drawing, layout, lane)
    else addCurve(scene, drawing, layout, lane, d)
    addBars(scene, drawing, layout, lane, d)
  })
  if (at !== null) {
    const x = left + (at + 0.5) * cell
    scene.lines.push({ points: [[x, 2], [x, axis - 10]], color: css(textColor(theme)), width: 1 }) // prettier-ignore
  }
  const every = niceStep(places, cell)
  for (let step = 1; step <= places; step++)
    if (step === 1 || (step % every === 0 && (step - 1) * cell >= 28))
      scene.labels.push({
        // A digit is about 7 pixels wide; the last number must not be cut off.
        x: Math.min(left + (step - 0.5) * cell, scene.width - 3.5 * String(step).length),
        y: axis,
        text: String(step),
        size: 11,
        color: muted[theme],
        align: 'middle',
      })
  scene.labels.push({ x: 0, y: axis, text: 'step', size: 11, color: muted[theme] })
}

/** Steps from one label of the axis to the next, at least 34 pixels apart. */
function niceStep(places: number, cell: number): number {
  const steps = [1, 2, 5].flatMap((n) => [1, 10, 100, 1000].map((power) => n * power)).sort((a, b) => a - b)
  return steps.find((one) => one * cell >= 34) ?? places
}

/** The numbers of a dimension as stairs, from its smallest to its largest value. */
function addCurve(
  scene: Scene,
  { found, theme }: SaliencyDrawing,
  layout: Layout<'series'>,
  { curve }: SaliencyLane,
  d: number,
): void {
  const { left, cell, places } = layout
  const size = found.dimensions.length
  const own = Array.from({ length: places }, (_, t) => found.inputs[t * size + d]!)
  const [lo, hi] = own.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  )
  const y = (value: number) => curve.y + curve.height - ((value - lo) / (hi - lo || 1)) * curve.height
  const points = own.flatMap((value, t) => [[left + t * cell, y(value)], [left + (t + 1) * cell, y(value)]] as const) // prettier-ignore
  scene.lines.push({ points, color: css(textColor(theme)), width: 1.25 })
  const edge = { x: left - 6, size: 10, color: muted[theme], align: 'end' } as const
  if (hi > lo) scene.labels.push({ ...edge, y: curve.y + 8, text: short(hi) })
  scene.labels.push({ ...edge, y: curve.y + curve.height, text: short(lo) })
}

function addSymbols(
  scene: Scene,
  { found, theme }: SaliencyDrawing,
  layout: Layout<'series'>,
  { curve }: SaliencyLane,
): void {
  if (layout.cell < 6) return
  found.tokens.forEach((text, t) => {
    const x = layout.left + (t + 0.5) * layout.cell
    scene.labels.push({ x, y: curve.y + 13, text, size: Math.min(13, layout.cell + 3), color: css(textColor(theme)), align: 'middle' })
  }) // prettier-ignore
}

/** The values of a dimension as colours and as bars from a zero line. */
function addBars(scene: Scene, { found, values, bound, theme }: SaliencyDrawing, layout: Layout<'series'>, { strip, bars }: SaliencyLane, d: number): void {
  const { left, cell, places } = layout
  const size = found.dimensions.length
  const colors = cssPalette('bounded', theme)
  const entry = entryOf('bounded', -bound, bound)
  const least = values.reduce((a, value) => Math.min(a, value), 0)
  /** Where nothing is negative the bars have the whole height. */
  const zero = least < 0 ? bars.y + bars.height / 2 : bars.y + bars.height
  const highest = least < 0 ? bars.height / 2 : bars.height
  const gap = cell > 4 ? 1 : 0
  for (let t = 0; t < places; t++) {
    const value = values[t * size + d]!
    const x = left + t * cell
    const height = Math.min(1, Math.abs(value) / (bound || 1)) * highest
    if (value === 0 || Number.isNaN(value)) continue
    scene.rects.push({ x, y: strip.y, width: cell - gap, height: strip.height, color: colors[entry(value)]! })
    scene.rects.push({ x, y: value > 0 ? zero - height : zero, width: cell - gap, height, color: colors[value > 0 ? 255 : 1]! })
  }
  scene.lines.push({ points: [[left, zero], [left + places * cell, zero]], color: faint[theme], width: 1 })
  const edge = { x: left - 6, size: 10, color: muted[theme], align: 'end' } as const
  scene.labels.push({ ...edge, y: bars.y + 8, text: short(bound) })
  scene.labels.push({ ...edge, y: bars.y + bars.height, text: least < 0 ? short(-bound) : '0' })
} // prettier-ignore

function addImage(scene: Scene, { found, values, bound, theme }: SaliencyDrawing, { cell, rows, columns, top, image, map }: Layout<'image'>): void {
  const picture = found.picture!
  const colors = cssPalette('bounded', theme)
  const entry = entryOf('bounded', -bound, bound)
  const title = { y: 11, size: 12, color: muted[theme] }
  scene.labels.push({ ...title, x: image, text: `Example ${found.example}` })
  scene.labels.push({ ...title, x: map, text: 'Saliency' })
  for (let p = 0; p < rows * columns; p++) {
    const at = { y: top + Math.floor(p / columns) * cell, width: cell, height: cell }
    const gray = Math.round((255 * found.inputs[p]!) / (picture.levels - 1))
    const x = (p % columns) * cell
    scene.rects.push({ ...at, x: image + x, color: `rgb(${gray} ${gray} ${gray})` })
    scene.rects.push({ ...at, x: map + x, color: colors[entry(values[p]!)]! })
  }
  const frame = (x: number, y: number, w: number, h: number, color: string) =>
    scene.lines.push({ points: [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]], color, width: 1 })
  for (const x of [image, map]) frame(x, top, columns * cell, rows * cell, faint[theme])
  const { at } = found.answer
  if (at === null) return
  for (const x of [image, map])
    frame(x + (at % columns) * cell, top + Math.floor(at / columns) * cell, cell, cell, colors[255]!)
} // prettier-ignore

/** |value| of the full colour: the largest one of all examples. */
export const boundOf = (all: readonly Float32Array[]): number =>
  all.reduce(
    (most, values) =>
      values.reduce((m, value) => (Number.isFinite(value) ? Math.max(m, Math.abs(value)) : m), most),
    0,
  )

/** Examples one below the other on white with their facts and the range of the colours, as a file; `measure`: see saliencyMeasures. */
export function saliencyFigure(all: readonly InputSaliency[], measure: string, run: string): HeatScene {
  const width = 900
  const pad = 16
  const drawn = all.flatMap((found) => {
    const chosen = saliencyMeasures(found).find(({ value }) => value === measure)
    return chosen ? [{ found, ...chosen }] : []
  })
  const bound = boundOf(drawn.map(({ values }) => values))
  const scene: Scene = { width: width + 2 * pad, height: pad, rects: [], lines: [], labels: [] }
  const ink = css(textColor('light'))
  for (const { found, values, label } of drawn) {
    const { example, step, input, expected, predicted, answer } = found
    const facts = [
      `${run}, checkpoint ${step}, example ${example}: ${input.slice(0, 100)}`,
      `expected ${expected || '–'}, predicted ${predicted}; ${answerInWords(found)} = ${short(answer.value)}`,
      `${label} in ${unitOf(found)}, colours from −${short(bound)} to ${short(bound)}${measure === 'occlusion' ? `; inputs are replaced by ${found.baseline}` : ''}`,
    ]
    facts.forEach((text, i) =>
      scene.labels.push({ x: pad, y: scene.height + 12 + 18 * i, text, size: 13, color: ink }),
    )
    const top = scene.height + 18 * facts.length + 6
    const part = saliencyScene({ found, values, bound, width, theme: 'light' })
    for (const one of part.rects) scene.rects.push({ ...one, x: one.x + pad, y: one.y + top })
    for (const { points, ...line } of part.lines ?? [])
      scene.lines.push({ ...line, points: points.map(([x, y]) => [x + pad, y + top] as const) })
    for (const one of part.labels) scene.labels.push({ ...one, x: one.x + pad, y: one.y + top })
    scene.height = top + part.height + pad
  }
  return scene
}
