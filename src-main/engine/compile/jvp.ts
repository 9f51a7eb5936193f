// Forward-mode differentiation of a graph, graph -> graph: the Jacobian-vector product J v. It has no rules of its own: the vjp dy -> J^T dy
// is linear in dy, so its vjp with respect to dy is the jvp.
import { least } from '../../contract/longLists.ts'
import { makeNode, topological, type Node } from '../graph/node.ts'
import { zeros } from '../graph/ops.ts'
import { scanInit, scanXs } from '../graph/scan.ts'
import { vjp } from './grad.ts'
import { gradientRules } from './gradients.ts'
import { findActiveStates, DerivedScan } from './derivedScan.ts'

/** The tangent of each root, given the tangent dx of each seed [x, dx] (whose inputs are not followed); null if it is 0. */
export function jvp(seeds: readonly (readonly [Node, Node])[], roots: readonly Node[]): (Node | null)[] {
  const tangents = new Map<Node, Node>(seeds)
  const oldest = least(seeds.map(([x]) => x.id))
  const given = new Set(tangents.keys())
  const order = topological(roots, (n) => n.id < oldest || given.has(n))
  const outs = Map.groupBy(
    order.filter((n) => n.op === 'out'),
    (n) => n.inputs[0]!,
  )
  for (const node of order) {
    if (given.has(node) || node.op === 'out' || !node.inputs.some((n) => tangents.has(n))) continue
    if (node.op === 'scan') {
      for (const [out, d] of jvpScan(node, outs.get(node)!, tangents)) tangents.set(out, d)
      continue
    }
    const d = jvpNode(node, tangents)
    if (d) tangents.set(node, d)
  }
  return roots.map((r) => tangents.get(r) ?? null)
}

/** The tangent of one node: the op's vjp rule for a symbolic dy, weighted by the input tangents, differentiated by dy. */
function jvpNode(node: Node, tangents: ReadonlyMap<Node, Node>): Node | null {
  const rule = gradientRules[node.op]
  if (!rule) throw new TypeError(`jvp: no gradient rule for ${node.op}`)
  const dy = makeNode('placeholder', [], node.shape, { name: 'dy' })
  const seeds = rule(dy, node).flatMap((g, i): [Node, Node][] => {
    const d = tangents.get(node.inputs[i]!)
    return g && d ? [[g, d]] : []
  })
  return vjp(seeds, [dy], false)[0]!
}

/** Tangents of the results of a scan: a scan in the same direction over saved values of the primal one. */
function jvpScan(scanned: Node, outs: readonly Node[], tangents: ReadonlyMap<Node, Node>): [Node, Node][] {
  const body = scanned.attrs.body!
  const [xs, init] = [scanXs(scanned), scanInit(scanned)]
  const pass = new DerivedScan(scanned, body.reverse)
  const states = findActiveStates(scanned, tangents)
  const placeholders = states.map((k) => pass.carry(tangents.get(init[k]!) ?? zeros(init[k]!.shape)))
  const seeds: [Node, Node][] = states.map((k, at) => [body.state[k]!, placeholders[at]!])
  xs.forEach((x, i) => tangents.has(x) && seeds.push([body.xs[i]!, pass.read(tangents.get(x)!)]))
  for (const c of scanned.inputs.slice(xs.length + init.length))
    if (tangents.has(c)) seeds.push([c, tangents.get(c)!])

  const stacks = outs.filter((o) => o.attrs.kind === 'ys')
  const local = jvp(seeds, [
    ...states.map((k) => body.next[k]!),
    ...stacks.map((o) => body.ys[o.attrs.index!]!),
  ])
  states.forEach((k, at) => {
    const d = local[at]
    pass.setNext(placeholders[at]!, d ? pass.rebuild(d) : zeros(body.state[k]!.shape))
  })
  const later = stacks.map((_, j) => {
    const d = local[states.length + j]
    return d ? pass.stackLater(pass.rebuild(d)) : null
  })
  const finals = pass.finish()
  return outs.flatMap((out): [Node, Node][] => {
    const d =
      out.attrs.kind === 'ys' ? later[stacks.indexOf(out)]?.() : finals[states.indexOf(out.attrs.index!)]
    return d ? [[out, d]] : []
  })
}
