// Analysis of the nodes of a compilation: their section of the training step, the layers of a loop, the origins of nodes. Creates no nodes.
import { layerKey, parseLayerKey, splitLayer } from '../../contract/layerPath.ts'
import type { Section } from '../../contract/programGraph.ts'
import type { Compilation } from '../compile/compile.ts'
import { topological, type Attrs, type Node } from '../graph/node.ts'
import { nameOf, originsOf } from '../graph/names.ts'
import { captured, insideOf } from '../graph/scan.ts'

/** All nodes that `roots` depend on, loop bodies included, inputs first. */
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
/** The section of a call: the earliest of its nodes'. */
export const earliestOf = (sections: readonly Section[]): Section =>
  sections.reduce((a, b) => (rank[b] < rank[a] ? b : a), 'update')

/** Section of every rewritten node. Gradients are recognised by their names, `d WEIGHT`. */
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

/** The key of the layer that a weight belongs to; '' if it belongs to none. */
function layerOf(weight: string): string {
  const found = splitLayer(weight)
  return found ? layerKey(found.layer) : ''
}

/** Keys of the layers whose weights a loop reads; [] for loops without weights. */
export function layersOf(scanned: Node): string[] {
  const { length } = scanned.attrs.body!.xs
  const captures = layersIn(captured(scanned.attrs.body!))
  return captures.length > 0 ? captures : layersIn(scanned.inputs.slice(0, length))
}

function layersIn(roots: readonly Node[]): string[] {
  const weights = topological(roots, (n) => n.op === 'out').filter((n) => n.op === 'state')
  return [...new Set(weights.map((n) => layerOf(n.attrs.name!)))].filter(Boolean).sort()
}

/**
 * Names of loops: `layers.0`, or `layers.0 + layers.1` if several layers share a loop. In a network with an encoder, layers without a part
 * belong to the decoder: `encoder, layers.0` and `decoder, layers.0`.
 */
export function loopNames({ roots }: Compilation): (scanned: Node) => string {
  const pair = everyNode(roots).some((n) => n.op === 'state' && n.attrs.name!.startsWith('encoder.'))
  return (scanned) => {
    const layers = layersOf(scanned).map((key) => parseLayerKey(key)!)
    const part = layers[0]?.part ?? (pair ? 'decoder' : '')
    const own = layers.map(({ part: _, ...path }) => layerKey(path)).join(' + ')
    return own && part ? `${part}, ${own}` : own || 'a loop'
  }
}

/** Nodes by origin; a node is listed under each of its origins. */
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

/** Nodes computed in one step of a loop, without placeholders. */
export const insideNodes = (scanned: Node): Node[] => insideOf(scanned.attrs.body!).inside
