// Step selection of Hessian-free optimisation: backtracking to an earlier iterate of lower loss (Martens 2010, section 4.6), and a line search
// with the sufficient-decrease condition (as in his program). Each loss costs one forward pass.
import type { Node } from '../graph/node.ts'
import { abs, add, constant, ge, gt, maximum, mul, select, sub, sum } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Solution } from './conjugateGradients.ts'
import { infinite } from './gradients.ts'

/** The loss at weights + x. */
export type LossAt = (x: readonly Node[]) => Node

/** The chosen step. */
export interface Choice {
  x: Node[]
  /** q(x), the predicted change of the loss, and the loss at weights + x. */
  q: Node
  loss: Node
}

/** The numbers ceil(1.3^j) below `iterations`: the iterates that backtracking compares. */
export function backtrackingSteps(iterations: number): number[] {
  const all = new Set<number>()
  for (let j = 0; Math.ceil(1.3 ** j) < iterations; j++) all.add(Math.ceil(1.3 ** j))
  return [...all]
}

const orInfinite = (loss: Node): Node => select(gt(infinite, abs(loss)), loss, infinite)

/** Backtracks from the last iterate through the stored ones as long as the loss does not rise. */
export function backtrack({ x, q, count, kept }: Solution, lossAt: LossAt): Choice {
  const last = { x, q, loss: orInfinite(lossAt(x)) }
  if (!kept) return last
  const xs = [kept.steps, kept.q, ...kept.x]
  const init = [constant(1), last.q, last.loss, ...last.x]
  const { state } = scan({ xs, init, reverse: true }, ([step, nextQ, ...next], [running, ...best]) => {
    const loss = orInfinite(lossAt(next))
    const reached = sum(gt(count, step!))
    const better = ge(best[1]!, loss)
    const take = mul(running!, reached, better)
    const chosen = [nextQ!, loss, ...next].map((v, i) => select(take, v, best[i]!))
    return { state: [mul(running!, maximum(better, sub(1, reached))), ...chosen], ys: [] }
  })
  const [, bestQ, loss, ...best] = state as [Node, Node, Node, ...Node[]]
  return { x: best, q: bestQ, loss }
}

/** Sufficient decrease (Armijo): the loss must fall by this share of the decrease predicted by the slope at 0. */
const sufficient = 0.01
const shrink = 0.8

/**
 * The first rate in 1, 0.8, 0.64 ... 0.8^tries with loss(rate x) <= loss(0) + 0.01 rate slope, slope = g x, or 0 if there is none, and the
 * loss at this rate.
 */
export function searchLine(
  { x, loss: whole }: Choice,
  lossAt: LossAt,
  start: Node,
  slope: Node,
  tries: number,
): { rate: Node; loss: Node } {
  const enough = (loss: Node, rate: Node) => ge(add(start, mul(rate, slope, sufficient)), loss)
  const init = [constant(1), whole, enough(whole, constant(1))]
  const { state } = scan({ xs: [], init, length: tries }, (_, [rate, loss, done]) => {
    const next = mul(rate!, shrink)
    const there = orInfinite(lossAt(x.map((v) => mul(v, next))))
    const state = [next, there, enough(there, next)]
    return { state: state.map((v, i) => select(done!, [rate!, loss!, done!][i]!, v)), ys: [] }
  })
  const [rate, loss, done] = state as [Node, Node, Node]
  return { rate: mul(rate, done), loss: select(done, loss, start) }
}
