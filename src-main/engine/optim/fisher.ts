// The preconditioner of Martens (2010, section 4.7) for conjugate gradients: the diagonal of the empirical Fisher matrix, from gradients of
// single sequences: one backward pass per sequence, or an unbiased estimate from fewer passes with random signs (Chapelle & Erhan 2011).
import { vjp } from '../compile/grad.ts'
import { indices } from '../graph/argmax.ts'
import type { Node } from '../graph/node.ts'
import {
  add,
  constant,
  div,
  gt,
  maximum,
  mul,
  oneHot,
  reshape,
  select,
  sqrt,
  square,
  sub,
  sum,
  uniformLike,
  zeros,
  type Value,
} from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Objective } from './hessianFree.ts'

/** Random stream of the signs. */
const signs = 0x68667072

/**
 * Elementwise mean over sequences of the squared gradients of their losses, one node per weight. Outputs are (..., B, O); the loss is a mean
 * over all answers. `probes` 0: exact, in B passes; else an estimate from `probes` passes, each with a random sign per sequence.
 */
export function fisherDiagonal(
  { loss, outputs, given }: Objective,
  weights: readonly Node[],
  probes: number,
): Node[] {
  const batch = outputs[0]!.shape.at(-2)!
  const slopes = vjp([[loss, constant(1)]], outputs, true)
  const { parts, sequences } = given ? partsOf(given) : { parts: 1 / batch, sequences: batch }
  const passes = probes === 0 ? batch : probes
  const rows =
    probes === 0
      ? oneHot(indices(batch), batch)
      : sub(mul(gt(uniformLike(zeros([probes, batch]), signs), 0.5), 2), 1)
  const { state } = scan({ xs: [rows], init: weights.map(({ shape }) => zeros(shape)) }, ([row], totals) => {
    const column = reshape(div(row!, parts), [batch, 1])
    const seeds = outputs.flatMap((z, i): [Node, Node][] => (slopes[i] ? [[z, mul(slopes[i], column)]] : []))
    const gradients = vjp(seeds, weights, false)
    return {
      state: totals.map((total, i) => (gradients[i] ? add(total, square(gradients[i])) : total)),
      ys: [],
    }
  })
  const passesPerSequence = probes === 0 ? 1 : passes
  return state.map((total) => div(total, mul(sequences, passesPerSequence)))
}

/** The weight (B) of each sequence in a mean over weighted answers (..., B), and the number of sequences that have answers. */
function partsOf(given: Node): { parts: Node; sequences: Node } {
  const own = sum(
    given,
    given.shape.slice(0, -1).map((_, axis) => axis),
  )
  const parts = div(own, maximum(sum(own), 1e-12))
  return { parts: select(gt(own, 0), parts, 1), sequences: maximum(sum(gt(own, 0)), 1) }
}

/** (F + damping)^0.75, with the exponent of Martens (2010, section 4.7). */
export const preconditionerOf = (fisher: readonly Node[], damping: Value): Node[] =>
  fisher.map((f) => {
    const root = sqrt(add(f, damping))
    return mul(root, sqrt(root))
  })
