// Norms over the units of a layer, one per step and sequence.
import type { Node } from '../graph/node.ts'
import { abs, add, div, eq, maxOf, mul, reshape, sqrt, square, sum } from '../graph/ops.ts'

/** (T, B, D) -> (T, B): Euclidean norm over the D units, scaled by the largest entry first, so that f32 holds whatever the gradient itself holds. */
export function unitNorms(gradient: Node): Node {
  const [steps, batch] = gradient.shape as [number, number, number]
  const largest = maxOf(abs(gradient), [2])
  const scaled = div(gradient, reshape(add(largest, eq(largest, 0)), [steps, batch, 1]))
  return mul(sqrt(sum(square(scaled), [2])), largest)
}
