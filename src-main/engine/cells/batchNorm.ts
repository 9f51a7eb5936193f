// Batch normalisation over time (Ioffe & Szegedy 2015; Cooijmans et al. 2017): in training a sum has mean 0 and variance 1 over the
// batch at every step; outside of it, running means of both are used, kept apart for each of the first steps of a sequence. So what
// evaluation says of a sequence does not depend on its neighbours. Padding does not count.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, concat, constant, div, floor, gather, gt, maxOf, maximum, matmul, mean, minimum, mul, oneHot, reshape, select, slice, sqrt, square, sub, sum, transpose } from '../graph/ops.ts' // prettier-ignore
import type { Surroundings, Weight } from './cell.ts'

export const normOptions = {
  normSteps: z.int().min(1).max(1000).default(100).meta({ title: 'Steps with their own means', help: 'Running means are kept for each of so many first steps of a sequence; all later steps share the last.', unit: 'steps', scale: 'log' }),
  momentum: z.number().min(0.0001).max(1).default(0.1).meta({ title: 'Momentum of the means', help: 'Share of every update that the running means take from its batch.', scale: 'log' }),
  epsilon: z.number().positive().max(1).default(1e-5).meta({ title: 'Epsilon', help: 'Added to the variance; keeps the division finite.', scale: 'log' }),
} // prettier-ignore

interface Options {
  normSteps: number
  momentum: number
  epsilon: number
}

/** A gain or shift of `size`, and the running means of everything that a cell normalises. */
export const filled = (size: number, role: 'gain' | 'bias', value: number): Weight => ({
  shape: [size],
  role,
  gates: 1,
  start: { kind: 'blocks', values: [value] },
})
export const runningWeights = (size: number, { normSteps }: Options) => {
  const weight = (value: number): Weight => ({
    shape: [normSteps, size],
    role: 'statistic',
    gates: 1,
    start: { kind: 'blocks', values: [value] },
  })
  return { mean: weight(0), variance: weight(1) }
}

/** Normalises the sums of one step, in the order in which their running means stand side by side. */
export class Normaliser {
  private readonly running: { mean: Node; variance: Node }
  private readonly means: Node[] = []
  private readonly variances: Node[] = []
  /** Number of sequences at this step, (), or none said: all. */
  private readonly rows: Node | undefined
  private readonly index: Node
  private readonly batch: number
  private readonly options: Options
  private readonly at: Surroundings
  private from = 0

  /** `t` (B, 1): steps since the start of the sequence. */
  constructor(w: { mean: Node; variance: Node }, t: Node, options: Options, at: Surroundings) {
    this.options = options
    this.at = at
    this.batch = t.shape[0]!
    this.index = reshape(floor(minimum(maximum(t, 0), options.normSteps - 1)), [this.batch])
    this.rows = at.mask && sum(at.mask)
    this.running = at.training ? w : { mean: gather(w.mean, this.index), variance: gather(w.variance, this.index) } // prettier-ignore
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

  /** What running means are made of: in training. */
  get statistics(): Record<string, Node> | undefined {
    if (!this.at.training) return undefined
    const [n, one] = [this.batch, Math.max(1, this.batch - 1)]
    // Unbiased: n / (n - 1) of the mean square. A step with fewer sequences says less, one with a single one nothing.
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

/** Steps since the start, after one more; they need not be counted further than the last that has its own means. */
export const counted = (t: Node, { normSteps }: Options): Node => minimum(add(t, 1), normSteps - 1)

/**
 * Next running means (steps, N) from those of the steps (T, N): each moves by `momentum` towards what its step showed. Steps that this
 * stretch did not reach (later ones, or the first ones of a carried sequence) move towards the mean over all that it did.
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
