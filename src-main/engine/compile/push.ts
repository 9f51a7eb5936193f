// Forward-mode differentiation of a graph: how results move when values move, J v. Graph in, graph out. It has no rules of its own: a
// gradient is linear in what flows back, so the gradient of a gradient along that is the push.
import { least } from '../../contract/longLists.ts'
import { makeNode, topological, type Node } from '../graph/node.ts'
import { zeros } from '../graph/ops.ts'
import { scanInit, scanXs } from '../graph/scan.ts'
import { adjoints } from './derive.ts'
import { gradientRules } from './gradients.ts'
import { findActiveStates, SecondPass } from './secondPass.ts'

/** d`root` for each root when each seed [x, dx] moves x by dx (its own inputs do not matter then); null where nothing moves. */
export function push(seeds: readonly (readonly [Node, Node])[], roots: readonly Node[]): (Node | null)[] {
  const moved = new Map<Node, Node>(seeds)
  const oldest = least(seeds.map(([x]) => x.id))
  const given = new Set(moved.keys())
  const order = topological(roots, (n) => n.id < oldest || given.has(n))
  const outs = Map.groupBy(order.filter((n) => n.op === 'out'), (n) => n.inputs[0]!) // prettier-ignore
  for (const node of order) {
    if (given.has(node) || node.op === 'out' || !node.inputs.some((n) => moved.has(n))) continue
    if (node.op === 'scan') {
      for (const [out, d] of pushScan(node, outs.get(node)!, moved)) moved.set(out, d)
      continue
    }
    const d = pushed(node, moved)
    if (d) moved.set(node, d)
  }
  return roots.map((r) => moved.get(r) ?? null)
}

/** The rule of the op: the gradients of its inputs for a symbolic dy, weighted by how the inputs move, derived by dy. */
function pushed(node: Node, moved: ReadonlyMap<Node, Node>): Node | null {
  const rule = gradientRules[node.op]
  if (!rule) throw new TypeError(`push: no gradient rule for ${node.op}`)
  const dy = makeNode('slot', [], node.shape, { name: 'dy' })
  const seeds = rule(dy, node).flatMap((g, i): [Node, Node][] => {
    const d = moved.get(node.inputs[i]!)
    return g && d ? [[g, d]] : []
  })
  return adjoints(seeds, [dy], false)[0]!
}

/** How the results of a scan move: a scan in the same direction over what the first one saved. */
function pushScan(scanned: Node, outs: readonly Node[], moved: ReadonlyMap<Node, Node>): [Node, Node][] {
  const body = scanned.attrs.body!
  const [xs, init] = [scanXs(scanned), scanInit(scanned)]
  const pass = new SecondPass(scanned, body.reverse)
  const states = findActiveStates(scanned, moved)
  const slots = states.map((k) => pass.carry(moved.get(init[k]!) ?? zeros(init[k]!.shape)))
  const seeds: [Node, Node][] = states.map((k, at) => [body.state[k]!, slots[at]!])
  xs.forEach((x, i) => moved.has(x) && seeds.push([body.xs[i]!, pass.read(moved.get(x)!)]))
  for (const c of scanned.inputs.slice(xs.length + init.length))
    if (moved.has(c)) seeds.push([c, moved.get(c)!])

  const stacks = outs.filter((o) => o.attrs.kind === 'ys')
  const local = push(seeds, [...states.map((k) => body.next[k]!), ...stacks.map((o) => body.ys[o.attrs.index!]!)]) // prettier-ignore
  states.forEach((k, at) => {
    const d = local[at]
    pass.setNext(slots[at]!, d ? pass.rebuild(d) : zeros(body.state[k]!.shape))
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
