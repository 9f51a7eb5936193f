// Copies of graphs in which nodes or attributes are replaced.
import { standsFor } from './names.ts'
import { makeNode, topological, type Attrs, type Node } from './node.ts'
import { scanInit, scanNode, scanXs } from './scan.ts'

/** `roots` with every node in `map` replaced; nodes that depend on none of them are shared. Scan bodies are not entered. */
export function substitute(roots: readonly Node[], map: ReadonlyMap<Node, Node>): Node[] {
  const copies = new Map<Node, Node>(map)
  for (const node of topological(roots, (n) => map.has(n))) {
    if (copies.has(node)) continue
    const inputs = node.inputs.map((n) => copies.get(n)!)
    copies.set(
      node,
      inputs.every((n, i) => n === node.inputs[i]) ? node : makeNode(node.op, inputs, node.shape, node.attrs),
    )
  }
  return roots.map((r) => copies.get(r)!)
}

/** `roots` with the attributes that `attrsOf` returns for each node, scan bodies included; unchanged nodes are shared. */
export function withAttrs(roots: readonly Node[], attrsOf: (node: Node) => Attrs): Node[] {
  const copies = new Map<Node, Node>()
  const at = (node: Node) => copies.get(node)!
  const visit = (nodes: readonly Node[]) => {
    for (const node of topological(nodes, (n) => copies.has(n)))
      if (!copies.has(node)) copies.set(node, rebuilt(node))
  }
  const touched = (node: Node): boolean =>
    node.op === 'scan' && results(node).some((n) => attrsOf(n) !== n.attrs || touched(n))
  const rebuilt = (node: Node): Node => {
    const attrs = attrsOf(node)
    const same = attrs === node.attrs && node.inputs.every((n) => n === at(n)) && !touched(node)
    if (same) return node
    if (node.op !== 'scan') return standsFor(makeNode(node.op, node.inputs.map(at), node.shape, attrs), node)
    const body = node.attrs.body!
    for (const n of [...body.xs, ...body.state]) copies.set(n, makeNode('placeholder', [], n.shape, n.attrs))
    visit([...body.next, ...body.ys])
    const fresh = {
      ...body,
      xs: body.xs.map(at),
      state: body.state.map(at),
      next: body.next.map(at),
      ys: body.ys.map(at),
    }
    return scanNode(fresh, scanXs(node).map(at), scanInit(node).map(at)).node
  }
  visit(roots)
  return roots.map(at)
}

/** Nodes that the results of a scan depend on, body included. */
const results = ({ attrs: { body } }: Node): Node[] => topological([...body!.next, ...body!.ys])
