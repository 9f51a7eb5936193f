// Where the inputs of an example and their saliency stand in a drawing of a given width: a lane per number of a step, or an image beside its map. Pure.
import type { InputSaliency } from '../saliency.ts'

/** Heights of the parts of a lane: the input as a curve or as symbols, the colours, the bars, the space below. */
const [curveHeight, symbolHeight, stripHeight, barHeight, laneGap] = [40, 18, 10, 40, 16]
const axisHeight = 20
const labelWidth = 134
/** Largest side of an image and of its map, and the space between them. */
const [imageSide, imageGap] = [260, 28]

export interface SaliencyLane {
  /** Tops of the curve (or symbols), the colours and the bars, with their heights. */
  curve: { y: number; height: number }
  strip: { y: number; height: number }
  bars: { y: number; height: number }
}

export type SaliencyLayout =
  | {
      kind: 'series'
      left: number
      /** Pixels of a step. */
      cell: number
      places: number
      lanes: SaliencyLane[]
      /** Base line of the numbers of steps. */
      axis: number
      height: number
    }
  | {
      kind: 'image'
      /** Pixels of a pixel. */
      cell: number
      rows: number
      columns: number
      top: number
      /** Left edges of the image and of its map. */
      image: number
      map: number
      height: number
    }

/** The layout of one example in a drawing of this width. */
export function saliencyLayout(
  { dimensions, inputs, tokens, picture }: InputSaliency,
  width: number,
): SaliencyLayout {
  if (picture) {
    const { rows, columns } = picture
    const side = Math.min(imageSide, (width - imageGap) / 2)
    const cell = Math.max(1, Math.floor(side / Math.max(rows, columns)))
    const top = 18
    const map = columns * cell + imageGap
    return { kind: 'image', cell, rows, columns, top, image: 1, map, height: top + rows * cell + 4 }
  }
  const places = inputs.length / dimensions.length
  const input = tokens.length > 0 ? symbolHeight : curveHeight
  const pitch = input + stripHeight + barHeight + 6 + laneGap
  const lanes = dimensions.map((_, d): SaliencyLane => {
    const y = 6 + d * pitch
    return {
      curve: { y, height: input },
      strip: { y: y + input + 3, height: stripHeight },
      bars: { y: y + input + stripHeight + 6, height: barHeight },
    }
  })
  const axis = 6 + lanes.length * pitch - laneGap + 14
  const cell = Math.max(0.2, Math.min(26, (width - labelWidth - 2) / places))
  return { kind: 'series', left: labelWidth, cell, places, lanes, axis, height: axis + axisHeight - 14 }
}

/** The place and number under a pixel of the drawing; null beside all of them. */
export function saliencyAt(
  layout: SaliencyLayout,
  x: number,
  y: number,
): { place: number; dimension: number } | null {
  if (layout.kind === 'image') {
    const { cell, rows, columns, top, image, map } = layout
    const left = x >= map ? map : image
    const [row, column] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)]
    const inside = row >= 0 && row < rows && column >= 0 && column < columns
    return inside ? { place: row * columns + column, dimension: 0 } : null
  }
  const place = Math.floor((x - layout.left) / layout.cell)
  const dimension = layout.lanes.findIndex(({ bars }) => y < bars.y + bars.height + laneGap)
  return place >= 0 && place < layout.places && dimension >= 0 ? { place, dimension } : null
}
