// Algebraic simplification of sums of gradients: a factor that is constant along the summed axes is multiplied after the sum, and
// differences from a mean sum to 0. Normalisation layers and their gradients then need one pass less.
import { sameShape, type Node } from '../graph/node.ts'
import { mul, neg, reshape, sum, zeros } from '../graph/ops.ts'

/** The sum of `g` over `axes` (ascending), which are removed from its shape. */
export function sumOver(g: Node, axes: readonly number[]): Node {
  const left = g.shape.filter((_, d) => !axes.includes(d))
  if (sumsToZero(g, axes)) return zeros(left)
  const [a, b] = g.inputs as [Node, Node]
  if (g.op === 'neg') return neg(sumOver(a, axes))
  if (g.op === 'add' && sameShape(a.shape, b.shape)) {
    if (sumsToZero(a, axes)) return sumOver(b, axes)
    if (sumsToZero(b, axes)) return sumOver(a, axes)
  }
  const factored = factors(g, axes)
  if (!factored) return sum(g, axes)
  const [whole, factor] = factored
  const aligned = [...Array<number>(g.shape.length - factor.shape.length).fill(1), ...factor.shape]
  return mul(
    sumOver(whole, axes),
    reshape(
      factor,
      aligned.filter((_, d) => !axes.includes(d)),
    ),
  )
}

/** The factors of a product: one that varies along `axes` and one that does not; undefined if it has no such factor. */
function factors(g: Node, axes: readonly number[]): [Node, Node] | undefined {
  if (g.op !== 'mul') return undefined
  const [a, b] = g.inputs as [Node, Node]
  for (const [whole, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const factor = other.op === 'broadcast' ? other.inputs[0]! : other
    const before = g.shape.length - factor.shape.length
    const constant = axes.every((d) => d < before || factor.shape[d - before] === 1)
    if (constant && sameShape(whole.shape, g.shape)) return [whole, factor]
  }
  return undefined
}

/**
 * True for x - mean(x) over these axes, and for sums and negations of such terms and their products with factors constant along the axes.
 */
function sumsToZero(g: Node, axes: readonly number[]): boolean {
  const [a, b] = g.inputs as [Node, Node]
  if (g.op === 'neg') return sumsToZero(a, axes)
  if (g.op === 'add') return sameShape(a.shape, b.shape) && sumsToZero(a, axes) && sumsToZero(b, axes)
  if (g.op === 'sub') return sameShape(a.shape, g.shape) && isMean(b, a, axes)
  const factored = factors(g, axes)
  return factored !== undefined && sumsToZero(factored[0], axes)
}

function isMean(node: Node, of: Node, axes: readonly number[]): boolean {
  let m = node
  while (m.op === 'reshape' || m.op === 'broadcast') m = m.inputs[0]!
  const [total, share] = m.inputs
  const n = axes.reduce((p, d) => p * of.shape[d]!, 1)
  return (
    m.op === 'mul' &&
    share!.op === 'const' &&
    share!.attrs.value === 1 / n &&
    total!.op === 'sum' &&
    total!.inputs[0] === of &&
    sameShape(total!.attrs.axes!, axes) &&
    lastsAlong(node, of, axes)
  )
}

/** True if the mean is broadcast back along exactly the axes that it was taken over. */
function lastsAlong(node: Node, of: Node, axes: readonly number[]): boolean {
  const before = of.shape.length - node.shape.length
  return of.shape.every((d, i) => axes.includes(i) || (i >= before && node.shape[i - before] === d))
}
