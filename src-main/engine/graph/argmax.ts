// Which index is largest, composed of plain operations.
import { add, constant, ge, gather, maxOf, maximum, mul, oneHot, reshape, sub } from './ops.ts'
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

/** Far below any output, far from the end of f32. */
const never = -1e30

/** a (..., V) with entry `left` of the last axis far below all others, so that it is neither largest nor drawn; -1: none. */
export const without = (a: Node, left: number): Node =>
  left < 0 ? a : add(a, mul(oneHot(constant(left), a.shape.at(-1)!), never))

/**
 * 1 where entry ids (..., B) of the last axis of a (..., B, V) is as large as any, else 0; of no use where an id is negative. No gradient, and
 * nothing as large as `a` is made: one row of the axes before B after the other is looked up.
 */
export function isLargest(a: Node, ids: Node): Node {
  const [columns, size] = a.shape.slice(-2) as [number, number]
  const offsets = mul(indices(columns), size)
  const largest = (row: Node, id: Node) =>
    ge(
      reshape(gather(reshape(row, [columns * size, 1]), add(maximum(id, 0), offsets)), [columns]),
      maxOf(row, [1]),
    )
  const rows = ids.shape.slice(0, -1).reduce((n, d) => n * d, 1)
  if (ids.shape.length === 1) return largest(a, ids)
  const xs = [reshape(a, [rows, columns, size]), reshape(ids, [rows, columns])]
  const { ys } = scan({ xs, init: [] }, ([row, id]) => ({ state: [], ys: [largest(row!, id!)] }))
  return reshape(ys[0]!, ids.shape)
}
