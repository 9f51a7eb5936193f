// Pooling over time: the last step, the mean, the maximum, or attention. Padding is left out.
import type { ModelConfig } from '../../contract/config.ts'
import type { Node } from '../graph/node.ts'
import {
  add,
  div,
  eq,
  exp,
  linear,
  maxOf,
  maximum,
  mul,
  reshape,
  select,
  stopGradient,
  sub,
  sum,
  tanh,
} from '../graph/ops.ts'
import { uniformOver, type Weight } from '../cells/cell.ts'
import type { SequenceNetwork } from './network.ts'
import { atStep, lastOutput } from './overTime.ts'
import type { Trace } from './trace.ts'
import type { Weights } from './weights.ts'

export type Pooling = ModelConfig['pooling']

/** Weights of attention over features of that size: score = v . tanh(W h + b). */
export function poolWeights(pooling: Pooling, features: number): Map<string, Weight> {
  if (pooling !== 'attention') return new Map()
  const start = uniformOver(features)
  return new Map<string, Weight>([
    ['pool.w', { shape: [features, features], role: 'readout', gates: 1, initializer: start }],
    ['pool.b', { shape: [features], role: 'bias', gates: 1, initializer: { kind: 'blocks', values: [0] } }],
    ['pool.v', { shape: [1, features], role: 'readout', gates: 1, initializer: start }],
  ])
}

/** Below any score, inside the range of f32. */
const never = -1e30

/** trace.features (T, B, D) and its mask (T, B) -> (B, D). Finite but meaningless for sequences without steps. */
export function pool(
  pooling: Pooling,
  network: SequenceNetwork,
  weights: Weights,
  trace: Pick<Trace, 'features' | 'mask'>,
): Node {
  const { features, mask } = trace
  const column = mask && reshape(mask, [...mask.shape, 1])
  const inside = (x: Node, otherwise: number) => (column ? select(column, x, otherwise) : x)
  if (pooling === 'last') return atStep(lastOutput(network, trace), 0)
  if (pooling === 'mean') {
    const total = sum(inside(features, 0), [0])
    return column ? div(total, maximum(sum(column, [0]), 1)) : mul(total, 1 / features.shape[0]!)
  }
  if (pooling === 'max') {
    const seen = inside(features, never)
    // The gradient is divided among equal maxima.
    const best = stopGradient(eq(seen, maxOf(seen, [0])))
    return div(sum(mul(best, inside(features, 0)), [0]), stopGradient(sum(best, [0])))
  }
  const hidden = tanh(add(linear(features, weights.get('pool.w')!), weights.get('pool.b')!))
  const scores = inside(linear(hidden, weights.get('pool.v')!), never)
  const powers = inside(exp(sub(scores, stopGradient(maxOf(scores, [0])))), 0)
  return div(sum(mul(powers, features), [0]), maximum(sum(powers, [0]), 1e-30))
}
