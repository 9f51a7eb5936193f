// What a node means to people: `0.i`, `d layers.0.w_hh`, and which node it was rebuilt from. Kept beside the graph, so that no pass can
// depend on it: passes hand a node's attributes on, and with them all of this.
import type { Attrs, Node } from './node.ts'

const names = new WeakMap<Attrs, string>()
const sources = new WeakMap<Attrs, Attrs>()
const isLeaf = ({ op }: Node): boolean => op === 'input' || op === 'state' || op === 'const'

/** Gives a node a name, unless it has one; returns it. Inputs and states keep their own. */
export function named(node: Node, name: string): Node {
  if (!isLeaf(node) && !names.has(node.attrs)) names.set(node.attrs, name)
  return node
}

/** Says that `made` stands where `node` stood; returns `made`. */
export function standsFor(made: Node, node: Node): Node {
  const known = isLeaf(made) || sources.has(made.attrs) || originsOf(node).includes(made.attrs)
  if (!known) sources.set(made.attrs, node.attrs)
  return made
}

/** Attributes of the node and of those that it stands for, newest first: equal ones mean the same origin. */
export function originsOf(node: Node): Attrs[] {
  const chain: Attrs[] = []
  for (let at: Attrs | undefined = node.attrs; at; at = sources.get(at)) chain.push(at)
  return chain
}

/** The name given to the node or to one that it stands for; of inputs and states their own; else ''. */
export function nameOf(node: Node): string {
  if (node.op === 'input' || node.op === 'state') return node.attrs.name ?? ''
  for (const at of originsOf(node)) {
    const name = names.get(at)
    if (name) return name
  }
  return ''
}
