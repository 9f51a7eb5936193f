// Layer normalisation (Ba, Kiros & Hinton 2016) of the sums inside a step. Shifts are the caller's biases.
import type { Node } from '../graph/node.ts'
import { add, div, mean, mul, reshape, sqrt, square, sub } from '../graph/ops.ts'

/** a (..., N) -> (a - mean) / sqrt(variance + epsilon), over N, times gain (N). */
export function layerNorm(a: Node, gain: Node, epsilon: number): Node {
  const overUnits = (v: Node) => reshape(mean(v, [-1]), [...v.shape.slice(0, -1), 1])
  const centred = sub(a, overUnits(a))
  const scale = div(1, sqrt(add(overUnits(square(centred)), epsilon)))
  return mul(centred, scale, gain)
}
