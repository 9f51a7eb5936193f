// Hessian-free optimisation (Martens 2010; Martens and Sutskever 2011), whole in one program: gradient, damped Gauss-Newton system solved
// by conjugate gradients from the last solution on, damping after Levenberg and Marquardt. As options: preconditioner (fisher.ts), going
// back over the iterates and a line search (stepChoice.ts). A step that would raise the loss is not taken.
import type { TrainConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { vjp, grad } from '../compile/grad.ts'
import { jvp } from '../compile/jvp.ts'
import { findActiveStates } from '../compile/derivedScan.ts'
import type { StepGraph } from '../nn/stepGraph.ts'
import { maskOfScan } from '../graph/mask.ts'
import { topological, type Node } from '../graph/node.ts'
import { add, constant, div, exp, ge, gt, maximum, minimum, mul, select, state, sub, sum, zeros } from '../graph/ops.ts' // prettier-ignore
import { scanStack } from '../graph/scan.ts'
import { conjugateGradients, dot, plus, type Product } from './conjugateGradients.ts'
import { fisherDiagonal, preconditionerOf } from './fisher.ts'
import { globalNorm, infinite } from './gradients.ts'
import { backtrack, keptSteps, shortened, type LossAt } from './stepChoice.ts'

/** A loss with the nodes that it is a convex function of. */
export interface Objective {
  loss: Node
  outputs: readonly Node[]
  /** Weights of the answers, as in StepGraph. */
  given?: Node | undefined
}

/** The states after every step, (T, B, any) each, of all loops between weights and outputs that weights move; with the loop's mask. */
function hiddenStates(outputs: readonly Node[], weights: readonly Node[]) {
  const active = new Set(weights)
  const stacks: { stack: Node; mask: Node | undefined }[] = []
  for (const node of topological(outputs)) {
    if (node.inputs.some((n) => active.has(n))) active.add(node)
    if (node.op !== 'scan' || !active.has(node)) continue
    const { next, ys } = node.attrs.body!
    for (const k of findActiveStates(node, active)) {
      const known = ys.indexOf(next[k]!)
      const stack = scanStack(node, known >= 0 ? known : ys.push(next[k]!) - 1)
      stacks.push({ stack, mask: maskOfScan(node) })
    }
  }
  return stacks
}

/**
 * G v with G = J^T H J: J the outputs by the weights, H the second derivative of the loss by the outputs (Schraudolph 2002). With
 * `structural` the mean over the steps of all sequences of |h|^2 / 2 is added to the loss for G's sake, that often: what moves hidden states is
 * damped (Martens and Sutskever 2011).
 */
export function gaussNewton(
  { loss, outputs }: Objective,
  weights: readonly Node[],
  structural?: Node,
): Product {
  const hidden = structural ? hiddenStates(outputs, weights) : []
  const slopes = vjp([[loss, constant(1)]], outputs, true)
  const known = outputs.flatMap((z, i) => (slopes[i] ? [{ z, slope: slopes[i] }] : []))
  return (v) => {
    const roots = [...known.map(({ z }) => z), ...hidden.map(({ stack }) => stack)]
    const moves = jvp(weights.map((w, i) => [w, v[i]!]), roots) // prettier-ignore
    const along = known.flatMap(({ z }, i): [Node, Node][] => (moves[i] ? [[z, moves[i]]] : []))
    const bends = jvp(along, known.map(({ slope }) => slope)) // prettier-ignore
    const seeds = known.flatMap(({ z }, i): [Node, Node][] => (bends[i] ? [[z, bends[i]]] : []))
    hidden.forEach(({ stack, mask }, i) => {
      const move = moves[known.length + i]
      if (move) seeds.push([stack, mul(move, structural!, shareOfStep(stack, mask))])
    })
    return vjp(seeds, weights, false).map((g, i) => g ?? zeros(weights[i]!.shape))
  }
}

/** One over the steps of all sequences, 0 in the padding. */
const shareOfStep = ({ shape }: Node, mask: Node | undefined) =>
  mask ? div(mask, maximum(sum(mask), 1)) : 1 / (shape[0]! * shape[1]!)

/** Damping is its first value times a power of this (Martens 2010: 3/2 up, 2/3 down), within so many steps either way. */
const [notch, mostNotches] = [1.5, 60]

/** What a task gives for any weights; the random numbers are the same for all. */
type GraphWith = (weights: ReadonlyMap<string, Node>) => StepGraph

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The loss with what it is a function of; throws E_CONFIG_DATA where the task does not say. */
function objectiveOf({ loss, outputs, given }: StepGraph): Objective {
  if (outputs) return { loss, outputs, given }
  throw refuse(
    'train.optimizer',
    'hessianfree needs a loss of the outputs of one network, which this task does not have. Take adam.',
  )
}

/** The losses of several steps are compared in a loop, where masks and coins would be drawn anew for each. */
function refuseDraws(roots: readonly Node[], path: string): void {
  const draws = (nodes: readonly Node[]): boolean =>
    topological(nodes).some(({ op, attrs: { body } }) => op === 'uniform' || (body && draws([...body.next, ...body.ys]))) // prettier-ignore
  if (draws(roots))
    throw refuse(path, 'losses of several steps are compared, which random masks and own symbols would make another function each; switch it off, or dropout, zoneout and own inputs.') // prettier-ignore
}

/**
 * One step: x minimises q(x) = x (G + lambda) x / 2 + g x with structural damping inside G, started from cgDecay times the last x. What is
 * gone of it (see stepChoice.ts) is taken if the loss falls. lambda follows the share of -q by which it did, before any line search.
 * States: `optim.d.NAME` (the last x) and `optim.damping`, the power n in lambda = damping 1.5^n.
 */
export function hessianFreeUpdates(
  train: TrainConfig,
  weights: ReadonlyMap<string, Node>,
  graphWith: GraphWith,
) {
  const { cgIterations, cgDecay, cgBacktracking, lineSearch, damping, structuralDamping, weightDecay, omega } = train // prettier-ignore
  if (omega > 0)
    throw refuse('train.omega', "Omega's gradient is that of no loss, which hessianfree needs; set it to 0.")
  const graph = graphWith(weights)
  if (graph.rival)
    throw refuse(
      'train.optimizer',
      'hessianfree follows one loss; with a discriminator there are two. Take adam.',
    )
  if (cgBacktracking) refuseDraws([graph.loss], 'train.cgBacktracking')
  if (lineSearch > 0) refuseDraws([graph.loss], 'train.lineSearch')
  const nodes = [...weights.values()]
  const whole = (loss: Node, w: readonly Node[]) =>
    weightDecay > 0 ? add(loss, mul(dot(w, w), weightDecay / 2)) : loss
  const loss = whole(graph.loss, nodes)
  const g = grad(loss, nodes)
  const notches = state('optim.damping', [])
  const lambda = mul(exp(mul(notches, Math.log(notch))), damping)
  const structural = structuralDamping > 0 ? mul(lambda, structuralDamping) : undefined
  const objective = objectiveOf(graph)
  const curvature = gaussNewton(objective, nodes, structural)
  const last = [...weights].map(([name, w]) => state(`optim.d.${name}`, w.shape))
  const ridge = add(lambda, weightDecay)
  const product: Product = (v) => plus(curvature(v), ridge, v)
  const preconditioner = train.preconditioner === 'fisher' ? preconditionerOf(fisherDiagonal(objective, nodes, train.fisherProbes), ridge) : undefined // prettier-ignore
  const keep = cgBacktracking ? keptSteps(cgIterations) : []
  const found = conjugateGradients(product, g, last.map((v) => mul(v, cgDecay)), cgIterations, { preconditioner, keep }) // prettier-ignore
  const lossAt: LossAt = (x) => {
    const moved = plus(nodes, 1, x)
    return whole(graphWith(new Map([...weights.keys()].map((name, i) => [name, moved[i]!]))).loss, moved)
  }
  const chosen = backtrack(found, lossAt)
  const fall = sub(loss, chosen.loss)
  // Levenberg and Marquardt: more damping where q promised four times too much (or nothing), less where it kept its word.
  const promised = mul(chosen.q, -1)
  const fair = mul(gt(promised, 0), ge(fall, mul(promised, 0.25)))
  const good = mul(gt(promised, 0), gt(fall, mul(promised, 0.75)))
  const nextNotches = add(notches, sub(sub(1, fair), good))
  const search = lineSearch > 0 ? shortened(chosen, lossAt, loss, dot(g, chosen.x), lineSearch) : undefined
  const moved = plus(nodes, search?.rate ?? 1, chosen.x)
  const [taken, sound] = [gt(loss, search?.loss ?? chosen.loss), gt(infinite, dot(found.x, found.x))]
  const updates: [Node, Node][] = [
    ...graph.carry,
    ...nodes.map((w, i): [Node, Node] => [w, select(taken, moved[i]!, w)]),
    ...last.map((v, i): [Node, Node] => [v, select(sound, found.x[i]!, 0)]),
    [notches, maximum(minimum(nextNotches, mostNotches), -mostNotches)],
  ]
  const records = { ...graph.records, damping: lambda, ...(search && { step_rate: search.rate }) }
  return { loss: graph.loss, norm: globalNorm(g), wrong: graph.wrong, updates, records }
}
