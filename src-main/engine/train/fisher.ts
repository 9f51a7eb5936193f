// The preconditioner of Martens (2010, section 4.7) for conjugate gradients: the diagonal of the empirical Fisher matrix, from gradients of
// single sequences. One backward pass each, or fewer with random signs, whose expectation it is (Chapelle & Erhan 2011).
import { adjoints } from '../compile/derive.ts'
import { indices } from '../graph/argmax.ts'
import type { Node } from '../graph/node.ts'
import {
  add,
  constant,
  gt,
  mul,
  oneHot,
  reshape,
  sqrt,
  square,
  sub,
  uniformLike,
  zeros,
  type Value,
} from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Objective } from './hessianFree.ts'

const signs = 0x68667072

/**
 * Mean over the B sequences of the squared gradients of their own losses, entry by entry, for a loss that is a mean over sequences. Outputs
 * are (..., B, O). `probes` 0: exactly, in B passes; else in so many passes, each with a random sign per sequence.
 */
export function fisherDiagonal(
  { loss, outputs }: Objective,
  weights: readonly Node[],
  probes: number,
): Node[] {
  const batch = outputs[0]!.shape.at(-2)!
  const slopes = adjoints([[loss, constant(1)]], outputs, true)
  const passes = probes === 0 ? batch : probes
  const rows = probes === 0 ? oneHot(indices(batch), batch) : sub(mul(gt(uniformLike(zeros([probes, batch]), signs), 0.5), 2), 1) // prettier-ignore
  const { state } = scan({ xs: [rows], init: weights.map(({ shape }) => zeros(shape)) }, ([row], totals) => {
    const column = reshape(row!, [batch, 1])
    const seeds = outputs.flatMap((z, i): [Node, Node][] => (slopes[i] ? [[z, mul(slopes[i], column)]] : []))
    const gradients = adjoints(seeds, weights, false)
    return {
      state: totals.map((total, i) => (gradients[i] ? add(total, square(gradients[i])) : total)),
      ys: [],
    }
  })
  // Gradients here are shares of a mean: each is 1/B of that of its sequence.
  return state.map((total) => mul(total, probes === 0 ? batch : batch / passes))
}

/** (F + damping)^0.75: Martens' exponent, between no preconditioning and all of it. */
export const preconditionerOf = (fisher: readonly Node[], damping: Value): Node[] =>
  fisher.map((f) => {
    const root = sqrt(add(f, damping))
    return mul(root, sqrt(root))
  })
