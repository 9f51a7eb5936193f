// Which kernel calls a block of nodes becomes, in which order: windows cost nothing, chains of elementwise nodes share one call, an
// addition is swallowed by the product that feeds it. Decides nothing about memory.
import { sameShape, type Node } from '../graph/node.ts'
import { binaryOps, unaryOps } from '../graph/ops.ts'

export type ItemKind = 'ew' | 'gemm' | 'concat' | 'scan' | 'call'

export interface Item {
  kind: ItemKind
  /** What it computes; several only for `ew`. */
  nodes: Node[]
  /** gemm: the product, when `nodes[0]` is the addition that swallowed it. */
  product?: Node
  addend?: Node
}

const elementwise = new Set<string>([...unaryOps, ...binaryOps, 'select', 'uniform'])
const windows = new Set(['slice', 'reshape', 'transpose', 'broadcast'])
/** Registers of one elementwise call are few enough to stay in the first cache. */
const maxOps = 48

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
}

/** `order`: the block's nodes, inputs first. `kept`: nodes whose values must be in memory at the end. */
export function schedule(order: readonly Node[], kept: readonly Node[]): Schedule {
  const items: Item[] = []
  const itemOf = new Map<Node, number>()
  const swallowed = swallowProducts(order, kept)
  const products = new Map([...swallowed].map(([addition, product]) => [product, addition]))
  const push = (item: Item) => {
    items.push(item)
    for (const n of item.nodes) itemOf.set(n, items.length - 1)
  }
  for (const node of order) {
    if (isWindow(node) || node.inputs.length === 0 || node.op === 'out' || products.has(node)) continue
    const product = swallowed.get(node)
    if (product)
      push({ kind: 'gemm', nodes: [node], product, addend: node.inputs.find((n) => n !== product)! })
    else if (node.op === 'matmul') push({ kind: 'gemm', nodes: [node], product: node })
    else if (node.op === 'scan') push({ kind: 'scan', nodes: [node] })
    else if (node.op === 'concat') push({ kind: 'concat', nodes: [node] })
    else if (!isElementwise(node)) push({ kind: 'call', nodes: [node] })
    else {
      const at = joinable(node, items, itemOf)
      if (at === undefined) push({ kind: 'ew', nodes: [node] })
      else {
        items[at]!.nodes.push(node)
        itemOf.set(node, at)
      }
    }
  }
  return { items, itemOf }
}

/** Additions that become the addend of a product used nowhere else: addition -> product. */
function swallowProducts(order: readonly Node[], kept: readonly Node[]): Map<Node, Node> {
  const uses = new Map<Node, number>()
  for (const node of order) for (const n of node.inputs) uses.set(n, (uses.get(n) ?? 0) + 1)
  for (const n of kept) uses.set(n, (uses.get(n) ?? 0) + 1)
  const members = new Set(order)
  const found = new Map<Node, Node>()
  for (const node of order) {
    if (node.op !== 'add') continue
    const candidates = node.inputs.filter(
      (n) => n.op === 'matmul' && members.has(n) && uses.get(n) === 1 && sameShape(n.shape, node.shape),
    )
    const product = candidates[candidates.length - 1]
    const addend = node.inputs.find((n) => n !== product)
    // A (B, N) addend of a (T, B, N) product has no row stride once T and B are folded.
    const foldable = addend && (addend.shape.length <= 1 || sameShape(addend.shape, node.shape))
    if (product && foldable) found.set(node, product)
  }
  return found
}

/** The latest elementwise item of the same shape before which all inputs of `node` are ready (or which makes them itself). */
function joinable(node: Node, items: readonly Item[], itemOf: ReadonlyMap<Node, number>): number | undefined {
  let earliest = 0
  for (const n of node.inputs) {
    const direct = itemOf.get(n)
    const at = itemOf.get(baseOf(n))
    if (at === undefined) continue
    const sameItem = direct !== undefined && items[direct]!.kind === 'ew' && sameShape(n.shape, node.shape)
    earliest = Math.max(earliest, sameItem ? at : at + 1)
  }
  for (let i = items.length - 1; i >= earliest; i--) {
    const item = items[i]!
    if (item.kind === 'ew' && item.nodes.length < maxOps && sameShape(item.nodes[0]!.shape, node.shape))
      return i
  }
  return undefined
}
