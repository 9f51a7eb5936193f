// First-order optimisers as graphs: weight and gradient nodes -> next weight and next moments. Definitions and order of operations are those
// of PyTorch. The second-order optimiser is in hessianFree.ts.
import type { RunConfig } from '../../contract/config.ts'
import type { Node } from '../graph/node.ts'
import { add, div, input, mul, sqrt, square, state, sub } from '../graph/ops.ts'

type OptimizerConfig = RunConfig['optimizer']
type Optimizer = OptimizerConfig['name']

/** Number of moments per weight. */
export const momentCounts: Record<Optimizer, number> = {
  sgd: 0,
  momentum: 1,
  nesterov: 1,
  adagrad: 1,
  rmsprop: 1,
  adam: 2,
  adamw: 2,
  hessianfree: 1,
}

const isAdam = (name: Optimizer): boolean => name === 'adam' || name === 'adamw'

/**
 * Scalars that depend on the step, written before it: lr, Adam's bias corrections 1 / (1 - beta1^s) and 1 / sqrt(1 - beta2^s), and the
 * standard deviation of the gradient noise.
 */
export interface StepInputs {
  lr: Node
  correction1?: Node
  correction2?: Node
  noise?: Node
}

/** The step inputs that a configuration needs. */
export const stepInputs = ({ name, gradientNoise }: OptimizerConfig): StepInputs => ({
  lr: input('lr', []),
  ...(isAdam(name) && { correction1: input('correction1', []), correction2: input('correction2', []) }),
  ...(gradientNoise > 0 && { noise: input('noise', []) }),
})

/** Values of the step inputs for update number `step` from 1; hessianfree has none. */
export const stepValues = (
  { name, beta1, beta2, gradientNoise }: OptimizerConfig,
  lr: number,
  step: number,
): Record<string, number> => ({
  ...(name !== 'hessianfree' && { lr }),
  ...(isAdam(name) && {
    correction1: 1 / (1 - beta1 ** step),
    correction2: 1 / Math.sqrt(1 - beta2 ** step),
  }),
  // sigma_t^2 = eta / (1 + t)^0.55 with t from 0 (Neelakantan et al. 2015).
  ...(gradientNoise > 0 && name !== 'hessianfree' && { noise: Math.sqrt(gradientNoise / step ** 0.55) }),
})

/** The next values of a weight and of its moments. */
export interface Update {
  weight: Node
  /** The state node of each moment and its next value. */
  moments: [state: Node, next: Node][]
}

/** One update of weight `w`, whose path is `path`, by `gradient`, weight decay included. */
export function update(
  config: OptimizerConfig,
  at: StepInputs,
  path: string,
  w: Node,
  gradient: Node,
): Update {
  const { name, momentum, rho, beta1, beta2, epsilon, weightDecay } = config
  const decoupled = name === 'adamw'
  // L2: the gradient of weightDecay / 2 * |w|^2. Decoupled: a share of the weight itself (Loshchilov and Hutter 2019).
  const g = weightDecay > 0 && !decoupled ? add(gradient, mul(w, weightDecay)) : gradient
  const kept = weightDecay > 0 && decoupled ? sub(w, mul(w, mul(at.lr, weightDecay))) : w
  const moment = (letter: string) => state(`optim.${letter}.${path}`, w.shape)
  const step = (direction: Node, rate: Node = at.lr) => sub(kept, mul(direction, rate))
  if (name === 'sgd') return { weight: step(g), moments: [] }
  if (name === 'momentum' || name === 'nesterov') {
    const v = moment('v')
    const next = add(mul(v, momentum), g)
    const direction = name === 'nesterov' ? add(g, mul(next, momentum)) : next
    return { weight: step(direction), moments: [[v, next]] }
  }
  if (name === 'adagrad') {
    const q = moment('q')
    const total = add(q, square(g))
    return { weight: step(div(g, add(sqrt(total), epsilon))), moments: [[q, total]] }
  }
  const s = moment('s')
  const decay = name === 'rmsprop' ? rho : beta2
  const squares = add(mul(s, decay), mul(square(g), 1 - decay))
  if (name === 'rmsprop')
    return { weight: step(div(g, add(sqrt(squares), epsilon))), moments: [[s, squares]] }
  const m = moment('m')
  const mean = add(mul(m, beta1), mul(g, 1 - beta1))
  const size = add(mul(sqrt(squares), at.correction2!), epsilon)
  return {
    weight: step(div(mean, size), mul(at.lr, at.correction1!)),
    moments: [
      [m, mean],
      [s, squares],
    ],
  }
}
