// If-regions: nodes that need not be computed while a predicate is 0 everywhere, because they are not live then (conditionalLiveness.ts) or
// because their value is known: select(p, a, b) is b, a product with a factor 0 is 0, a sum with a term 0 is its other term.
import { sameShape, type Node } from '../graph/node.ts'
import type { ConditionalLiveness } from './conditionalLiveness.ts'
import { predicateOf } from './conditionalLiveness.ts'

/** The region of a node: it is skipped while `predicate` is 0 everywhere. */
export interface IfRegion {
  predicate: Node
  /** The node's value when the predicate is 0 everywhere: one of its inputs, or 0; undefined if it is not read then. */
  whenFalse?: Node | 0
}
export type IfRegions = ReadonlyMap<Node, IfRegion>

/**
 * Assigns nodes of a loop body to if-regions. A region must skip at least one matrix product; a node that fits several gets the smallest.
 */
export function ifRegionsOf(order: readonly Node[], liveness: ConditionalLiveness): IfRegions {
  const predicates = new Set(order.flatMap((n) => (n.op === 'select' ? (predicateOf(n) ?? []) : [])))
  const candidates = [...predicates].map((p) => regionOf(p, order, liveness)).sort((a, b) => a.size - b.size)
  const found = new Map<Node, IfRegion>()
  for (const candidate of candidates) {
    const own = [...candidate].filter(([node]) => !found.has(node))
    if (own.some(([node]) => node.op === 'matmul')) for (const [node, region] of own) found.set(node, region)
  }
  return found
}

function regionOf(
  predicate: Node,
  order: readonly Node[],
  liveness: ConditionalLiveness,
): Map<Node, IfRegion> {
  const region = new Map<Node, IfRegion>()
  for (const node of order) {
    // The memory of a loop is allocated before it, so a region never contains a loop.
    if (node.op === 'scan' || node.op === 'out') continue
    const whenFalse = valueWhenFalse(node, predicate, region)
    if (liveness.of(node).has(predicate)) region.set(node, { predicate })
    else if (whenFalse !== undefined) region.set(node, { predicate, whenFalse })
  }
  return region
}

/** Ops whose result is 0 if one input is 0. */
const zeroPreserving = new Set([
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

function valueWhenFalse(
  node: Node,
  predicate: Node,
  region: ReadonlyMap<Node, IfRegion>,
): Node | 0 | undefined {
  const isZero = (n: Node) => region.get(n)?.whenFalse === 0 || (n.op === 'const' && n.attrs.value === 0)
  const [a, b, c] = node.inputs as [Node, Node, Node]
  const chosen = (n: Node) => (isZero(n) ? 0 : n)
  if (node.op === 'select' && predicateOf(node) === predicate) return chosen(c)
  if (!node.inputs.some((n) => region.get(n)?.whenFalse === 0)) return undefined
  if (node.op === 'select') return isZero(b) && isZero(c) ? 0 : undefined
  if (node.op === 'concat') return node.inputs.every(isZero) ? 0 : undefined
  if (node.op === 'div') return isZero(a) ? 0 : undefined
  if (zeroPreserving.has(node.op)) return node.inputs.some(isZero) ? 0 : undefined
  const same = (n: Node) => (sameShape(n.shape, node.shape) ? chosen(n) : undefined)
  if (node.op === 'add') return isZero(a) ? same(b) : same(a)
  return node.op === 'sub' && isZero(b) ? same(a) : undefined
}

/** The same nodes in an order in which each follows its inputs and the predicate of its region. */
export function afterPredicates(order: readonly Node[], regions: IfRegions): Node[] {
  if (regions.size === 0) return [...order]
  const left = new Set(order)
  const sorted: Node[] = []
  const visit = (node: Node): void => {
    if (!left.delete(node)) return
    const region = regions.get(node)
    if (region) visit(region.predicate)
    node.inputs.forEach(visit)
    sorted.push(node)
  }
  order.forEach(visit)
  return sorted
}
