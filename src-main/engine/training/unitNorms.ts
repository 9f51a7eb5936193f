// Norms over the units of a layer, one per step and sequence.
import type { Node } from '../graph/node.ts'
import { abs, add, div, eq, maxOf, mul, reshape, sqrt, square, sum } from '../graph/ops.ts'

/** (..., B, D) -> (..., B): Euclidean norm over the D units, scaled by the largest entry first so that squares neither overflow nor underflow f32. */
export function unitNorms(gradient: Node): Node {
  const [batch, units] = gradient.shape.slice(-2) as [number, number]
  const places = gradient.shape.slice(0, -2)
  const steps = places.reduce((n, length) => n * length, 1)
  const flat = reshape(gradient, [steps, batch, units])
  const largest = maxOf(abs(flat), [2])
  const scaled = div(flat, reshape(add(largest, eq(largest, 0)), [steps, batch, 1]))
  return reshape(mul(sqrt(sum(square(scaled), [2])), largest), [...places, batch])
}
