// A copy of graph nodes with some of them replaced. Scans are not entered.
import { makeNode, topological, type Node } from './node.ts'

/** `roots` rebuilt so that every node in `map` is its replacement; what does not depend on a replaced node is shared. */
export function substitute(roots: readonly Node[], map: ReadonlyMap<Node, Node>): Node[] {
  const made = new Map<Node, Node>(map)
  for (const node of topological(roots, (n) => map.has(n))) {
    if (made.has(node)) continue
    const inputs = node.inputs.map((n) => made.get(n)!)
    made.set(node, inputs.every((n, i) => n === node.inputs[i]) ? node : makeNode(node.op, inputs, node.shape, node.attrs)) // prettier-ignore
  }
  return roots.map((r) => made.get(r)!)
}
