// Batch normalisation over time (Ioffe & Szegedy 2015; Cooijmans et al. 2017): in training a sum is normalised by its mean and variance
// over the batch at every step; in evaluation by running statistics, separate for each of the first steps of a sequence, so that the result for a
// sequence does not depend on the others in the batch. Padding is excluded.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import {
  add,
  concat,
  constant,
  div,
  floor,
  gather,
  gt,
  maxOf,
  maximum,
  matmul,
  mean,
  minimum,
  mul,
  oneHot,
  reshape,
  select,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from '../graph/ops.ts'
import type { StepContext, Weight } from './cell.ts'

export const normOptions = {
  normSteps: z.int().min(1).max(1000).default(100).meta({ title: 'Steps with their own means', help: 'Running statistics are separate for this many first steps of a sequence; all later steps share the last.', unit: 'steps', scale: 'log' }),
  momentum: z.number().min(0.0001).max(1).default(0.1).meta({ title: 'Momentum of the means', help: 'Fraction of the batch statistics in every update of the running statistics.', scale: 'log' }),
  epsilon: z.number().positive().max(1).default(1e-5).meta({ title: 'Epsilon', help: 'Added to the variance, so that the division is finite.', scale: 'log' }),
} // prettier-ignore

interface Options {
  normSteps: number
  momentum: number
  epsilon: number
}

/** A gain or shift (size) with a constant initial value. */
export const constantWeight = (size: number, role: 'gain' | 'bias', value: number): Weight => ({
  shape: [size],
  role,
  gates: 1,
  initializer: { kind: 'blocks', values: [value] },
})
/** The running mean and variance (normSteps, size) of all sums that a cell normalises. */
export const runningWeights = (size: number, { normSteps }: Options) => {
  const weight = (value: number): Weight => ({
    shape: [normSteps, size],
    role: 'buffer',
    gates: 1,
    initializer: { kind: 'blocks', values: [value] },
  })
  return { mean: weight(0), variance: weight(1) }
}

/** Normalises the sums of one step; their running statistics are concatenated in the order of the calls of `over`. */
export class Normaliser {
  private readonly running: { mean: Node; variance: Node }
  private readonly means: Node[] = []
  private readonly variances: Node[] = []
  /** Number of sequences at this step, (); undefined: the whole batch. */
  private readonly rows: Node | undefined
  private readonly index: Node
  private readonly batch: number
  private readonly options: Options
  private readonly at: StepContext
  private from = 0

  /** `t` (B, 1): steps since the start of the sequence. */
  constructor(w: { mean: Node; variance: Node }, t: Node, options: Options, at: StepContext) {
    this.options = options
    this.at = at
    this.batch = t.shape[0]!
    this.index = reshape(floor(minimum(maximum(t, 0), options.normSteps - 1)), [this.batch])
    this.rows = at.mask && sum(at.mask)
    this.running = at.training
      ? w
      : { mean: gather(w.mean, this.index), variance: gather(w.variance, this.index) }
  }

  /** a (B, N) -> (a - mean) / sqrt(variance + epsilon). */
  over(a: Node): Node {
    const from = this.from
    const size = a.shape[1]!
    this.from += size
    const scale = (variance: Node) => div(1, sqrt(add(variance, this.options.epsilon)))
    if (!this.at.training) {
      const own = (all: Node) => slice(all, 1, from, size)
      return mul(sub(a, own(this.running.mean)), scale(own(this.running.variance)))
    }
    const { mask } = this.at
    const share = this.rows && div(1, maximum(this.rows, 1))
    const over = (v: Node) => (share && mask ? mul(sum(mul(v, mask), [0]), share) : mean(v, [0]))
    const average = over(a)
    const centred = sub(a, average)
    const variance = over(square(centred))
    this.means.push(average)
    this.variances.push(variance)
    return mul(centred, scale(variance))
  }

  /** The batch statistics of this step; only in training. */
  get statistics(): Record<string, Node> | undefined {
    if (!this.at.training) return undefined
    const [n, one] = [this.batch, Math.max(1, this.batch - 1)]
    // Unbiased: n / (n - 1) of the mean square. The weight of a step grows with its sequences; it is 0 for a single one.
    const unbiased = this.rows ? div(this.rows, maximum(sub(this.rows, 1), 1)) : n / one
    const weight = this.rows ? mul(maximum(sub(this.rows, 1), 0), 1 / one) : constant((n - 1) / one)
    return {
      mean: concat(this.means, 0),
      variance: mul(concat(this.variances, 0), unbiased),
      weight: reshape(weight, [1]),
      index: reshape(maxOf(this.index), [1]),
    }
  }
}

/** Steps since the start of the sequence, plus one; at most the last step with statistics of its own. */
export const counted = (t: Node, { normSteps }: Options): Node => minimum(add(t, 1), normSteps - 1)

/**
 * Next running statistics (normSteps, N) from the batch statistics of the steps (T, N): each moves by `momentum` towards those of its step.
 * Steps that do not occur in this window (later ones, or the first ones of a carried sequence) move towards the mean over all that do.
 */
export function nextRunning(
  w: { mean: Node; variance: Node },
  { mean: means, variance: variances, weight, index }: Readonly<Record<string, Node>>,
  { normSteps, momentum }: Options,
): { mean: Node; variance: Node } {
  const steps = weight!.shape[0]!
  const visits = mul(oneHot(reshape(index!, [steps]), normSteps), weight!)
  const seen = reshape(sum(visits, [0]), [normSteps, 1])
  const all = sum(weight!)
  const some = (count: Node) => select(gt(count, 0), count, 1)
  const rate = mul(select(gt(seen, 0), minimum(seen, 1), gt(all, 0)), momentum)
  const next = (old: Node, values: Node) => {
    const own = div(matmul(transpose(visits), values), some(seen))
    const shared = div(sum(mul(values, weight!), [0]), some(all))
    return add(old, mul(sub(select(gt(seen, 0), own, shared), old), rate))
  }
  return { mean: next(w.mean, means!), variance: next(w.variance, variances!) }
}
