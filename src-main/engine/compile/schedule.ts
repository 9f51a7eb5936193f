// Which kernel calls a block of nodes becomes, in which order: windows cost nothing, chains of elementwise nodes share one call, an
// addition is swallowed by the product that feeds it. Decides nothing about memory.
import { sameShape, type Node } from '../graph/node.ts'
import { binaryOps, unaryOps } from '../graph/ops.ts'
import { behindGuards, type Guards } from './guard.ts'
import { usersOf, type Users } from './uses.ts'

export type ItemKind = 'ew' | 'gemm' | 'concat' | 'scan' | 'call'

export interface Item {
  kind: ItemKind
  /** What it computes; several only for `ew`. */
  nodes: Node[]
  /** The operation itself, when `nodes[0]` is the addition that swallowed it. */
  product?: Node
  addend?: Node
  /** A sum of products: the multiplication that the sum swallowed. */
  factors?: Node
  /** Not computed while this is 0 everywhere. */
  predicate?: Node
}

const elementwise = new Set<string>([...unaryOps, ...binaryOps, 'select', 'uniform'])
const windows = new Set(['slice', 'reshape', 'transpose', 'broadcast'])
/** Registers of one elementwise call are few enough to stay in the first cache. */
const maxOps = 48

/** All nodes of an item, swallowed ones too. */
export const nodesOf = ({ nodes, product, factors }: Item): Node[] => [
  ...nodes,
  ...(product && product !== nodes[0] ? [product] : []),
  ...(factors ? [factors] : []),
]

export const isElementwise = (node: Node): boolean => elementwise.has(node.op)
export const isWindow = (node: Node): boolean => windows.has(node.op)

/** The node whose memory a window shows. */
export function baseOf(node: Node): Node {
  let n = node
  while (isWindow(n)) n = n.inputs[0]!
  return n.op === 'out' ? n.inputs[0]! : n
}

export interface Schedule {
  items: Item[]
  /** Node -> its item's index; windows, leaves and nodes of other blocks are absent. */
  itemOf: Map<Node, number>
  /** The given ones without those of sums whose other term is made by the same call. */
  guards: Guards
}

/** `nodes`: the block's, inputs first. `kept`: nodes whose values must be in memory at the end. */
export function schedule(nodes: readonly Node[], kept: readonly Node[], given: Guards = new Map()): Schedule {
  const order = behindGuards(nodes, given)
  const items: Item[] = []
  const itemOf = new Map<Node, number>()
  const uses = countUses(order, kept)
  const swallowed = swallowProducts(order, uses, given)
  const guards = new Map([...given].filter(([node, { closed }]) => !closed || closed !== swallowed.get(node)))
  const products = new Set(swallowed.values())
  const factors = swallowFactors(order, uses)
  for (const factor of factors.values()) products.add(factor)
  const push = (made: Item) => {
    const predicate = guards.get(made.nodes[0]!)?.predicate
    const item = { ...made, ...(predicate && { predicate }) }
    items.push(item)
    for (const n of item.nodes) itemOf.set(n, items.length - 1)
  }
  for (const node of order) {
    if (isWindow(node) || node.inputs.length === 0 || node.op === 'out' || products.has(node)) continue
    const product = swallowed.get(node)
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
      const at = joinable(node, items, itemOf, guards)
      if (at === undefined) push({ kind: 'ew', nodes: [node] })
      else {
        items[at]!.nodes.push(node)
        itemOf.set(node, at)
      }
    }
  }
  const predicates = [...guards.values()].map(({ predicate }) => predicate)
  return { ...joinReaders(items, order, new Set([...kept, ...predicates])), guards }
}

/** An elementwise item whose results one later item of its kind reads alone is computed there: what passes between them needs no memory. */
function joinReaders(
  items: readonly Item[],
  order: readonly Node[],
  kept: ReadonlySet<Node>,
): Omit<Schedule, 'guards'> {
  const readers = usersOf(order)
  const homes = new Map<Node, Item>(items.flatMap((item) => item.nodes.map((n) => [n, item] as const)))
  const left: Item[] = []
  for (const item of items.toReversed()) {
    const target = item.kind === 'ew' && onlyReader(item, readers, homes, kept)
    if (!target) left.push(item)
    else {
      target.nodes = [...item.nodes, ...target.nodes]
      for (const n of item.nodes) homes.set(n, target)
    }
  }
  left.reverse()
  return { items: left, itemOf: new Map(left.flatMap((item, i) => item.nodes.map((n) => [n, i] as const))) }
}

function onlyReader(
  item: Item,
  readers: Users,
  homes: ReadonlyMap<Node, Item>,
  kept: ReadonlySet<Node>,
): Item | undefined {
  if (item.nodes.some((n) => kept.has(n))) return undefined
  const outside = item.nodes.flatMap((n) => readers.get(n) ?? []).filter((n) => !item.nodes.includes(n))
  const targets = new Set(outside.map((n) => homes.get(n)))
  const [target] = targets
  const fits =
    targets.size === 1 &&
    target?.kind === 'ew' &&
    target.predicate === item.predicate &&
    sameShape(target.nodes[0]!.shape, item.nodes[0]!.shape) &&
    target.nodes.length + item.nodes.length <= maxOps
  return fits ? target : undefined
}

/** How often each node is read by the block or kept after it; nodes of other blocks are absent. */
function countUses(order: readonly Node[], kept: readonly Node[]): Map<Node, number> {
  const uses = new Map<Node, number>(order.map((n) => [n, 0]))
  for (const n of [...order.flatMap((node) => node.inputs), ...kept]) {
    const known = uses.get(n)
    if (known !== undefined) uses.set(n, known + 1)
  }
  return uses
}

/** What takes an addend, the one that gains most first. */
const addable = ['matmul', 'gather', 'sum']

/** Additions that become the addend of an operation used nowhere else: addition -> operation. */
function swallowProducts(
  order: readonly Node[],
  uses: ReadonlyMap<Node, number>,
  guards: Guards,
): Map<Node, Node> {
  // Of two products the one that may be skipped: the other one is then what it leaves.
  const skipped = (n: Node) => +(guards.get(n)?.closed === 0)
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

/** Sums of a multiplication used nowhere else, whose factors are in memory anyway (all but one at most, as far as can be told): sum -> multiplication. */
function swallowFactors(order: readonly Node[], uses: ReadonlyMap<Node, number>): Map<Node, Node> {
  const found = new Map<Node, Node>()
  for (const node of order) {
    const [product] = node.inputs
    if (node.op !== 'sum' || product!.op !== 'mul' || uses.get(product!) !== 1) continue
    const [a, b] = product!.inputs as [Node, Node]
    const made = (n: Node) => uses.get(n) === 1 && isElementwise(n)
    const whole = sameShape(a.shape, product!.shape) && sameShape(b.shape, product!.shape)
    if (whole && (a === b || !made(a) || !made(b))) found.set(node, product!)
  }
  return found
}

/** The latest elementwise item of the same shape before which all inputs of `node` are ready (or which makes them itself). */
function joinable(
  node: Node,
  items: readonly Item[],
  itemOf: ReadonlyMap<Node, number>,
  guards: Guards,
): number | undefined {
  let earliest = 0
  const predicate = guards.get(node)?.predicate
  for (const n of predicate ? [...node.inputs, predicate] : node.inputs) {
    const direct = itemOf.get(n)
    const at = itemOf.get(baseOf(n))
    if (at === undefined) continue
    const sameItem = direct !== undefined && items[direct]!.kind === 'ew' && sameShape(n.shape, node.shape)
    earliest = Math.max(earliest, sameItem ? at : at + 1)
  }
  for (let i = items.length - 1; i >= earliest; i--) {
    const item = items[i]!
    const fits = sameShape(item.nodes[0]!.shape, node.shape) && item.predicate === predicate
    if (item.kind === 'ew' && item.nodes.length < maxOps && fits) return i
  }
  return undefined
}
