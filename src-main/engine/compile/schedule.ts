// Groups the nodes of a block into kernel calls and orders them: windows (slice, reshape, transpose, broadcast) need no call, chains of
// elementwise nodes are fused into one call, an addition is fused into the product that feeds it. Assigns no memory.
import { sameShape, type Node } from '../graph/node.ts'
import { binaryOps, unaryOps } from '../graph/ops.ts'
import { afterPredicates, type IfRegions } from './ifRegion.ts'
import { usersOf, type Users } from './uses.ts'

export type GroupKind = 'ew' | 'gemm' | 'concat' | 'scan' | 'call'

/** Nodes that one kernel call (or one loop) computes. */
export interface FusionGroup {
  kind: GroupKind
  /** The nodes whose values it yields; more than one only for `ew`. */
  nodes: Node[]
  /** The product, look-up or sum, if `nodes[0]` is the addition fused into it. */
  product?: Node
  /** The other operand of that addition. */
  addend?: Node
  /** For a sum of products (`dot`): the multiplication fused into the sum. */
  factors?: Node
  /** The predicate of its if-region: the group is skipped while it is 0 everywhere. */
  predicate?: Node
}

const elementwise = new Set<string>([...unaryOps, ...binaryOps, 'select', 'uniform'])
const windows = new Set(['slice', 'reshape', 'transpose', 'broadcast'])
/** Limit on the nodes of one elementwise call, so that its registers fit into the L1 cache. */
const maxOps = 48

/** All nodes of a group, fused operands included. */
export const nodesOf = ({ nodes, product, factors }: FusionGroup): Node[] => [
  ...nodes,
  ...(product && product !== nodes[0] ? [product] : []),
  ...(factors ? [factors] : []),
]

export const isElementwise = (node: Node): boolean => elementwise.has(node.op)
export const isWindow = (node: Node): boolean => windows.has(node.op)

/** The node that owns the memory of a window: its source, for a result of a scan the scan. */
export function baseOf(node: Node): Node {
  let n = node
  while (isWindow(n)) n = n.inputs[0]!
  return n.op === 'out' ? n.inputs[0]! : n
}

/** The fusion groups of a block, in execution order. */
export interface Schedule {
  groups: FusionGroup[]
  /** Node -> index of its group; windows, leaves and nodes of other blocks are absent. */
  groupOf: Map<Node, number>
  /** The given regions, except those of additions whose remaining term is computed by the same call. */
  regions: IfRegions
}

/** `nodes`: those of the block, inputs first. `liveOut`: nodes whose values must be in memory at the end of the block. */
export function schedule(
  nodes: readonly Node[],
  liveOut: readonly Node[],
  given: IfRegions = new Map(),
): Schedule {
  const order = afterPredicates(nodes, given)
  const groups: FusionGroup[] = []
  const groupOf = new Map<Node, number>()
  const uses = countUses(order, liveOut)
  const fused = fuseAdditions(order, uses, given)
  const regions = new Map(
    [...given].filter(([node, { whenFalse }]) => !whenFalse || whenFalse !== fused.get(node)),
  )
  const products = new Set(fused.values())
  const factors = fuseMultiplications(order, uses)
  for (const factor of factors.values()) products.add(factor)
  const push = (unguarded: FusionGroup) => {
    const predicate = regions.get(unguarded.nodes[0]!)?.predicate
    const group = { ...unguarded, ...(predicate && { predicate }) }
    groups.push(group)
    for (const n of group.nodes) groupOf.set(n, groups.length - 1)
  }
  for (const node of order) {
    if (isWindow(node) || node.inputs.length === 0 || node.op === 'out' || products.has(node)) continue
    const product = fused.get(node)
    const factor = factors.get(product ?? node)
    if (product) {
      const addend = node.inputs.find((n) => n !== product)!
      const kind = product.op === 'matmul' ? 'gemm' : 'call'
      push({ kind, nodes: [node], product, addend, ...(factor && { factors: factor }) })
    } else if (factor) push({ kind: 'call', nodes: [node], factors: factor })
    else if (node.op === 'matmul') push({ kind: 'gemm', nodes: [node], product: node })
    else if (node.op === 'scan') push({ kind: 'scan', nodes: [node] })
    else if (node.op === 'concat') push({ kind: 'concat', nodes: [node] })
    else if (!isElementwise(node)) push({ kind: 'call', nodes: [node] })
    else {
      const at = joinable(node, groups, groupOf, regions)
      if (at === undefined) push({ kind: 'ew', nodes: [node] })
      else {
        groups[at]!.nodes.push(node)
        groupOf.set(node, at)
      }
    }
  }
  const predicates = [...regions.values()].map(({ predicate }) => predicate)
  return { ...mergeIntoReaders(groups, order, new Set([...liveOut, ...predicates])), regions }
}

/** Merges an elementwise group into the one later elementwise group that reads its results; the values between them need no memory. */
function mergeIntoReaders(
  groups: readonly FusionGroup[],
  order: readonly Node[],
  liveOut: ReadonlySet<Node>,
): Omit<Schedule, 'regions'> {
  const readers = usersOf(order)
  const groupOf = new Map<Node, FusionGroup>(
    groups.flatMap((group) => group.nodes.map((n) => [n, group] as const)),
  )
  const left: FusionGroup[] = []
  for (const group of groups.toReversed()) {
    const target = group.kind === 'ew' && onlyReader(group, readers, groupOf, liveOut)
    if (!target) left.push(group)
    else {
      target.nodes = [...group.nodes, ...target.nodes]
      for (const n of group.nodes) groupOf.set(n, target)
    }
  }
  left.reverse()
  return {
    groups: left,
    groupOf: new Map(left.flatMap((group, i) => group.nodes.map((n) => [n, i] as const))),
  }
}

function onlyReader(
  group: FusionGroup,
  readers: Users,
  groupOf: ReadonlyMap<Node, FusionGroup>,
  liveOut: ReadonlySet<Node>,
): FusionGroup | undefined {
  if (group.nodes.some((n) => liveOut.has(n))) return undefined
  const outside = group.nodes.flatMap((n) => readers.get(n) ?? []).filter((n) => !group.nodes.includes(n))
  const targets = new Set(outside.map((n) => groupOf.get(n)))
  const [target] = targets
  const fits =
    targets.size === 1 &&
    target?.kind === 'ew' &&
    target.predicate === group.predicate &&
    sameShape(target.nodes[0]!.shape, group.nodes[0]!.shape) &&
    target.nodes.length + group.nodes.length <= maxOps
  return fits ? target : undefined
}

/** Number of uses of each node in the block, plus one if it is live out; nodes of other blocks are absent. */
function countUses(order: readonly Node[], liveOut: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>(order.map((n) => [n, 0]))
  for (const n of [...order.flatMap((node) => node.inputs), ...liveOut]) {
    const known = uses.get(n)
    if (known !== undefined) uses.set(n, known + 1)
  }
  return uses
}

/** Ops that take an addend, in order of decreasing gain. */
const addable = ['matmul', 'gather', 'sum']

/** Additions fused into an operand that has no other use: addition -> operand (the other operand becomes its addend). */
function fuseAdditions(
  order: readonly Node[],
  uses: ReadonlyMap<Node, number>,
  regions: IfRegions,
): Map<Node, Node> {
  // Of two products, fuse into the skippable one: the other is its value when false.
  const skipped = (n: Node) => +(regions.get(n)?.whenFalse === 0)
  const found = new Map<Node, Node>()
  for (const node of order) {
    if (node.op !== 'add') continue
    const rank = (n: Node) => addable.indexOf(n.op)
    const [product] = node.inputs
      .filter((n) => rank(n) >= 0 && uses.get(n) === 1 && sameShape(n.shape, node.shape))
      .sort((a, b) => rank(a) - rank(b) || skipped(b) - skipped(a) || b.id - a.id)
    const addend = node.inputs.find((n) => n !== product)
    // A (B, N) addend of a (T, B, N) product has no row stride once T and B are folded.
    const foldable = addend && (addend.shape.length <= 1 || sameShape(addend.shape, node.shape))
    if (product && foldable) found.set(node, product)
  }
  return found
}

/**
 * Sums fused with a multiplication that has no other use: sum -> multiplication. At most one factor may be an elementwise node used only
 * here: it must be stored for the fused call.
 */
function fuseMultiplications(order: readonly Node[], uses: ReadonlyMap<Node, number>): Map<Node, Node> {
  const found = new Map<Node, Node>()
  for (const node of order) {
    const [product] = node.inputs
    if (node.op !== 'sum' || product!.op !== 'mul' || uses.get(product!) !== 1) continue
    const [a, b] = product!.inputs as [Node, Node]
    const needsStore = (n: Node) => uses.get(n) === 1 && isElementwise(n)
    const whole = sameShape(a.shape, product!.shape) && sameShape(b.shape, product!.shape)
    if (whole && (a === b || !needsStore(a) || !needsStore(b))) found.set(node, product!)
  }
  return found
}

/**
 * Index of the latest elementwise group of the same shape and region in which `node` can be computed: all its inputs come from it or from
 * earlier groups.
 */
function joinable(
  node: Node,
  groups: readonly FusionGroup[],
  groupOf: ReadonlyMap<Node, number>,
  regions: IfRegions,
): number | undefined {
  let earliest = 0
  const predicate = regions.get(node)?.predicate
  for (const n of predicate ? [...node.inputs, predicate] : node.inputs) {
    const direct = groupOf.get(n)
    const at = groupOf.get(baseOf(n))
    if (at === undefined) continue
    const sameGroup = direct !== undefined && groups[direct]!.kind === 'ew' && sameShape(n.shape, node.shape)
    earliest = Math.max(earliest, sameGroup ? at : at + 1)
  }
  for (let i = groups.length - 1; i >= earliest; i--) {
    const group = groups[i]!
    const fits = sameShape(group.nodes[0]!.shape, node.shape) && group.predicate === predicate
    if (group.kind === 'ew' && group.nodes.length < maxOps && fits) return i
  }
  return undefined
}
