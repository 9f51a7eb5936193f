// The part of the plane that a point cloud shows. Pure.
import type { Projection } from '@contract/analyses.ts'

/** Coordinates of the upper left corner and pixels per unit; y goes up. */
export interface View {
  x: number
  y: number
  scale: number
}

type Points = Pick<Projection, 'x' | 'y'>
const margin = 0.05

/** The view that holds all points in `width` x `height` pixels with equal scales. */
export function viewOf({ x, y }: Points, width: number, height: number): View {
  const ends = (values: Float32Array) =>
    values.reduce(
      ([lo, hi], value) => [Math.min(lo!, value), Math.max(hi!, value)],
      [Infinity, -Infinity],
    ) as [number, number]
  const [[left, right], [bottom, top]] = [ends(x), ends(y)]
  const [across, up] = [right - left || 1, top - bottom || 1]
  const scale = (1 - 2 * margin) * Math.min(width / across, height / up)
  return {
    x: (left + right) / 2 - width / (2 * scale),
    y: (bottom + top) / 2 + height / (2 * scale),
    scale,
  }
}

/** The point nearest to a pixel, at most `reach` pixels away; -1 if there is none. */
export function nearestPoint({ x, y }: Points, view: View, px: number, py: number, reach = 12): number {
  let [best, at] = [reach * reach, -1]
  for (let p = 0; p < x.length; p++) {
    const dx = (x[p]! - view.x) * view.scale - px
    const dy = (view.y - y[p]!) * view.scale - py
    const squared = dx * dx + dy * dy
    if (squared <= best) [best, at] = [squared, p]
  }
  return at
}
