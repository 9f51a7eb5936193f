// Dropout, zoneout and activity regularisation. Random numbers come from one stream per layer and kind of mask, so a seed gives the same
// masks with any number of threads and after a resume. Rates of 0 add no node to the graph.
import type { RunConfig } from '../../contract/config.ts'
import { regularizationConfig } from '../../contract/config/regularization.ts'
import type { Cell, StepOutput } from '../cells/cell.ts'
import { topological, type Node } from '../graph/node.ts'
import {
  add,
  constant,
  div,
  gather,
  ge,
  gt,
  input,
  matmul,
  maximum,
  mean,
  mul,
  select,
  square,
  sub,
  sum,
  uniformLike,
  type Value,
} from '../graph/ops.ts'
import { substitute, withAttrs } from '../graph/substitute.ts'

export type Regularisers = RunConfig['regularization']

export const noRegularisers: Regularisers = regularizationConfig.parse({})

/** The options that are dropout rates. */
const dropouts = ['dropout', 'embeddingDropout', 'recurrentDropout'] as const

/** Name of the program input that multiplies the dropout rates, 0..1. */
export const growthInput = 'dropout.growth'

/** Whether the training program has that input. */
export const dropoutGrows = (regular: Regularisers): boolean =>
  regular.dropoutGrowth > 0 && dropouts.some((key) => regular[key] > 0)

/** Factor of the dropout rates at update `step` (from 0): 1 - exp(-gamma * step), Morerio et al. 2017. */
export const grownShare = ({ dropoutGrowth }: Regularisers, step: number): number =>
  1 - Math.exp(-dropoutGrowth * step)

/** Offset of the random stream of each kind of mask. */
const places = { input: 0, candidate: 1, recurrent: 2, state: 3, symbol: 31 }

/** Random streams of masks: the first, the number per set of masks, the number of sets. */
const maskStreams = { first: 0x64720000, perSet: 0x10000, sets: 16 }

/** First random stream of a layer and direction (the output layer is the layer above the last); `masks`: index of the set of masks. */
export const maskStream = (layer: number, reverse = false, masks = 0): number =>
  maskStreams.first + masks * maskStreams.perSet + layer * 64 + (reverse ? 32 : 0)

/** A copy of `roots` with the next set of masks; other random numbers stay. Without masks the nodes are the same. */
export const otherMasks = (roots: readonly Node[]): Node[] =>
  withAttrs(roots, ({ attrs }) => {
    const stream = (attrs.stream ?? 0) - maskStreams.first
    const isMask = stream >= 0 && stream < maskStreams.sets * maskStreams.perSet
    return isMask ? { ...attrs, stream: attrs.stream! + maskStreams.perSet } : attrs
  })

type Step = StepOutput

/** The rate as a number, or as a node if it grows over the steps. */
const rateOf = (target: number, regular: Regularisers): Value =>
  dropoutGrows(regular) ? mul(target, input(growthInput, [])) : target

/** Inverted dropout mask: 0 where u < rate, else 1 / (1 - rate); its mean is 1. */
function maskOf(u: Node, rate: Value): Node {
  const scale = typeof rate === 'number' ? 1 / (1 - rate) : div(1, sub(1, rate))
  return select(ge(u, rate), scale, 0)
}

/** The connection that dropout applies to: input of the first layer, of the layers above, or of the output layer. */
export type Link = 'input' | 'between' | 'output'

/** The connection below layer `index` of `layers`; `index` = `layers` is the output layer. */
export const linkBelow = (index: number, layers: number): Link =>
  index === 0 ? 'input' : index < layers ? 'between' : 'output'

const isDropped = (links: Regularisers['dropoutLinks'], link: Link): boolean =>
  links === 'all' || link === 'between' || (links === 'layers' && link === 'input')

/** Embedding dropout: vectors (..., E) of the symbols `ids` (...), 0 for the symbols dropped in this batch. */
export function dropSymbols(
  regular: Regularisers,
  stream: number,
  ids: Node,
  symbols: number,
  vectors: Node,
): Node {
  if (regular.embeddingDropout === 0) return vectors
  const u = uniformLike(constant(0, [symbols, 1]), stream + places.symbol)
  return mul(vectors, gather(maskOf(u, rateOf(regular.embeddingDropout, regular)), ids))
}

/** Dropout on the input of a layer: x (T, B, D), or (B, D) inside a step. */
export function dropInput(regular: Regularisers, stream: number, link: Link, x: Node): Node {
  if (regular.dropout === 0 || !isDropped(regular.dropoutLinks, link)) return x
  const like = regular.dropoutMask === 'variational' ? constant(0, x.shape.slice(-2)) : x
  const u = uniformLike(like, stream + places.input)
  return mul(x, maskOf(u, rateOf(regular.dropout, regular)))
}

/**
 * Recurrent dropout inside a step. candidate: a mask on the candidate, so memory is never erased (Semeniuta et al. 2016). state: one mask
 * for all steps on h' in the recurrent products (Gal & Ghahramani 2016); paths that carry h' without a product (leaks, clocks) are not
 * masked.
 */
export function dropRecurrent(
  regular: Regularisers,
  stream: number,
  cell: Cell,
  before: Readonly<Record<string, Node>>,
  after: Step,
): Step {
  if (regular.recurrentDropout === 0) return after
  const rate = rateOf(regular.recurrentDropout, regular)
  const candidate = cell.candidate && after.signals[cell.candidate]
  if (candidate && regular.recurrentDropoutOn !== 'state') {
    const like = regular.dropoutMask === 'variational' ? constant(0, candidate.shape) : candidate
    const u = uniformLike(like, stream + places.candidate)
    return replaced(after, new Map([[candidate, mul(candidate, maskOf(u, rate))]]))
  }
  const h = before[cell.outputFeedback ?? 'h']
  if (!h) return after
  const u = uniformLike(constant(0, h.shape), stream + places.recurrent)
  const masked = new Map([[h, mul(h, maskOf(u, rate))]])
  const products = new Map<Node, Node>()
  for (const node of topological([...Object.values(after.state), ...Object.values(after.signals)])) {
    if (node.op !== 'matmul' || !shows(node.inputs[0]!, h)) continue
    products.set(node, matmul(substitute([node.inputs[0]!], masked)[0]!, node.inputs[1]!))
  }
  return replaced(after, products)
}

/** Whether `node` is `h` or a slice of it. */
const shows = (node: Node, h: Node): boolean =>
  node === h || ((node.op === 'slice' || node.op === 'reshape') && shows(node.inputs[0]!, h))

/** The step output with some nodes replaced, and with everything that is computed from them. */
export function replaced(made: Step, by: ReadonlyMap<Node, Node>): Step {
  const groups = [made.state, made.signals, made.statistics ?? {}]
  const nodes = substitute(
    groups.flatMap((group) => Object.values(group)),
    by,
  )
  let at = 0
  const [state, signals, statistics] = groups.map((group) =>
    Object.fromEntries(Object.keys(group).map((name) => [name, nodes[at++]!])),
  )
  return { state, signals, ...(made.statistics && { statistics }) } as Step
}

/**
 * Zoneout (Krueger et al. 2017): in training each unit of each state keeps its old value with probability p; in evaluation it is
 * p * old + (1 - p) * new. Signals follow the updated states. `exact` states of the cell have no zoneout.
 */
export function zoneOut(
  regular: Regularisers,
  stream: number,
  cell: Cell,
  before: Readonly<Record<string, Node>>,
  after: Step,
  training: boolean,
): Step {
  const p = regular.zoneout
  if (p === 0) return after
  if (cell.zoneoutGate) {
    // f = 1 - mask (1 - f): Bradbury et al. 2017.
    const gate = after.signals[cell.zoneoutGate]!
    const u = () => uniformLike(gate, stream + places.state)
    const opened = training ? select(gt(p, u()), 1, gate) : add(mul(gate, 1 - p), p)
    return replaced(after, new Map([[gate, opened]]))
  }
  const became = new Map<Node, Node>()
  cell.state.forEach((name, i) => {
    if (cell.exact?.includes(name) || !after.state[name]) return
    const [old, next] = [before[name]!, after.state[name]]
    const u = () => uniformLike(next, stream + places.state + i)
    became.set(next, training ? select(gt(p, u()), old, next) : add(mul(old, p), mul(next, 1 - p)))
  })
  const at = (nodes: Record<string, Node>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, became.get(node) ?? node]))
  return { ...after, state: at(after.state), signals: at(after.signals) } as Step
}

/** Output of a layer: h (T, B, H), which is 0 in the padding, and its mask (T, B). */
export interface LayerOutput {
  h: Node
  mask: Node | undefined
}

/** beta * mean of h^2 over layers, steps within the sequences, and units (Merity et al. 2017). */
export const activityPenalty = (beta: number, outputs: readonly LayerOutput[]): Node =>
  mul(
    outputs.map(meanSquare).reduce((a, b) => add(a, b)),
    beta / outputs.length,
  )

const meanSquare = ({ h, mask }: LayerOutput): Node =>
  mask ? div(sum(square(h)), mul(maximum(sum(mask), 1), h.shape.at(-1)!)) : mean(square(h))
