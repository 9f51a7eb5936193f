// Hessian-free optimisation (Martens 2010; Martens and Sutskever 2011), as one program: gradient, damped Gauss-Newton system solved
// by conjugate gradients started from the last solution, Levenberg-Marquardt damping. Options: preconditioner (fisher.ts), backtracking over
// the iterates and a line search (stepChoice.ts). A step that would raise the loss is rejected.
import type { Options } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { vjp, grad } from '../compile/grad.ts'
import { jvp } from '../compile/jvp.ts'
import { findActiveStates } from '../compile/derivedScan.ts'
import type { StepGraph } from '../nn/stepGraph.ts'
import { maskOfScan } from '../graph/mask.ts'
import { topological, type Node } from '../graph/node.ts'
import {
  add,
  constant,
  div,
  exp,
  ge,
  gt,
  maximum,
  minimum,
  mul,
  select,
  state,
  sub,
  sum,
  zeros,
} from '../graph/ops.ts'
import { scanStack } from '../graph/scan.ts'
import { conjugateGradients, dot, plus, type Product } from './conjugateGradients.ts'
import { fisherDiagonal, preconditionerOf } from './fisher.ts'
import { globalNorm, infinite } from './gradients.ts'
import { backtrack, backtrackingSteps, searchLine, type LossAt } from './stepChoice.ts'

/** A loss and the network outputs of which it is a convex function. */
export interface Objective {
  loss: Node
  outputs: readonly Node[]
  /** Weights of the answers, as in StepGraph. */
  given?: Node | undefined
}

/**
 * The states after every step, (T, B, size) each, that depend on the weights, of all loops that `outputs` depend on; with the loop's
 * mask.
 */
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
 * v -> G v with G = J^T H J: J is the Jacobian of the outputs with respect to the weights, H the Hessian of the loss with respect to the
 * outputs (Schraudolph 2002). `structural` is the factor of structural damping (Martens and Sutskever 2011): in G, not in the loss, that many
 * times the mean of |h|^2 / 2 over the steps of all sequences is added.
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
    const tangents = jvp(
      weights.map((w, i) => [w, v[i]!]),
      roots,
    )
    const along = known.flatMap(({ z }, i): [Node, Node][] => (tangents[i] ? [[z, tangents[i]]] : []))
    const curvatures = jvp(
      along,
      known.map(({ slope }) => slope),
    )
    const seeds = known.flatMap(({ z }, i): [Node, Node][] => (curvatures[i] ? [[z, curvatures[i]]] : []))
    hidden.forEach(({ stack, mask }, i) => {
      const move = tangents[known.length + i]
      if (move) seeds.push([stack, mul(move, structural!, shareOfStep(stack, mask))])
    })
    return vjp(seeds, weights, false).map((g, i) => g ?? zeros(weights[i]!.shape))
  }
}

/** 1 / number of steps of all sequences; 0 at padding. */
const shareOfStep = ({ shape }: Node, mask: Node | undefined) =>
  mask ? div(mask, maximum(sum(mask), 1)) : 1 / (shape[0]! * shape[1]!)

/** The damping is its initial value times a power of 1.5 (Martens 2010: factors 3/2 and 2/3), with exponents from -60 to 60. */
const [dampingFactor, largestPower] = [1.5, 60]

/** The graph of a task for any weights; random numbers do not depend on the weights. */
type GraphWith = (weights: ReadonlyMap<string, Node>) => StepGraph

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The loss with the outputs that it depends on; throws E_CONFIG_DATA if the task does not give them. */
function objectiveOf({ loss, outputs, given }: StepGraph): Objective {
  if (outputs) return { loss, outputs, given }
  throw refuse(
    'optimizer.name',
    'hessianfree needs a loss of the outputs of one network, which this task does not have. Take adam.',
  )
}

/** Throws E_CONFIG_DATA if the graph draws random numbers: losses of several steps are compared, and each would draw other masks. */
function refuseRandomness(roots: readonly Node[], path: string): void {
  const draws = (nodes: readonly Node[]): boolean =>
    topological(nodes).some(
      ({ op, attrs: { body } }) => op === 'uniform' || (body && draws([...body.next, ...body.ys])),
    )
  if (draws(roots))
    throw refuse(
      path,
      'it compares the losses of several steps, but random masks and sampled inputs make each a different function. Switch it off, or switch off dropout, zoneout and sampled inputs.',
    )
}

/**
 * One update: x minimises q(x) = x (G + lambda) x / 2 + g x, with structural damping in G, started from cgDecay times the last x. The
 * backtracked and shortened step (stepChoice.ts) is accepted if the loss falls. lambda follows the ratio of the reduction of the loss to the
 * predicted one, -q, before any line search. States: `optim.d.NAME` (the last x) and `optim.damping`, the power n in lambda = damping 1.5^n.
 */
export function hessianFreeUpdates(
  { optimizer, regularization }: Options<'optimizer' | 'regularization'>,
  weights: ReadonlyMap<string, Node>,
  graphWith: GraphWith,
) {
  const { cgIterations, cgDecay, cgBacktracking, lineSearch, damping, structuralDamping, weightDecay } =
    optimizer
  if (regularization.vanishingGradientPenalty > 0)
    throw refuse(
      'regularization.vanishingGradientPenalty',
      'hessianfree needs the gradient of a loss, and the gradient of Omega is none; set it to 0.',
    )
  const graph = graphWith(weights)
  if (graph.discriminator)
    throw refuse(
      'optimizer.name',
      'hessianfree minimises one loss; with a discriminator there are two. Take adam.',
    )
  if (cgBacktracking) refuseRandomness([graph.loss], 'optimizer.cgBacktracking')
  if (lineSearch > 0) refuseRandomness([graph.loss], 'optimizer.lineSearch')
  const nodes = [...weights.values()]
  const whole = (loss: Node, w: readonly Node[]) =>
    weightDecay > 0 ? add(loss, mul(dot(w, w), weightDecay / 2)) : loss
  const loss = whole(graph.loss, nodes)
  const g = grad(loss, nodes)
  const power = state('optim.damping', [])
  const lambda = mul(exp(mul(power, Math.log(dampingFactor))), damping)
  const structural = structuralDamping > 0 ? mul(lambda, structuralDamping) : undefined
  const objective = objectiveOf(graph)
  const curvature = gaussNewton(objective, nodes, structural)
  const last = [...weights].map(([name, w]) => state(`optim.d.${name}`, w.shape))
  const ridge = add(lambda, weightDecay)
  const product: Product = (v) => plus(curvature(v), ridge, v)
  const preconditioner =
    optimizer.preconditioner === 'fisher'
      ? preconditionerOf(fisherDiagonal(objective, nodes, optimizer.fisherProbes), ridge)
      : undefined
  const keep = cgBacktracking ? backtrackingSteps(cgIterations) : []
  const found = conjugateGradients(
    product,
    g,
    last.map((v) => mul(v, cgDecay)),
    cgIterations,
    { preconditioner, keep },
  )
  const lossAt: LossAt = (x) => {
    const moved = plus(nodes, 1, x)
    return whole(graphWith(new Map([...weights.keys()].map((name, i) => [name, moved[i]!]))).loss, moved)
  }
  const chosen = backtrack(found, lossAt)
  const reduction = sub(loss, chosen.loss)
  // Levenberg-Marquardt: damping grows if the reduction is below 1/4 of the predicted one (or none is predicted), and shrinks above 3/4.
  const predicted = mul(chosen.q, -1)
  const fair = mul(gt(predicted, 0), ge(reduction, mul(predicted, 0.25)))
  const good = mul(gt(predicted, 0), gt(reduction, mul(predicted, 0.75)))
  const nextPower = add(power, sub(sub(1, fair), good))
  const search = lineSearch > 0 ? searchLine(chosen, lossAt, loss, dot(g, chosen.x), lineSearch) : undefined
  const moved = plus(nodes, search?.rate ?? 1, chosen.x)
  const [accepted, sound] = [gt(loss, search?.loss ?? chosen.loss), gt(infinite, dot(found.x, found.x))]
  const updates: [Node, Node][] = [
    ...graph.carry,
    ...nodes.map((w, i): [Node, Node] => [w, select(accepted, moved[i]!, w)]),
    ...last.map((v, i): [Node, Node] => [v, select(sound, found.x[i]!, 0)]),
    [power, maximum(minimum(nextPower, largestPower), -largestPower)],
  ]
  const records = { ...graph.records, damping: lambda, ...(search && { step_length: search.rate }) }
  return { loss: graph.loss, norm: globalNorm(g), wrong: graph.wrong, updates, records }
}
