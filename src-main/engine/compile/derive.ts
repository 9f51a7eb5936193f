// Reverse-mode differentiation of a graph: graph in, graph out. Scans are derived in deriveScan.ts.
import { least } from '../../contract/longLists.ts'
import { named, nameOf } from '../graph/names.ts'
import { describeNode, topological, type Node } from '../graph/node.ts'
import { constant, zeros } from '../graph/ops.ts'
import { deriveScan, type TellMessages } from './deriveScan.ts'
import { gradientRules, sumContributions } from './gradients.ts'

/** dloss/dw for each of `wrt`, zeros where the loss does not depend on it. `loss` is a scalar; TypeError otherwise. `tell` hears of its scans. */
export function derive(loss: Node, wrt: readonly Node[], tell?: TellMessages): Node[] {
  if (loss.shape.length !== 0)
    throw new TypeError(`derive: the loss must be a scalar, got ${describeNode(loss)}`)
  return adjoints([[loss, constant(1)]], wrt, false, tell).map((g, i) => g ?? zeros(wrt[i]!.shape))
}

/**
 * Gradients of `wrt` when each seed [y, dy] says what flows into y. With `leaves`, nothing flows through the wrt nodes themselves:
 * their own inputs are somebody else's business (captured values of a scan).
 */
export function adjoints(
  seeds: readonly (readonly [Node, Node])[],
  wrt: readonly Node[],
  leaves: boolean,
  tell?: TellMessages,
): (Node | null)[] {
  const targets = new Set(wrt)
  // Nodes older than every target depend on none of them.
  const oldest = least(wrt.map((w) => w.id))
  const order = topological(seeds.map(([y]) => y), (n) => n.id < oldest || (leaves && targets.has(n))) // prettier-ignore
  const active = new Set<Node>()
  for (const node of order) if (targets.has(node) || node.inputs.some((n) => active.has(n))) active.add(node)
  const contributions = new Map<Node, Node[]>()
  const receive = (node: Node, g: Node | null) => {
    if (g === null || !active.has(node)) return
    const list = contributions.get(node)
    if (list) list.push(g)
    else contributions.set(node, [g])
  }
  for (const [y, dy] of seeds) receive(y, dy)
  const results = new Map<Node, Node>()
  const outs = new Map<Node, Node[]>()
  for (const node of order.toReversed()) {
    if (!active.has(node)) continue
    if (node.op === 'scan') {
      deriveScan(node, outs.get(node) ?? [], contributions, active, tell).forEach((g, i) =>
        receive(node.inputs[i]!, g),
      )
      continue
    }
    const parts = contributions.get(node)
    if (!parts) continue
    const dy = sumContributions(parts)
    contributions.set(node, [dy])
    if (nameOf(node)) named(dy, `d ${nameOf(node)}`)
    if (targets.has(node)) results.set(node, dy)
    if (targets.has(node) && leaves) continue
    if (node.op === 'out') {
      const scanned = node.inputs[0]!
      outs.set(scanned, [...(outs.get(scanned) ?? []), node])
    } else if (node.inputs.length > 0) {
      const rule = gradientRules[node.op]
      if (!rule) throw new TypeError(`derive: no gradient rule for ${describeNode(node)}`)
      rule(dy, node).forEach((g, i) => receive(node.inputs[i]!, g))
    }
  }
  return wrt.map((w) => results.get(w) ?? null)
}
