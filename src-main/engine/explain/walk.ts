// Facts about the nodes of a watched compilation: which part of the training step they belong to, which layer a loop is, where a node
// came from. Looks only; makes no nodes.
import type { Section } from '../../contract/programGraph.ts'
import type { Compilation } from '../compile/compile.ts'
import { topological, type Attrs, type Node } from '../graph/node.ts'
import { nameOf, originsOf } from '../graph/names.ts'
import { captured, insideOf } from '../graph/scan.ts'

/** All nodes that `roots` need, insides of loops included, inputs first. */
export function everyNode(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>()
  const found: Node[] = []
  const visit = (at: readonly Node[]) => {
    for (const node of topological(at)) {
      if (seen.has(node)) continue
      seen.add(node)
      if (node.op === 'scan') visit([...node.attrs.body!.next, ...node.attrs.body!.ys])
      found.push(node)
    }
  }
  visit(roots)
  return found
}

const rank: Record<Section, number> = { forward: 0, backward: 1, update: 2 }
/** A call runs where the first of what it computes is wanted. */
export const earliestOf = (sections: readonly Section[]): Section =>
  sections.reduce((a, b) => (rank[b] < rank[a] ? b : a), 'update')

/** Section of every node after rewriting. Gradients are known by their names, `d WEIGHT`. */
export function sectionsOf({ rewritten }: Compilation): (node: Node) => Section {
  const forward = new Set(everyNode([rewritten[0]!]))
  const all = everyNode(rewritten)
  const gradients = all.filter((node) => nameOf(node).startsWith('d ') && !forward.has(node))
  const backward = new Set(everyNode(gradients))
  return (node) => {
    const of = node.op === 'out' ? node.inputs[0]! : node
    return forward.has(of) ? 'forward' : backward.has(of) ? 'backward' : 'update'
  }
}

/** `layers.0`, `layers.1.reverse`, or several: the layers whose weights a loop reads; '' if it reads none. */
export function layerOf(scanned: Node): string {
  const { length } = scanned.attrs.body!.xs
  const captures = captured(scanned.attrs.body!)
  return layersIn(captures) || layersIn(scanned.inputs.slice(0, length))
}

function layersIn(roots: readonly Node[]): string {
  const names = topological(roots, (n) => n.op === 'out').flatMap((n) => {
    const match = n.op === 'state' ? /^layers\.\d+(\.reverse)?(?=\.)/.exec(n.attrs.name!) : null
    return match ? [match[0]] : []
  })
  return [...new Set(names)].sort().join(' + ')
}

/** Nodes by where they came from: every origin of each. */
export function byOrigin(nodes: Iterable<Node>): Map<Attrs, Node[]> {
  const found = new Map<Attrs, Node[]>()
  for (const node of nodes) {
    for (const origin of originsOf(node)) {
      const list = found.get(origin)
      if (list) list.push(node)
      else found.set(origin, [node])
    }
  }
  return found
}

/** Nodes computed in one step of a loop, placeholders left out. */
export const insideNodes = (scanned: Node): Node[] => insideOf(scanned.attrs.body!).inside
