// Multiplicative integration (Wu et al. 2016): two sums are combined as alpha * Wx * Uz + beta1 * Wx + beta2 * Uz + b instead of Wx + Uz +
// b. Not a cell.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, mul } from '../graph/ops.ts'
import { gatedWeights, type Sizes, type Weight } from './cell.ts'

export const integrationPaper =
  'Wu, Zhang, Zhang, Bengio & Salakhutdinov, On multiplicative integration with recurrent neural networks (2016)'

export const integrationOptions = {
  alpha: z.number().min(-10).max(10).default(1).meta({ title: 'Initial alpha', help: 'Initial factor of the product Wx * Uz, learned per unit.', scale: 'linear' }),
  beta: z.number().min(-10).max(10).default(0.5).meta({ title: 'Initial beta', help: 'Initial factor of Wx and of Uz alone; at 0 only their product counts at first.', scale: 'linear' }),
} // prettier-ignore

/** w_ih (G*H, I), w_hh (G*H, H); alpha, beta1, beta2, b (G*H). */
export function integrationWeights(
  sizes: Sizes,
  gates: number,
  start: { alpha: number; beta: number },
  bias?: readonly number[],
) {
  const { w_ih, w_hh, b_ih } = gatedWeights(sizes, gates, bias)
  const gain = (value: number) =>
    ({
      ...b_ih,
      role: 'gain',
      initializer: { kind: 'blocks', values: Array<number>(gates).fill(value) },
    }) satisfies Weight
  return {
    w_ih,
    w_hh,
    alpha: gain(start.alpha),
    beta1: gain(start.beta),
    beta2: gain(start.beta),
    b: b_ih,
  } satisfies Record<string, Weight>
}

/** wx, uz (B, N) and four vectors (N) -> (B, N). */
export const integrate = (
  { alpha, beta1, beta2, b }: Record<'alpha' | 'beta1' | 'beta2' | 'b', Node>,
  wx: Node,
  uz: Node,
): Node => add(mul(alpha, wx, uz), mul(beta1, wx), mul(beta2, uz), b)
