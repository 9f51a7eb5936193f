// Constructors of all graph ops except scan: each checks shapes (TypeError) and creates one node. Gradients are in compile/gradients.ts.
import { broadcastShapes, describeNode, makeNode, sameShape, type Node } from './node.ts'

const fail = (message: string): never => {
  throw new TypeError(message)
}

/** A value written before every run. */
export const input = (name: string, shape: readonly number[]): Node => makeNode('input', [], shape, { name })
/** A value kept between runs: a weight, an optimiser moment, a carried state. The `updates` of a program write it. */
export const state = (name: string, shape: readonly number[]): Node => makeNode('state', [], shape, { name })
export const constant = (value: number, shape: readonly number[] = []): Node =>
  makeNode('const', [], shape, { value })
export const zeros = (shape: readonly number[]): Node => constant(0, shape)

/** An operand: a node, or a number that becomes a scalar constant. */
export type Value = Node | number
const node = (v: Value): Node => (typeof v === 'number' ? constant(v) : v)

export const unaryOps = ['neg', 'abs', 'exp', 'log', 'sqrt', 'tanh', 'sigmoid', 'relu', 'floor'] as const
export const binaryOps = ['add', 'sub', 'mul', 'div', 'max', 'min', 'gt', 'ge', 'eq'] as const
const unary = (op: (typeof unaryOps)[number]) => (a: Node) => makeNode(op, [a], a.shape)
const binary = (op: (typeof binaryOps)[number]) => (a: Value, b: Value) => {
  const [x, y] = [node(a), node(b)]
  return makeNode(op, [x, y], broadcastShapes(x.shape, y.shape, op))
}

export const neg = unary('neg')
export const abs = unary('abs')
export const exp = unary('exp')
export const log = unary('log')
export const sqrt = unary('sqrt')
export const tanh = unary('tanh')
/** Logistic function 1 / (1 + exp(-a)). */
export const sigmoid = unary('sigmoid')
export const relu = unary('relu')
export const floor = unary('floor')
export const sub = binary('sub')
export const div = binary('div')
export const maximum = binary('max')
export const minimum = binary('min')
/** 1 where a > b, else 0; no gradient. Likewise ge (a >= b) and eq (a == b). */
export const gt = binary('gt')
export const ge = binary('ge')
export const eq = binary('eq')
const add2 = binary('add')
const mul2 = binary('mul')
/** Sum and product of one or more operands, left-associative. */
export const add = (first: Value, ...rest: Value[]): Node =>
  rest.reduce<Node>((s, v) => add2(s, v), node(first))
export const mul = (first: Value, ...rest: Value[]): Node =>
  rest.reduce<Node>((s, v) => mul2(s, v), node(first))
export const square = (a: Node): Node => mul2(a, a)

/** Elementwise: a where c is not 0, else b. No gradient for c. */
export function select(c: Node, a: Value, b: Value): Node {
  const [x, y] = [node(a), node(b)]
  return makeNode(
    'select',
    [c, x, y],
    broadcastShapes(c.shape, broadcastShapes(x.shape, y.shape, 'select'), 'select'),
  )
}

/**
 * Uniform in [0, 1), one number per element of `like`. If `like` depends on the step of a scan, it is drawn anew at every step, otherwise
 * once for all steps. `stream` is the number of its random stream: use a different one for every use in the model.
 */
export const uniformLike = (like: Node, stream: number): Node =>
  makeNode('uniform', [like], like.shape, { stream })

/** The value of `a`, without gradient. */
export const stopGradient = (a: Node): Node => makeNode('stop', [a], a.shape)

/** (..., M, K) @ (K, N) -> (..., M, N). */
export function matmul(a: Node, b: Node): Node {
  const k = a.shape[a.shape.length - 1]
  if (a.shape.length < 2 || b.shape.length !== 2 || k !== b.shape[0])
    fail(`matmul: ${describeNode(a)} and ${describeNode(b)} do not fit`)
  return makeNode('matmul', [a, b], [...a.shape.slice(0, -1), b.shape[1]!])
}

/** Swaps the two axes of a matrix. */
export function transpose(a: Node): Node {
  if (a.shape.length !== 2) fail(`transpose: expected a matrix, got ${describeNode(a)}`)
  return a.op === 'transpose' ? a.inputs[0]! : makeNode('transpose', [a], [a.shape[1]!, a.shape[0]!])
}

/** x (..., I) with a weight in the usual layout w (O, I) -> x @ w^T (..., O). */
export const linear = (x: Node, w: Node): Node => matmul(x, transpose(w))

/** The same elements in row-major order in another shape of the same size. */
export function reshape(a: Node, shape: readonly number[]): Node {
  const size = (s: readonly number[]) => s.reduce((n, d) => n * d, 1)
  if (size(a.shape) !== size(shape)) fail(`reshape: ${describeNode(a)} does not hold (${shape.join(', ')})`)
  return sameShape(a.shape, shape) ? a : makeNode('reshape', [a], shape)
}

/** `length` entries from `start` along `axis` (negative counts from the end). */
export function slice(a: Node, axis: number, start: number, length: number): Node {
  const at = axis < 0 ? a.shape.length + axis : axis
  const extent = a.shape[at] ?? fail(`slice: ${describeNode(a)} has no axis ${axis}`)
  if (start < 0 || length < 1 || start + length > extent)
    fail(`slice: ${start}+${length} is outside axis ${axis} of ${describeNode(a)}`)
  if (length === extent) return a
  const shape = a.shape.map((d, i) => (i === at ? length : d))
  return makeNode('slice', [a], shape, { axis: at, start, length })
}

/** Splits an axis into `parts` equal slices, such as the gates of one large product. */
export function split(a: Node, parts: number, axis = -1): Node[] {
  const at = axis < 0 ? a.shape.length + axis : axis
  const extent = a.shape[at]!
  if (extent % parts !== 0) fail(`split: axis ${axis} of ${describeNode(a)} does not divide into ${parts}`)
  return Array.from({ length: parts }, (_, i) => slice(a, at, (i * extent) / parts, extent / parts))
}

/** Concatenates along `axis` (negative counts from the end); the other axes must agree. */
export function concat(parts: readonly Node[], axis: number): Node {
  const first = parts[0] ?? fail('concat: no parts')
  if (parts.length === 1) return first
  const at = axis < 0 ? first.shape.length + axis : axis
  for (const p of parts) {
    const fits =
      p.shape.length === first.shape.length && p.shape.every((d, i) => i === at || d === first.shape[i])
    if (!fits) fail(`concat: ${describeNode(p)} and ${describeNode(first)} differ outside axis ${axis}`)
  }
  const total = parts.reduce((n, p) => n + p.shape[at]!, 0)
  return makeNode(
    'concat',
    parts,
    first.shape.map((d, i) => (i === at ? total : d)),
    { axis: at },
  )
}

/** Zero-pads `a` along `axis` to `length`, with `a` at `start`: the gradient of slice. */
export function pad(a: Node, axis: number, start: number, length: number): Node {
  const shape = a.shape.map((d, i) => (i === axis ? length : d))
  return makeNode('pad', [a], shape, { axis, start, length })
}

/** `a` broadcast to `shape`: repeated along new leading axes and axes of extent 1. */
export function broadcastTo(a: Node, shape: readonly number[]): Node {
  if (sameShape(a.shape, shape)) return a
  if (!sameShape(broadcastShapes(a.shape, shape, 'broadcastTo'), shape))
    fail(`broadcastTo: ${describeNode(a)} does not fit (${shape.join(', ')})`)
  return makeNode('broadcast', [a], shape)
}

const reduce = (op: 'sum' | 'maxOf') => (a: Node, axes?: readonly number[]) => {
  const at = (axes ?? a.shape.map((_, i) => i))
    .map((d) => (d < 0 ? a.shape.length + d : d))
    .sort((x, y) => x - y)
  if (at.length === 0) return a
  return makeNode(
    op,
    [a],
    a.shape.filter((_, i) => !at.includes(i)),
    { axes: at },
  )
}
/** Sum over `axes` (default all), which are removed. */
export const sum = reduce('sum')
/** Maximum over `axes` (default all), which are removed; no gradient. */
export const maxOf = reduce('maxOf')
/** Mean over `axes` (default all), which are removed. */
export function mean(a: Node, axes?: readonly number[]): Node {
  const s = sum(a, axes)
  const n = a.shape.reduce((p, d) => p * d, 1) / s.shape.reduce((p, d) => p * d, 1)
  return mul2(s, constant(1 / n))
}

/** Softmax and its logarithm over the last axis. */
export const softmax = (a: Node): Node => makeNode('softmax', [a], a.shape)
export const logSoftmax = (a: Node): Node => makeNode('logSoftmax', [a], a.shape)

/** -log softmax(logits (..., V))[ids (...)], shape (...); 0 where the id is negative (ignored). */
export function crossEntropy(logits: Node, ids: Node): Node {
  if (!sameShape(logits.shape.slice(0, -1), ids.shape))
    fail(`crossEntropy: ${describeNode(logits)} and ${describeNode(ids)} do not fit`)
  return makeNode('crossEntropy', [logits, ids], ids.shape)
}
/** Gradient of crossEntropy: (softmax(logits) - onehot(ids)) * g. */
export const crossEntropyGrad = (logits: Node, ids: Node, g: Node): Node =>
  makeNode('crossEntropyGrad', [logits, ids, g], logits.shape)

/** Rows of a table (V, E) by ids (...): (..., E); a row of zeros if the id is negative. */
export function gather(table: Node, ids: Node): Node {
  if (table.shape.length !== 2) fail(`gather: expected a table (V, E), got ${describeNode(table)}`)
  return makeNode('gather', [table, ids], [...ids.shape, table.shape[1]!])
}
/** The sum of rows (..., E) by ids (...), as a table (size, E): the gradient of gather. */
export function scatterAdd(rows: Node, ids: Node, size: number): Node {
  return makeNode('scatterAdd', [rows, ids], [size, rows.shape[rows.shape.length - 1]!], { size })
}
/** One-hot vectors of ids (...): (..., size); zeros if the id is negative. */
export const oneHot = (ids: Node, size: number): Node =>
  makeNode('oneHot', [ids], [...ids.shape, size], { size })
