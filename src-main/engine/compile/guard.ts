// What need not be computed while a predicate is 0 everywhere, decided from the graph alone: what matters only under it, and what is
// then known without being computed: select(p, a, b) is b, a product with its 0 is 0, a sum is its other term.
import { sameShape, type Node } from '../graph/node.ts'
import type { Demand } from './demand.ts'
import { predicateOf } from './demand.ts'

/** Why a node is not computed while `predicate` is 0 everywhere. */
export interface Guard {
  predicate: Node
  /** What its value then is: one of its inputs, or 0; absent where nobody asks. */
  closed?: Node | 0
}
export type Guards = ReadonlyMap<Node, Guard>

/** Guards of the nodes of a loop's step. Only what spares a product is guarded; of several predicates that could the one that fewest depend on. */
export function guardsOf(order: readonly Node[], demand: Demand): Guards {
  const predicates = new Set(order.flatMap((n) => (n.op === 'select' ? (predicateOf(n) ?? []) : [])))
  const regions = [...predicates].map((p) => regionOf(p, order, demand)).sort((a, b) => a.size - b.size)
  const found = new Map<Node, Guard>()
  for (const region of regions) {
    const own = [...region].filter(([node]) => !found.has(node))
    if (own.some(([node]) => node.op === 'matmul')) for (const [node, guard] of own) found.set(node, guard)
  }
  return found
}

function regionOf(predicate: Node, order: readonly Node[], demand: Demand): Map<Node, Guard> {
  const region = new Map<Node, Guard>()
  for (const node of order) {
    // Memory of a loop is made before it, so a loop is never a part of a guard.
    if (node.op === 'scan' || node.op === 'out') continue
    const closed = closedValue(node, predicate, region)
    if (demand.of(node).has(predicate)) region.set(node, { predicate })
    else if (closed !== undefined) region.set(node, { predicate, closed })
  }
  return region
}

/** Ops that make 0 of 0, whatever their other inputs are. */
const keepsZero = new Set([
  'neg',
  'mul',
  'matmul',
  'slice',
  'transpose',
  'reshape',
  'broadcast',
  'sum',
  'stop',
])

function closedValue(node: Node, predicate: Node, region: ReadonlyMap<Node, Guard>): Node | 0 | undefined {
  const isZero = (n: Node) => region.get(n)?.closed === 0 || (n.op === 'const' && n.attrs.value === 0)
  const [a, b, c] = node.inputs as [Node, Node, Node]
  const chosen = (n: Node) => (isZero(n) ? 0 : n)
  if (node.op === 'select' && predicateOf(node) === predicate) return chosen(c)
  if (!node.inputs.some((n) => region.get(n)?.closed === 0)) return undefined
  if (node.op === 'select') return isZero(b) && isZero(c) ? 0 : undefined
  if (node.op === 'concat') return node.inputs.every(isZero) ? 0 : undefined
  if (node.op === 'div') return isZero(a) ? 0 : undefined
  if (keepsZero.has(node.op)) return node.inputs.some(isZero) ? 0 : undefined
  const same = (n: Node) => (sameShape(n.shape, node.shape) ? chosen(n) : undefined)
  if (node.op === 'add') return isZero(a) ? same(b) : same(a)
  return node.op === 'sub' && isZero(b) ? same(a) : undefined
}

/** The same nodes, each behind its inputs and the predicate of its guard. */
export function behindGuards(order: readonly Node[], guards: Guards): Node[] {
  if (guards.size === 0) return [...order]
  const left = new Set(order)
  const sorted: Node[] = []
  const visit = (node: Node): void => {
    if (!left.delete(node)) return
    const guard = guards.get(node)
    if (guard) visit(guard.predicate)
    node.inputs.forEach(visit)
    sorted.push(node)
  }
  order.forEach(visit)
  return sorted
}
