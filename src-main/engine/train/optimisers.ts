// Optimisers as graph: weight and gradient nodes in, next weight and next moments out. Definitions and order of operations as in PyTorch.
import type { TrainConfig } from '../../contract/config.ts'
import type { Node } from '../graph/node.ts'
import { add, div, input, minimum, mul, sqrt, square, state, sub, sum } from '../graph/ops.ts'

/** Numbers that change with the step, fed before it: lr, and Adam's corrections 1 / (1 - beta1^s) and 1 / sqrt(1 - beta2^s). */
export interface StepInputs {
  lr: Node
  correction1?: Node
  correction2?: Node
}

export const stepInputs = (optimizer: TrainConfig['optimizer']): StepInputs => ({
  lr: input('lr', []),
  ...(optimizer === 'adam' && {
    correction1: input('correction1', []),
    correction2: input('correction2', []),
  }),
})

/** Values of the step inputs for update number `step` from 1. */
export const stepValues = (
  { optimizer, beta1, beta2 }: TrainConfig,
  lr: number,
  step: number,
): Record<string, number> =>
  optimizer === 'adam'
    ? { lr, correction1: 1 / (1 - beta1 ** step), correction2: 1 / Math.sqrt(1 - beta2 ** step) }
    : { lr }

export interface Update {
  weight: Node
  /** Moments: the state node and its next value. */
  moments: [state: Node, next: Node][]
}

/** One update of weight `w` named `name` by gradient `g`. */
export function update(config: TrainConfig, at: StepInputs, name: string, w: Node, g: Node): Update {
  const { optimizer, momentum, rho, beta1, beta2, epsilon } = config
  const moment = (letter: string) => state(`optim.${letter}.${name}`, w.shape)
  if (optimizer === 'sgd') return { weight: sub(w, mul(g, at.lr)), moments: [] }
  if (optimizer === 'momentum') {
    const v = moment('v')
    const next = add(mul(v, momentum), g)
    return { weight: sub(w, mul(next, at.lr)), moments: [[v, next]] }
  }
  const s = moment('s')
  const decay = optimizer === 'rmsprop' ? rho : beta2
  const squares = add(mul(s, decay), mul(square(g), 1 - decay))
  if (optimizer === 'rmsprop') {
    return { weight: sub(w, mul(div(g, add(sqrt(squares), epsilon)), at.lr)), moments: [[s, squares]] }
  }
  const m = moment('m')
  const mean = add(mul(m, beta1), mul(g, 1 - beta1))
  const size = add(mul(sqrt(squares), at.correction2!), epsilon)
  return { weight: sub(w, mul(div(mean, size), mul(at.lr, at.correction1!))), moments: [[m, mean], [s, squares]] } // prettier-ignore
}

/** Euclidean norm of all gradients together. */
export const globalNorm = (gradients: readonly Node[]): Node =>
  sqrt(gradients.map((g) => sum(square(g))).reduce((a, b) => add(a, b)))

/** Gradients scaled so that their common norm is at most `limit`; 0 leaves them alone. */
export function clipByNorm(gradients: readonly Node[], norm: Node, limit: number): Node[] {
  if (limit === 0) return [...gradients]
  const scale = minimum(div(limit, add(norm, 1e-6)), 1)
  return gradients.map((g) => mul(g, scale))
}
