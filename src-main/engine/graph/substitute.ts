// Copies of graph nodes in which something is replaced.
import { standsFor } from './names.ts'
import { makeNode, topological, type Attrs, type Node } from './node.ts'
import { scanInit, scanNode, scanXs } from './scan.ts'

/** `roots` rebuilt so that every node in `map` is its replacement; what does not depend on a replaced node is shared. Scans are not entered. */
export function substitute(roots: readonly Node[], map: ReadonlyMap<Node, Node>): Node[] {
  const made = new Map<Node, Node>(map)
  for (const node of topological(roots, (n) => map.has(n))) {
    if (made.has(node)) continue
    const inputs = node.inputs.map((n) => made.get(n)!)
    made.set(node, inputs.every((n, i) => n === node.inputs[i]) ? node : makeNode(node.op, inputs, node.shape, node.attrs)) // prettier-ignore
  }
  return roots.map((r) => made.get(r)!)
}

/** `roots` rebuilt with the attributes that `attrsOf` gives to each node, inside of scans too; what stays the same is shared. */
export function withAttrs(roots: readonly Node[], attrsOf: (node: Node) => Attrs): Node[] {
  const made = new Map<Node, Node>()
  const at = (node: Node) => made.get(node)!
  const visit = (nodes: readonly Node[]) => {
    for (const node of topological(nodes, (n) => made.has(n))) if (!made.has(node)) made.set(node, remade(node)) // prettier-ignore
  }
  const touched = (node: Node): boolean =>
    node.op === 'scan' && results(node).some((n) => attrsOf(n) !== n.attrs || touched(n))
  const remade = (node: Node): Node => {
    const attrs = attrsOf(node)
    const same = attrs === node.attrs && node.inputs.every((n) => n === at(n)) && !touched(node)
    if (same) return node
    if (node.op !== 'scan') return standsFor(makeNode(node.op, node.inputs.map(at), node.shape, attrs), node)
    const body = node.attrs.body!
    for (const slot of [...body.xs, ...body.state]) made.set(slot, makeNode('slot', [], slot.shape, slot.attrs)) // prettier-ignore
    visit([...body.next, ...body.ys])
    const fresh = { ...body, xs: body.xs.map(at), state: body.state.map(at), next: body.next.map(at), ys: body.ys.map(at) } // prettier-ignore
    return scanNode(fresh, scanXs(node).map(at), scanInit(node).map(at)).node
  }
  visit(roots)
  return roots.map(at)
}

/** Nodes that the results of a scan are made of. */
const results = ({ attrs: { body } }: Node): Node[] => topological([...body!.next, ...body!.ys])
