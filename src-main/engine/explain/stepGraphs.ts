// The steps of a network as written: one graph per loop of the forward pass, with the placement and the call of every node in the compiled
// program. A window on a weight is drawn as the weight; constants are part of the label of their reader.
import { splitLayer, stepKey } from '../../contract/layerPath.ts'
import type { NodeKind, NodePlace, StepGraph, StepNode } from '../../contract/programGraph.ts'
import type { Compilation } from '../compile/compile.ts'
import type { Block } from '../compile/block.ts'
import { isElementwise, isWindow, nodesOf } from '../compile/schedule.ts'
import { topological, type Attrs, type Node } from '../graph/node.ts'
import { nameOf, originsOf } from '../graph/names.ts'
import { insideOf } from '../graph/scan.ts'
import { byOrigin, everyNode, insideNodes, layersOf, loopNames } from './walk.ts'

/** The loops of the forward pass before rewriting that step through layers, outermost ones, in order. */
export const forwardScans = ({ roots }: Compilation): Node[] =>
  topological([roots[0]!]).filter((node) => node.op === 'scan' && layersOf(node).length > 0)

/** One graph per loop of the forward pass. */
export function stepGraphs(compilation: Compilation): StepGraph[] {
  const outermost = topological(compilation.rewritten)
  const loops = everyNode(compilation.rewritten).filter(isScan)
  const loopName = loopNames(compilation)
  return forwardScans(compilation).map((outer) => {
    // On images a loop over columns is nested in a loop over rows; the inner one contains the step of the cell.
    const nested = insideNodes(outer).find(isScan)
    const scanned = nested ?? outer
    const inside = insideNodes(scanned)
    const made = loops
      .map((candidate) => ({ candidate, hits: shared(inside, candidate) }))
      .reduce((a, b) => (b.hits > a.hits ? b : a), { candidate: undefined as Node | undefined, hits: 0 })
    const around = nested ? loops.find((loop) => insideNodes(loop).includes(made.candidate!)) : undefined
    const outside = byOrigin([...outermost, ...(around ? insideNodes(around) : [])])
    const rows = nested ? outer.attrs.body!.length : 1
    return { ...stepGraph(scanned, loopName(outer), outside, made.candidate, compilation.block), rows }
  })
}

const isScan = (node: Node): boolean => node.op === 'scan'

/** Number of nodes of a step that have a descendant in `candidate`. */
function shared(inside: readonly Node[], candidate: Node): number {
  const origins = byOrigin(insideNodes(candidate))
  return inside.filter((node) => origins.has(node.attrs)).length
}

function stepGraph(
  scanned: Node,
  name: string,
  outside: ReadonlyMap<Attrs, Node[]>,
  made: Node | undefined,
  block: Block,
): Omit<StepGraph, 'rows'> {
  const body = scanned.attrs.body!
  const calls = made ? callsOf(made, block) : new Map<Attrs, number>()
  const kept = byOrigin(made ? insideNodes(made) : [])
  const stateful = dependents(body.state, insideOf(body).inside)
  const ids = new Map<Node, number>()
  const nodes: StepNode[] = []
  const edges: StepGraph['edges'] = []
  // If several layers share a loop, names keep the number of the layer.
  const layers = layersOf(scanned)
  const short = (full: string) => {
    const found = splitLayer(full)
    if (!found) return full
    return layers.length > 1 ? `${stepKey(found.layer)}.${found.rest}` : found.rest
  }

  const placeOf = (node: Node): NodePlace => {
    if (isWindow(node)) return 'free'
    if (kept.has(node.attrs)) return 'step'
    if (outside.has(node.attrs)) return 'before'
    // Regrouped additions: terms without a state were hoisted with their product.
    const parts = node.inputs.map((n) => nodes[ids.get(drawn(n)) ?? -1])
    const moved = parts.some((p) => p && p.kind !== 'input' && p.kind !== 'weight' && p.place === 'before')
    return !stateful.has(node) && moved ? 'before' : 'step'
  }
  const put = (node: Node, kind: NodeKind, place: NodePlace, name: string): number => {
    const constants = node.inputs.filter((n) => n.op === 'const')
    const lookedUp = [...(kept.get(node.attrs) ?? []), ...(outside.get(node.attrs) ?? [])].some(
      (n) => n.op === 'gather',
    )
    const op =
      kind === 'weight' || kind === 'input' || kind === 'state'
        ? kind
        : lookedUp
          ? 'gather'
          : labelOf(node, constants)
    const call = originsOf(node).flatMap((at) => calls.get(at) ?? [])[0]
    const shape = [...node.shape]
    nodes.push({
      id: nodes.length,
      op,
      kind,
      name,
      shape,
      place,
      call: place === 'step' ? (call ?? null) : null,
    })
    ids.set(node, nodes.length - 1)
    return nodes.length - 1
  }
  const unnamed = body.xs.filter((placeholder) => nameOf(placeholder) === '')
  const inputName = (placeholder: Node) =>
    short(nameOf(placeholder)) || (unnamed.length > 1 ? `x${unnamed.indexOf(placeholder)}` : 'x')
  for (const placeholder of body.xs) put(placeholder, 'input', 'free', inputName(placeholder))
  body.state.forEach((placeholder, i) =>
    put(placeholder, 'state', 'free', short(nameOf(placeholder)) || `s${i}`),
  )
  const order = topological([...body.next, ...body.ys])
  for (const node of order) {
    if (ids.has(node) || node.op === 'const' || node !== drawn(node)) continue
    if (node.op === 'state' || node.op === 'input' || node.op === 'out') {
      put(node, node.op === 'state' ? 'weight' : 'input', 'free', short(nameOf(node)) || node.op)
      continue
    }
    const place = placeOf(node)
    const to = put(node, kindOf(node), place, short(nameOf(node)))
    for (const input of new Set(node.inputs.map(drawn))) {
      const from = ids.get(input)
      if (from !== undefined) edges.push({ from, to })
    }
  }
  const feedback = body.state.flatMap((placeholder, k) => {
    const from = ids.get(drawn(body.next[k]!))
    return from === undefined || body.next[k] === placeholder ? [] : [{ from, to: ids.get(placeholder)! }]
  })
  const read = new Set([
    ...edges.map((e) => e.from),
    ...edges.map((e) => e.to),
    ...feedback.flatMap((f) => [f.from, f.to]),
  ])
  return {
    name,
    layers,
    steps: body.length,
    reverse: body.reverse,
    nodes: nodes.filter((n) => read.has(n.id)),
    edges,
    feedback,
  }
}

/** Nodes that depend on one of `from`. */
function dependents(from: readonly Node[], order: readonly Node[]): Set<Node> {
  const found = new Set(from)
  for (const node of order) if (node.inputs.some((n) => found.has(n))) found.add(node)
  return found
}

/** The node drawn in place of `node`: for a window on a weight, the weight. */
function drawn(node: Node): Node {
  let base = node
  while (isWindow(base) || base.op === 'stop') base = base.inputs[0]!
  return base.op === 'state' || node.op === 'stop' || node.op === 'broadcast' ? base : node
}

function kindOf(node: Node): NodeKind {
  if (node.op === 'matmul' || node.op === 'gather' || node.op === 'scatterAdd') return 'product'
  if (isWindow(node) || node.op === 'concat') return 'window'
  return isElementwise(node) ? 'pointwise' : 'reduction'
}

const signs: Record<string, string> = { add: '+', sub: '−', mul: '×', div: '÷' }

/** The operation with its constant operand: `1 −`, `× 0.5`. */
function labelOf(node: Node, constants: readonly Node[]): string {
  const sign = signs[node.op] ?? node.op
  if (constants.length === 0) return sign
  const values = constants.map((c) => String(Number(c.attrs.value!.toPrecision(3)))).join(', ')
  if (!signs[node.op]) return `${sign} ${values}`
  return node.inputs[0]!.op === 'const' ? `${values} ${sign}` : `${sign} ${values}`
}

/** Origin -> index of the call in the loop that computes it. */
function callsOf(scanned: Node, block: Block): Map<Attrs, number> {
  const found = new Map<Attrs, number>()
  const body = insideOf(scanned.attrs.body!).inside
  const inner = within(block).find((one) => body.some((node) => one.views.has(node)))
  if (!inner) return found
  let count = 0
  const numbers = new Map<object, number>()
  for (const [, group] of inner.origin) {
    if (!numbers.has(group)) numbers.set(group, count++)
    for (const at of nodesOf(group).flatMap(originsOf)) found.set(at, numbers.get(group)!)
  }
  return found
}

/** The blocks of all loops in a block, outer ones first. */
const within = (block: Block): Block[] => block.loops.flatMap((one) => [one, ...within(one)])

/** Number of graph nodes, loop bodies included. */
export const nodeCount = (roots: readonly Node[]): number => everyNode(roots).length
