// Display names of nodes (`0.i`, `d layers.0.w_hh`) and the nodes that they were rebuilt from. Stored outside the graph, keyed by the attribute
// object that passes copy from node to node, so that no pass can depend on them.
import type { Attrs, Node } from './node.ts'

const names = new WeakMap<Attrs, string>()
const sources = new WeakMap<Attrs, Attrs>()
const isLeaf = ({ op }: Node): boolean => op === 'input' || op === 'state' || op === 'const'

/** Names a node that has no name yet; returns the node. Inputs and states keep their own name. */
export function named(node: Node, name: string): Node {
  if (!isLeaf(node) && !names.has(node.attrs)) names.set(node.attrs, name)
  return node
}

/** Records that `replacement` replaces `node`; returns `replacement`. */
export function standsFor(replacement: Node, node: Node): Node {
  const known =
    isLeaf(replacement) || sources.has(replacement.attrs) || originsOf(node).includes(replacement.attrs)
  if (!known) sources.set(replacement.attrs, node.attrs)
  return replacement
}

/** Attributes of the node and of the nodes that it replaces, newest first; nodes that share an element have the same origin. */
export function originsOf(node: Node): Attrs[] {
  const chain: Attrs[] = []
  for (let at: Attrs | undefined = node.attrs; at; at = sources.get(at)) chain.push(at)
  return chain
}

/** The name of the node or of the newest named node that it replaces; '' if there is none. */
export function nameOf(node: Node): string {
  if (node.op === 'input' || node.op === 'state') return node.attrs.name ?? ''
  for (const at of originsOf(node)) {
    const name = names.get(at)
    if (name) return name
  }
  return ''
}
