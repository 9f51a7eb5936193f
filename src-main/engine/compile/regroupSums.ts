// Reassociation of sums in the body of a scan: terms that do not depend on the state are added to each other first, so that they can move
// out of the loop together: (W x + b) + (U h + c) becomes (W x + b + c) + U h. Regrouping can change the last bits of a sum.
import { standsFor } from '../graph/names.ts'
import { makeNode, type Body, type Node } from '../graph/node.ts'
import { add } from '../graph/ops.ts'
import { insideOf } from '../graph/scan.ts'
import { usesInBody } from './uses.ts'

/** The body with the state-independent terms of every chain of additions added first; the same body if there are none. */
export function regroupSums(body: Body): Body {
  const { inside } = insideOf(body)
  const stateful = new Set<Node>(body.state)
  for (const node of inside) if (node.inputs.some((n) => stateful.has(n))) stateful.add(node)
  const uses = usesInBody(body)
  const terms = (node: Node): Node[] =>
    node.inputs.flatMap((n) =>
      n.op === 'add' && uses.get(n) === 1 && n.shape.length === node.shape.length ? terms(n) : [n],
    )
  const memo = new Map<Node, Node>()
  const at = (n: Node) => memo.get(n) ?? n
  for (const node of inside) {
    const all = node.op === 'add' && stateful.has(node) ? terms(node) : []
    const free = all.filter((n) => !stateful.has(n))
    const bound = all.filter((n) => stateful.has(n))
    const wide = free.some((n) => n.shape.length === node.shape.length)
    if (free.length > 1 && wide) {
      // Biases are added first: their sum becomes the addend of the product.
      const [first, ...rest] = free.toSorted((a, b) => a.shape.length - b.shape.length).map(at)
      const sumOfFree = add(first!, ...rest)
      memo.set(node, standsFor(add(sumOfFree, ...bound.map(at)), node))
    } else if (node.inputs.some((n) => memo.has(n))) {
      memo.set(node, makeNode(node.op, node.inputs.map(at), node.shape, node.attrs))
    }
  }
  if (memo.size === 0) return body
  return { ...body, next: body.next.map(at), ys: body.ys.map(at) }
}
