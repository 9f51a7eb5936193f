// Argmax, composed of elementary operations; no function here has a gradient.
import { add, constant, ge, gather, maxOf, maximum, mul, oneHot, reshape, sub } from './ops.ts'
import type { Node } from './node.ts'
import { scan } from './scan.ts'

/** 0, 1 ... n - 1, shape (n). */
export const indices = (n: number): Node =>
  scan({ xs: [], init: [constant(0)], length: n }, (_, [i]) => ({ state: [add(i!, 1)], ys: [i!] })).ys[0]!

/** Index of the largest entry over the last axis, (..., V) -> (...); the smallest index in case of ties. No gradient. */
export function argmax(a: Node): Node {
  const last = a.shape.length - 1
  const size = a.shape[last]!
  const lead = a.shape.slice(0, -1)
  const largest = ge(a, reshape(maxOf(a, [last]), [...lead, 1]))
  // Among ties the smallest index has the largest distance from the end.
  return sub(size, maxOf(mul(largest, sub(size, indices(size))), [last]))
}

/** Below any network output, far from the limits of f32. */
const excluded = -1e30

/**
 * a (..., V) with -1e30 added to entry `index` of the last axis, so that it is neither the largest nor sampled; `a` itself if index is
 * -1.
 */
export const without = (a: Node, index: number): Node =>
  index < 0 ? a : add(a, mul(oneHot(constant(index), a.shape.at(-1)!), excluded))

/**
 * 1 where entry ids (..., B) of the last axis of a (..., B, V) is a largest one, else 0; undefined for negative ids. No gradient. A scan over
 * the leading axes looks up one row (B, V) at a time, so no temporary has the size of `a`.
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
