// Hessian-free optimisation (Martens 2010; Martens and Sutskever 2011), whole in one program: gradient, damped Gauss-Newton system solved
// by conjugate gradients from the last solution on, damping after Levenberg and Marquardt. Of the papers' method it leaves out the
// preconditioner (it needs gradients of single sequences) and the line search: a step that would raise the loss is not taken.
import type { TrainConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { adjoints, derive } from '../compile/derive.ts'
import { push } from '../compile/push.ts'
import { findActiveStates } from '../compile/secondPass.ts'
import type { StepGraph } from '../data/tasks/task.ts'
import { topological, type Node } from '../graph/node.ts'
import {
  add, constant, div, exp, floor, ge, gt, maximum, minimum, mul, oneHot, select, state, sub, sum, zeros,
} from '../graph/ops.ts' // prettier-ignore
import { scan, scanStack } from '../graph/scan.ts'
import { globalNorm, infinite } from './gradients.ts'

/** A loss with the nodes that it is a convex function of. */
export interface Objective {
  loss: Node
  outputs: readonly Node[]
}

/** A product with a symmetric matrix over all weights. */
type Product = (v: readonly Node[]) => Node[]

const dot = (a: readonly Node[], b: readonly Node[]): Node =>
  a.map((x, i) => sum(mul(x, b[i]!))).reduce((s, x) => add(s, x))
/** a + k b, entry by entry. */
const plus = (a: readonly Node[], k: Node | number, b: readonly Node[]): Node[] =>
  a.map((x, i) => add(x, mul(b[i]!, k)))

/** The states after every step, (T, B, any) each, of all loops between weights and outputs that weights move. */
function hiddenStates(outputs: readonly Node[], weights: readonly Node[]): Node[] {
  const active = new Set(weights)
  const stacks: Node[] = []
  for (const node of topological(outputs)) {
    if (node.inputs.some((n) => active.has(n))) active.add(node)
    if (node.op !== 'scan' || !active.has(node)) continue
    const { next, ys } = node.attrs.body!
    for (const k of findActiveStates(node, active)) {
      const known = ys.indexOf(next[k]!)
      stacks.push(scanStack(node, known >= 0 ? known : ys.push(next[k]!) - 1))
    }
  }
  return stacks
}

/**
 * G v with G = J^T H J: J the outputs by the weights, H the second derivative of the loss by the outputs (Schraudolph 2002). With
 * `structural` the mean over steps and sequences of |h|^2 / 2 is added to the loss for G's sake, that often: what moves hidden states is
 * damped (Martens and Sutskever 2011).
 */
export function gaussNewton(
  { loss, outputs }: Objective,
  weights: readonly Node[],
  structural?: Node,
): Product {
  const hidden = structural ? hiddenStates(outputs, weights) : []
  const slopes = adjoints([[loss, constant(1)]], outputs, true)
  const known = outputs.flatMap((z, i) => (slopes[i] ? [{ z, slope: slopes[i] }] : []))
  return (v) => {
    const roots = [...known.map(({ z }) => z), ...hidden]
    const moves = push(weights.map((w, i) => [w, v[i]!]), roots) // prettier-ignore
    const along = known.flatMap(({ z }, i): [Node, Node][] => (moves[i] ? [[z, moves[i]]] : []))
    const bends = push(along, known.map(({ slope }) => slope)) // prettier-ignore
    const seeds = known.flatMap(({ z }, i): [Node, Node][] => (bends[i] ? [[z, bends[i]]] : []))
    hidden.forEach((h, i) => {
      const move = moves[known.length + i]
      if (move) seeds.push([h, mul(move, structural!, 1 / (h.shape[0]! * h.shape[1]!))])
    })
    return adjoints(seeds, weights, false).map((g, i) => g ?? zeros(weights[i]!.shape))
  }
}

/** Stop when the last k steps brought less than k times this share of all that was gained; k = max(10, i / 10). */
const gain = 0.0005

/**
 * Conjugate gradients on q(x) = x A x / 2 + g x from `start`, at most `iterations` steps: x and q(x). Where it stops early (Martens 2010,
 * section 4.4) the remaining iterations of the loop change nothing.
 */
export function conjugateGradients(
  product: Product,
  g: readonly Node[],
  start: readonly Node[],
  iterations: number,
): { x: Node[]; q: Node } {
  const n = g.length
  const valueAt = (x: readonly Node[], r: readonly Node[]) => mul(dot(x, plus(r, 1, g)), 0.5)
  const r0 = plus(product(start), 1, g)
  const q0 = valueAt(start, r0)
  const history = mul(oneHot(zeros([1]), iterations + 1), q0)
  const init = [...start, ...r0, ...r0.map((r) => mul(r, -1)), dot(r0, r0), q0, history, zeros([1]), constant(1)] // prettier-ignore
  const { state: end } = scan({ xs: [], init, length: iterations }, (_, values) => {
    const part = (at: number) => values.slice(at * n, (at + 1) * n)
    const [x, r, d] = [part(0), part(1), part(2)]
    const [rr, , past, count, running] = values.slice(3 * n) as [Node, Node, Node, Node, Node]
    const ad = product(d)
    const curvature = dot(d, ad)
    const go = mul(running, gt(curvature, 0))
    const alpha = div(rr, curvature)
    const [nextX, nextR] = [plus(x, alpha, d), plus(r, alpha, ad)]
    const nextRR = dot(nextR, nextR)
    const nextD = plus(nextR.map((v) => mul(v, -1)), div(nextRR, rr), d) // prettier-ignore
    const nextQ = valueAt(nextX, nextR)
    const i = add(count, 1)
    const k = maximum(10, floor(mul(i, 0.1)))
    const before = sum(mul(oneHot(sub(i, k), iterations + 1), past))
    const flat = mul(sum(gt(i, k)), gt(0, nextQ), gt(sub(nextQ, before), mul(sum(k), gain, nextQ)))
    const written = add(past, mul(oneHot(i, iterations + 1), nextQ))
    const next = [...nextX, ...nextR, ...nextD, nextRR, nextQ, written, i]
    return {
      state: [...next.map((v, j) => select(go, v, values[j]!)), mul(go, sub(1, flat), gt(nextRR, 0))],
      ys: [],
    }
  })
  return { x: end.slice(0, n), q: end[3 * n + 1]! }
}

/** Damping is its first value times a power of this (Martens 2010: 3/2 up, 2/3 down), within so many steps either way. */
const [notch, mostNotches] = [1.5, 60]

/** What a task gives for any weights; the random numbers are the same for all. */
type GraphWith = (weights: ReadonlyMap<string, Node>) => StepGraph

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The loss with what it is a function of; throws E_CONFIG_DATA where the task does not say. */
function objectiveOf({ loss, outputs }: StepGraph): Objective {
  if (outputs) return { loss, outputs }
  throw refuse(
    'train.optimizer',
    'hessianfree needs a loss of the outputs of one network, which this task does not have. Take adam.',
  )
}

/**
 * One step: x minimises q(x) = x (G + lambda) x / 2 + g x with structural damping inside G, started from cgDecay times the last x, and is taken if the loss falls. lambda
 * follows the share of -q(x) by which it did. States: `optim.d.NAME` (x) and `optim.damping`, the power n in lambda = damping 1.5^n.
 */
export function hessianFreeUpdates(
  { cgIterations, cgDecay, damping, structuralDamping, weightDecay, omega }: TrainConfig,
  weights: ReadonlyMap<string, Node>,
  graphWith: GraphWith,
) {
  if (omega > 0)
    throw refuse('train.omega', "Omega's gradient is that of no loss, which hessianfree needs; set it to 0.")
  const graph = graphWith(weights)
  if (graph.rival)
    throw refuse(
      'train.optimizer',
      'hessianfree follows one loss; with a discriminator there are two. Take adam.',
    )
  const nodes = [...weights.values()]
  const whole = (loss: Node, w: readonly Node[]) =>
    weightDecay > 0 ? add(loss, mul(dot(w, w), weightDecay / 2)) : loss
  const loss = whole(graph.loss, nodes)
  const g = derive(loss, nodes)
  const notches = state('optim.damping', [])
  const lambda = mul(exp(mul(notches, Math.log(notch))), damping)
  const structural = structuralDamping > 0 ? mul(lambda, structuralDamping) : undefined
  const curvature = gaussNewton(objectiveOf(graph), nodes, structural)
  const last = [...weights].map(([name, w]) => state(`optim.d.${name}`, w.shape))
  const product: Product = (v) => plus(curvature(v), add(lambda, weightDecay), v)
  const { x, q } = conjugateGradients(product, g, last.map((v) => mul(v, cgDecay)), cgIterations) // prettier-ignore
  const moved = plus(nodes, 1, x)
  const there = graphWith(new Map([...weights.keys()].map((name, i) => [name, moved[i]!])))
  const fall = sub(loss, whole(there.loss, moved))
  // Levenberg and Marquardt: more damping where q promised four times too much (or nothing), less where it kept its word.
  const promised = mul(q, -1)
  const fair = mul(gt(promised, 0), ge(fall, mul(promised, 0.25)))
  const good = mul(gt(promised, 0), gt(fall, mul(promised, 0.75)))
  const nextNotches = add(notches, sub(sub(1, fair), good))
  const [taken, sound] = [gt(fall, 0), gt(infinite, dot(x, x))]
  const updates: [Node, Node][] = [
    ...graph.carry,
    ...nodes.map((w, i): [Node, Node] => [w, select(taken, moved[i]!, w)]),
    ...last.map((v, i): [Node, Node] => [v, select(sound, x[i]!, 0)]),
    [notches, maximum(minimum(nextNotches, mostNotches), -mostNotches)],
  ]
  const records = { ...graph.records, damping: lambda }
  return { loss: graph.loss, norm: globalNorm(g), wrong: graph.wrong, updates, records }
}
