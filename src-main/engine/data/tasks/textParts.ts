// What the ways of reading a text have in common: refusals, zero states, and the sums of a validation pass.
import { UnrollError } from '../../../contract/errors.ts'
import type { Node } from '../../graph/node.ts'
import { crossEntropy, ge, maxOf, mul, oneHot, sum } from '../../graph/ops.ts'
import type { Network } from '../../nn/network.ts'
import type { Task } from './task.ts'

export type Parts = Pick<Task, 'stepsPerEpoch' | 'symbolsPerStep' | 'graph' | 'feed' | 'evaluation'>

/** Above this many symbols the share of right guesses is not computed: it would double the memory of the outputs. */
const maxAccuracySymbols = 512

export const short = (have: number, need: number, what: string) =>
  new UnrollError(
    'E_DATA_SHORT',
    `data.dataset: the training part has ${have} symbols; ${what} needs at least ${need}. Use a longer text or a shorter window.`,
    { path: 'train.window' },
  )

/** Sums of losses and of right guesses over outputs (..., V) and ids (...), negative ids left out. */
export function sums(network: Network, logits: Node, ids: Node): Record<string, Node> {
  const loss = sum(crossEntropy(logits, ids))
  const given = ge(ids, 0)
  if (network.output.size > maxAccuracySymbols) return { loss, count: sum(given) }
  const axis = [ids.shape.length]
  const chosen = sum(mul(oneHot(ids, network.output.size), logits), axis)
  return { loss, count: sum(given), right: sum(mul(ge(chosen, maxOf(logits, axis)), given)) }
}

export const textMetrics = (unit: 'char' | 'word') => ({ loss, count, right }: Record<string, number>): Record<string, number> => {
  const nats = loss! / count!
  return {
    'val/loss': nats,
    ...(unit === 'char' ? { 'val/bpc': nats / Math.LN2 } : { 'val/perplexity': Math.exp(nats) }),
    ...(right !== undefined && { 'val/accuracy': right / count! }),
  }
} // prettier-ignore
