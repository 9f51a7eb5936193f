// What a node means to people: `0.i`, `d layers.0.w_hh`. Kept beside the graph, so that no pass can depend on it. Passes that rebuild a
// node hand its attributes on, and with them its name and where it came from.
import type { Attrs, Node } from './node.ts'

const names = new WeakMap<Attrs, string>()

/** Gives a node a name, unless it has one; returns it. */
export function named(node: Node, name: string): Node {
  if (!names.has(node.attrs)) names.set(node.attrs, name)
  return node
}

/** The name given to this node or to the one it was rebuilt from; of inputs and states their own; else ''. */
export const nameOf = (node: Node): string =>
  names.get(node.attrs) ?? (node.op === 'input' || node.op === 'state' ? (node.attrs.name ?? '') : '')
