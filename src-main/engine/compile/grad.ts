// Reverse-mode differentiation of a graph, graph -> graph. Scans are differentiated in vjpScan.ts.
import { least } from '../../contract/longLists.ts'
import { named, nameOf } from '../graph/names.ts'
import { describeNode, topological, type Node } from '../graph/node.ts'
import { constant, zeros } from '../graph/ops.ts'
import { vjpScan, type OnStateGradients } from './vjpScan.ts'
import { gradientRules, sumContributions } from './gradients.ts'

/**
 * d loss/d w for each w in `wrt`, of the shape of w; zeros if the loss does not depend on it. Throws TypeError if `loss` is not a scalar.
 * `onStateGradients` is called for each top-level scan that is differentiated.
 */
export function grad(loss: Node, wrt: readonly Node[], onStateGradients?: OnStateGradients): Node[] {
  if (loss.shape.length !== 0)
    throw new TypeError(`grad: the loss must be a scalar, got ${describeNode(loss)}`)
  return vjp([[loss, constant(1)]], wrt, false, onStateGradients).map((g, i) => g ?? zeros(wrt[i]!.shape))
}

/**
 * Vector-Jacobian product: the gradients of `wrt`, given the gradient dy of each seed [y, dy]; null if none reaches a node. With `leaves`, the
 * wrt nodes are leaves: no gradient is propagated to their inputs (used for values that a scan captures).
 */
export function vjp(
  seeds: readonly (readonly [Node, Node])[],
  wrt: readonly Node[],
  leaves: boolean,
  onStateGradients?: OnStateGradients,
): (Node | null)[] {
  const targets = new Set(wrt)
  // Nodes older than every target depend on none of them.
  const oldest = least(wrt.map((w) => w.id))
  const order = topological(
    seeds.map(([y]) => y),
    (n) => n.id < oldest || (leaves && targets.has(n)),
  )
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
      vjpScan(node, outs.get(node) ?? [], contributions, active, onStateGradients).forEach((g, i) =>
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
      if (!rule) throw new TypeError(`grad: no gradient rule for ${describeNode(node)}`)
      rule(dy, node).forEach((g, i) => receive(node.inputs[i]!, g))
    }
  }
  return wrt.map((w) => results.get(w) ?? null)
}
