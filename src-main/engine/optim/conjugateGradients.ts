// Conjugate gradients on a quadratic as one scan, with the stopping rule of Martens (2010, section 4.4).
import type { Node } from '../graph/node.ts'
import {
  add,
  concat,
  constant,
  div,
  eq,
  floor,
  gt,
  maximum,
  mul,
  oneHot,
  reshape,
  select,
  sub,
  sum,
  zeros,
} from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'

/** The product of a symmetric matrix with v; v and the result have one node per weight, of the weight's shape. */
export type Product = (v: readonly Node[]) => Node[]

/** Inner product over all nodes, (). */
export const dot = (a: readonly Node[], b: readonly Node[]): Node =>
  a.map((x, i) => sum(mul(x, b[i]!))).reduce((s, x) => add(s, x))
/** a + k b, elementwise. */
export const plus = (a: readonly Node[], k: Node | number, b: readonly Node[]): Node[] =>
  a.map((x, i) => add(x, mul(b[i]!, k)))

/** Stop after step i if the last k = max(10, i / 10) steps improved q by less than k times this share of the total improvement. */
const minimalProgress = 0.0005

/** The last iterate and, on request, earlier ones. */
export interface Solution {
  x: Node[]
  /** q(x). */
  q: Node
  /** Number of steps taken, (1). */
  count: Node
  /** x after the requested steps, (K, ...) each, with q (K) and the numbers of the steps (K); 0 for steps not reached. */
  kept: { x: Node[]; q: Node; steps: Node } | undefined
}

/**
 * Minimises q(x) = x A x / 2 + g x by conjugate gradients from `start`, with at most `iterations` steps. `preconditioner`: a diagonal M > 0;
 * the system solved is that of M^-1/2 A M^-1/2. `keep`: numbers of the steps whose x is returned. After an early stop the remaining
 * iterations of the loop leave the state unchanged.
 */
export function conjugateGradients(
  product: Product,
  g: readonly Node[],
  start: readonly Node[],
  iterations: number,
  {
    preconditioner,
    keep = [],
  }: { preconditioner?: readonly Node[] | undefined; keep?: readonly number[] } = {},
): Solution {
  const n = g.length
  const valueAt = (x: readonly Node[], r: readonly Node[]) => mul(dot(x, plus(r, 1, g)), 0.5)
  const preconditioned = (r: readonly Node[]) =>
    preconditioner ? r.map((v, i) => div(v, preconditioner[i]!)) : r
  const r0 = plus(product(start), 1, g)
  const y0 = preconditioned(r0)
  const q0 = valueAt(start, r0)
  const history = mul(oneHot(zeros([1]), iterations + 1), q0)
  const steps =
    keep.length > 0
      ? concat(
          keep.map((i) => constant(i, [1])),
          0,
        )
      : undefined
  const zeroStacks = steps ? g.map(({ shape }) => zeros([keep.length, ...shape])) : []
  const init = [...start, ...r0, ...y0.map((y) => mul(y, -1)), dot(r0, y0), q0, history, zeros([1]), ...zeroStacks, constant(1)] // prettier-ignore
  const { state: end } = scan({ xs: [], init, length: iterations }, (_, values) => {
    const part = (at: number) => values.slice(at * n, (at + 1) * n)
    const [x, r, d] = [part(0), part(1), part(2)]
    const [ry, , past, count] = values.slice(3 * n) as [Node, Node, Node, Node]
    const stacks = values.slice(3 * n + 4, -1)
    const ad = product(d)
    const curvature = dot(d, ad)
    const go = mul(values.at(-1)!, gt(curvature, 0))
    const alpha = div(ry, curvature)
    const [nextX, nextR] = [plus(x, alpha, d), plus(r, alpha, ad)]
    const nextY = preconditioned(nextR)
    const nextRY = dot(nextR, nextY)
    const nextD = plus(
      nextY.map((v) => mul(v, -1)),
      div(nextRY, ry),
      d,
    )
    const nextQ = valueAt(nextX, nextR)
    const i = add(count, 1)
    const k = maximum(10, floor(mul(i, 0.1)))
    const before = sum(mul(oneHot(sub(i, k), iterations + 1), past))
    const flat = mul(sum(gt(i, k)), gt(0, nextQ), gt(sub(nextQ, before), mul(sum(k), minimalProgress, nextQ)))
    const written = add(past, mul(oneHot(i, iterations + 1), nextQ))
    const nextStacks = stacks.map((stack, w) => {
      const here = reshape(eq(steps!, i), [keep.length, ...g[w]!.shape.map(() => 1)])
      return select(here, nextX[w]!, stack)
    })
    const next = [...nextX, ...nextR, ...nextD, nextRY, nextQ, written, i, ...nextStacks]
    return {
      state: [...next.map((v, j) => select(go, v, values[j]!)), mul(go, sub(1, flat), gt(nextRY, 0))],
      ys: [],
    }
  })
  const [, q, past, count] = end.slice(3 * n) as [Node, Node, Node, Node]
  const kept = steps && {
    x: end.slice(3 * n + 4, -1),
    q: sum(mul(oneHot(steps, iterations + 1), past), [1]),
    steps,
  }
  return { x: end.slice(0, n), q, count, kept }
}
