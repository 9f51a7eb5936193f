// The vjp rule of every op except scan: given dy, one gradient per input, or null if there is none.
import { append } from '../../contract/longLists.ts'
import { sameShape, type Node } from '../graph/node.ts'
import {
  add,
  broadcastTo,
  concat,
  constant,
  crossEntropyGrad,
  div,
  gather,
  ge,
  gt,
  matmul,
  mul,
  neg,
  pad,
  reshape,
  scatterAdd,
  select,
  slice,
  softmax,
  sub,
  sum,
  transpose,
  exp,
} from '../graph/ops.ts'
import { sumOver } from './sums.ts'

/** dy: the gradient of `node`; the result: the gradients of its inputs, each of the input's shape. */
export type GradientRule = (dy: Node, node: Node) => (Node | null)[]

/** Sums `g` over the axes along which `shape` was broadcast; the result has `shape`. */
export function unbroadcast(g: Node, shape: readonly number[]): Node {
  if (sameShape(g.shape, shape)) return g
  const lead = g.shape.length - shape.length
  const axes = g.shape.flatMap((d, i) => (i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : []))
  return reshape(sumOver(g, axes), shape)
}

/**
 * Applies a rule that is elementwise in dy. If dy = select(c, d, 0), the rule is applied to d and the select follows it: then the inputs of
 * the rule are dead where c is 0, and a NaN computed there is not propagated.
 */
function chosenLast(dy: Node, rule: (dy: Node) => (Node | null)[]): (Node | null)[] {
  const [c, d, rest] = dy.inputs as [Node, Node, Node]
  if (dy.op !== 'select' || rest.op !== 'const' || rest.attrs.value !== 0 || !sameShape(d.shape, dy.shape))
    return rule(dy)
  return rule(d).map((g) => g && (g === d ? dy : select(c, g, 0)))
}

const binary =
  (rule: (dy: Node, a: Node, b: Node, y: Node) => [Node | null, Node | null]): GradientRule =>
  (dy, y) => {
    const [a, b] = y.inputs as [Node, Node]
    const [da, db] = chosenLast(dy, (d) => rule(d, a, b, y)) as [Node | null, Node | null]
    return [da && unbroadcast(da, a.shape), db && unbroadcast(db, b.shape)]
  }
const unary =
  (rule: (dy: Node, a: Node, y: Node) => Node): GradientRule =>
  (dy, y) =>
    chosenLast(dy, (d) => [rule(d, y.inputs[0]!, y)])
const none: GradientRule = (_dy, y) => y.inputs.map(() => null)

/** (..., K) -> (rows, K). */
const rows = (a: Node): Node =>
  reshape(a, [a.shape.slice(0, -1).reduce((n, d) => n * d, 1), a.shape[a.shape.length - 1]!])

export const gradientRules: Readonly<Record<string, GradientRule>> = {
  add: binary((dy) => [dy, dy]),
  sub: binary((dy) => [dy, neg(dy)]),
  mul: binary((dy, a, b) => [mul(dy, b), mul(dy, a)]),
  div: binary((dy, _a, b, y) => [div(dy, b), neg(div(mul(dy, y), b))]),
  max: binary((dy, a, b) => [mul(dy, ge(a, b)), mul(dy, gt(b, a))]),
  min: binary((dy, a, b) => [mul(dy, ge(b, a)), mul(dy, gt(a, b))]),
  neg: unary((dy) => neg(dy)),
  abs: unary((dy, a) => mul(dy, sub(gt(a, 0), gt(0, a)))),
  exp: unary((dy, _a, y) => mul(dy, y)),
  log: unary((dy, a) => div(dy, a)),
  sqrt: unary((dy, _a, y) => div(mul(dy, 0.5), y)),
  tanh: unary((dy, _a, y) => mul(dy, sub(1, mul(y, y)))),
  sigmoid: unary((dy, _a, y) => mul(dy, mul(y, sub(1, y)))),
  relu: unary((dy, a) => mul(dy, gt(a, 0))),
  select: (dy, y) => {
    const [c, a, b] = y.inputs as [Node, Node, Node]
    return [null, unbroadcast(select(c, dy, 0), a.shape), unbroadcast(select(c, 0, dy), b.shape)]
  },
  matmul: (dy, y) => {
    const [a, b] = y.inputs as [Node, Node]
    return [matmul(dy, transpose(b)), matmul(transpose(rows(a)), rows(dy))]
  },
  transpose: (dy) => [transpose(dy)],
  reshape: (dy, y) => [reshape(dy, y.inputs[0]!.shape)],
  slice: (dy, y) => [pad(dy, y.attrs.axis!, y.attrs.start!, y.inputs[0]!.shape[y.attrs.axis!]!)],
  pad: (dy, y) => [slice(dy, y.attrs.axis!, y.attrs.start!, y.inputs[0]!.shape[y.attrs.axis!]!)],
  concat: (dy, y) => {
    let start = 0
    return y.inputs.map((part) => {
      const length = part.shape[y.attrs.axis!]!
      start += length
      return slice(dy, y.attrs.axis!, start - length, length)
    })
  },
  broadcast: (dy, y) => [unbroadcast(dy, y.inputs[0]!.shape)],
  sum: (dy, y) => {
    const a = y.inputs[0]!
    const kept = a.shape.map((d, i) => (y.attrs.axes!.includes(i) ? 1 : d))
    return [broadcastTo(reshape(dy, kept), a.shape)]
  },
  softmax: (dy, y) => {
    const last = y.shape.length - 1
    const s = sum(mul(dy, y), [last])
    return [mul(y, sub(dy, reshape(s, [...s.shape, 1])))]
  },
  logSoftmax: (dy, y) => {
    const s = sum(dy, [y.shape.length - 1])
    return [sub(dy, mul(exp(y), reshape(s, [...s.shape, 1])))]
  },
  crossEntropy: (dy, y) => [crossEntropyGrad(y.inputs[0]!, y.inputs[1]!, dy), null],
  // (p - onehot) g with p = softmax(z): its derivative with respect to z is g (diag(p) - p p^T), with respect to g it is p - onehot.
  crossEntropyGrad: (dy, y) => {
    const [z, ids, g] = y.inputs as [Node, Node, Node]
    const last = y.shape.length - 1
    const p = softmax(z)
    const s = sum(mul(dy, p), [last])
    const given = reshape(select(ge(ids, 0), g, 0), [...g.shape, 1])
    const dz = mul(given, mul(p, sub(dy, reshape(s, [...s.shape, 1]))))
    return [dz, null, sum(mul(dy, crossEntropyGrad(z, ids, constant(1, g.shape))), [last])]
  },
  gather: (dy, y) => [scatterAdd(dy, y.inputs[1]!, y.inputs[0]!.shape[0]!), null],
  scatterAdd: (dy, y) => [gather(dy, y.inputs[1]!), null],
  floor: none, gt: none, ge: none, eq: none, uniform: none, stop: none, maxOf: none, oneHot: none,
} // prettier-ignore

/**
 * The sum of gradient contributions to one node. Gradients of disjoint slices become one concatenation instead of a sum of padded arrays:
 * those of the four gates of an LSTM form one dz and no zero is written. Gradients of overlapping slices are added to that part only.
 */
export function sumContributions(parts: readonly Node[]): Node {
  const pads = parts.filter((p) => p.op === 'pad')
  const terms = parts.filter((p) => p.op !== 'pad')
  const overlapping: Node[][] = []
  const byAxis = Map.groupBy(pads, (p) => p.attrs.axis!)
  for (const group of byAxis.values()) {
    const [first, ...others] = rowsOf(group)
    terms.push(joinPads(first!))
    append(overlapping, others)
  }
  const whole = terms.length === 1 ? terms[0]! : add(terms[0]!, ...terms.slice(1))
  return overlapping.reduce(addPads, whole)
}

const lengthOf = (pad: Node): number => pad.inputs[0]!.shape[pad.attrs.axis!]!

/** Partitions pads of one axis into lists without overlap, each in ascending order. */
function rowsOf(pads: readonly Node[]): Node[][] {
  const found: Node[][] = []
  let left = [...pads].sort((a, b) => a.attrs.start! - b.attrs.start! || lengthOf(a) - lengthOf(b))
  while (left.length > 0) {
    const row: Node[] = []
    const later: Node[] = []
    let end = 0
    for (const p of left) {
      if (p.attrs.start! < end) later.push(p)
      else {
        row.push(p)
        end = p.attrs.start! + lengthOf(p)
      }
    }
    found.push(row)
    left = later
  }
  return found
}

/** whole + pads (without overlap): a concatenation of slices of `whole`, each pad's values added to its slice. */
function addPads(whole: Node, pads: readonly Node[]): Node {
  const { axis, length } = pads[0]!.attrs as { axis: number; length: number }
  const partOf = (start: number, n: number) => slice(whole, axis, start, n)
  const parts: Node[] = []
  let at = 0
  for (const p of pads) {
    const start = p.attrs.start!
    if (start > at) parts.push(partOf(at, start - at))
    parts.push(add(partOf(start, lengthOf(p)), p.inputs[0]!))
    at = start + lengthOf(p)
  }
  if (at < length) parts.push(partOf(at, length - at))
  return concat(parts, axis)
}

/** Disjoint pads of one axis, in ascending order, as a concatenation with zeros in the gaps; `inner`: the padded value of each. */
export function joinPads(pads: readonly Node[], inner = pads.map((p) => p.inputs[0]!)): Node {
  const { axis, length } = pads[0]!.attrs as { axis: number; length: number }
  const gap = (n: number) =>
    constant(
      0,
      pads[0]!.shape.map((d, i) => (i === axis ? n : d)),
    )
  const parts: Node[] = []
  let at = 0
  pads.forEach((p, i) => {
    if (p.attrs.start! > at) parts.push(gap(p.attrs.start! - at))
    parts.push(inner[i]!)
    at = p.attrs.start! + inner[i]!.shape[axis]!
  })
  if (at < length) parts.push(gap(length - at))
  return concat(parts, axis)
}
