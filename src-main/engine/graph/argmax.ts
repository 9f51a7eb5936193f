// Which index is largest, composed of plain operations.
import { add, constant, ge, maxOf, mul, reshape, sub } from './ops.ts'
import type { Node } from './node.ts'
import { scan } from './scan.ts'

/** 0, 1 ... n - 1, shape (n). */
export const indices = (n: number): Node =>
  scan({ xs: [], init: [constant(0)], length: n }, (_, [i]) => ({ state: [add(i!, 1)], ys: [i!] })).ys[0]!

/** Index of the largest entry over the last axis, the first of equals: (..., V) -> (...). No gradient. */
export function argmax(a: Node): Node {
  const last = a.shape.length - 1
  const size = a.shape[last]!
  const lead = a.shape.slice(0, -1)
  const largest = ge(a, reshape(maxOf(a, [last]), [...lead, 1]))
  // The first of equals has the largest distance from the end.
  return sub(size, maxOf(mul(largest, sub(size, indices(size))), [last]))
}
