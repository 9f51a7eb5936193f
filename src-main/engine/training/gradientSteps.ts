// The step of a scan that a position belongs to: time in a sequence (T), the anti-diagonal in an image (R, C). A scan from a corner reaches
// all positions of an anti-diagonal after the same number of steps, and every path between opposite corners crosses each of them once.
import type { ScanDirection } from '../../contract/layerPath.ts'
import type { Node } from '../graph/node.ts'
import { abs, gt, maximum, maxOf, mul, pad, reshape, slice, sub, zeros } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import { corners } from '../nn/imageNetwork.ts'

/** Whether a scan runs backwards along each axis: time, or rows and columns. */
function backwards(direction: ScanDirection | undefined): boolean[] {
  const corner = corners.find(({ id }) => id === direction)
  return corner ? [corner.up, corner.left] : [direction === 'reverse']
}

/** Keeps the gradient of a stack, (T, B, D) or (R, C, B, D), at the last step of a scan only. */
export const atLastStep = (into: Node, direction: ScanDirection | undefined): Node =>
  into.shape.length === 3
    ? atLastRead(into, direction === 'reverse')
    : atLastPlace(into, backwards(direction))

/** For a sequence: at the last step of each sequence whose gradient is not 0. */
function atLastRead(into: Node, reverse: boolean): Node {
  const [steps, batch] = into.shape as [number, number, number]
  const read = gt(maxOf(abs(into), [2]), 0)
  const { ys } = scan({ xs: [read], init: [zeros([batch])], reverse: !reverse }, ([now], [seen]) => ({
    state: [maximum(seen!, now!)],
    ys: [mul(now!, sub(1, seen!))],
  }))
  return mul(into, reshape(ys[0]!, [steps, batch, 1]))
}

/** For an image: at the position that a scan reaches last. */
function atLastPlace(into: Node, against: readonly boolean[]): Node {
  const last = against.map((back, axis) => (back ? 0 : into.shape[axis]! - 1))
  const place = last.reduce((rest, at, axis) => slice(rest, axis, at, 1), into)
  return last.reduceRight((whole, at, axis) => pad(whole, axis, at, into.shape[axis]!), place)
}

/** One number per step and sequence, steps in the order of the scan. */
export interface Norms {
  steps: number
  batch: number
  at(step: number, column: number): number
}

/** Norms per position (T, B) or (R, C, B) -> per step: the norm over all positions of a step. */
export function stepNorms(
  values: ArrayLike<number>,
  shape: readonly number[],
  direction: ScanDirection | undefined,
): Norms {
  const extent = shape.slice(0, -1)
  const batch = shape.at(-1)!
  const against = backwards(direction)
  const steps = extent.reduce((sum, length) => sum + length - 1, 1)
  /** Step of a position, positions numbered row by row. */
  const stepOf = (place: number): number => {
    let rest = place
    let step = 0
    for (let axis = extent.length - 1; axis >= 0; axis--) {
      const at = rest % extent[axis]!
      step += against[axis] ? extent[axis]! - 1 - at : at
      rest = Math.floor(rest / extent[axis]!)
    }
    return step
  }
  if (extent.length === 1)
    return { steps, batch, at: (step, column) => values[stepOf(step) * batch + column]! }
  const squares = new Float64Array(steps * batch)
  for (let i = 0; i < values.length; i++)
    squares[stepOf(Math.floor(i / batch)) * batch + (i % batch)]! += values[i]! ** 2
  return { steps, batch, at: (step, column) => Math.sqrt(squares[step * batch + column]!) }
}
