// One bottom-up pass over a graph: common subexpressions are merged, arithmetic with 0 and 1 is simplified, products with one-hot rows
// become look-ups, unread results of scans are eliminated, and hoist.ts moves work out of loops. The given graph is not changed.
import { standsFor } from '../graph/names.ts'
import { makeNode, sameShape, topological, type Attrs, type Node } from '../graph/node.ts'
import { div, gather, matmul, mul, reshape, scatterAdd, transpose } from '../graph/ops.ts'
import { insideOf, scanInit, scanXs } from '../graph/scan.ts'
import { joinPads } from './gradients.ts'
import { elements } from './program.ts'
import { hoist, type Hoisted } from './hoist.ts'
import { onceForRepeatedRows } from './repeatedRows.ts'
import { sumKey } from './stepwiseSums.ts'
import { stackUses, type StackUses } from './uses.ts'

/** Equivalent nodes for `roots`, in the same order. */
export function rewrite(roots: readonly Node[]): Node[] {
  return new Rewriter(stackUses(roots)).all(roots)
}

class Rewriter {
  private readonly memo = new Map<Node, Node>()
  private readonly known = new Map<string, Node>()
  private readonly uses: StackUses
  /** The results of each rewritten scan: the nodes that replace its `ys` and final states. */
  private readonly scans = new Map<Node, Hoisted>()

  constructor(uses: StackUses) {
    this.uses = uses
  }

  all(roots: readonly Node[]): Node[] {
    for (const node of topological(roots)) this.one(node)
    return roots.map((r) => this.memo.get(r)!)
  }

  private one(node: Node): Node {
    const done = this.memo.get(node)
    if (done) return done
    const result = standsFor(this.make(node), node)
    this.memo.set(node, result)
    return result
  }

  private make(node: Node): Node {
    if (node.op === 'scan') {
      this.scans.set(node, this.scan(node))
      return node
    }
    if (node.op === 'out') {
      const result = this.scans.get(node.inputs[0]!)!
      if (node.attrs.kind === 'final') return result.finals[node.attrs.index!]!
      // A stack that is only summed has no other reader: its sums replace it.
      return result.stacks.get(node.attrs.index!) ?? node
    }
    const summed = node.op === 'sum' && this.summed(node)
    if (summed) return summed
    const inputs = node.inputs.map((n) => this.memo.get(n)!)
    const simple = simplify(node, inputs) ?? onceForRepeatedRows(node, inputs)
    return simple ?? this.unique(node, inputs)
  }

  /** Common subexpressions: one node per operation, attributes and inputs. */
  private unique(node: Node, inputs: readonly Node[]): Node {
    if (node.op === 'placeholder') return node
    const key = `${node.op}|${inputs.map((n) => n.id).join()}|${node.shape.join()}|${attrsKey(node.attrs)}`
    const found = this.known.get(key)
    if (found) return found
    const same = inputs.every((n, i) => n === node.inputs[i])
    const result = same ? node : makeNode(node.op, inputs, node.shape, node.attrs)
    this.known.set(key, result)
    return result
  }

  /** The sum over time of a stack, if the loop accumulates it. */
  private summed({ inputs, attrs }: Node): Node | undefined {
    const [stack] = inputs
    if (stack!.op !== 'out' || stack!.attrs.kind !== 'ys') return undefined
    return this.scans.get(stack!.inputs[0]!)?.sums.get(sumKey(stack!.attrs.index!, attrs.axes!))
  }

  private scan(node: Node): Hoisted {
    const body = node.attrs.body!
    for (const placeholder of [...body.xs, ...body.state]) this.memo.set(placeholder, placeholder)
    this.all([...insideOf(body).inside, ...body.next, ...body.ys])
    const at = (n: Node) => this.memo.get(n)!
    return hoist({
      body: { ...body, next: body.next.map(at), ys: body.ys.map(at) },
      xs: scanXs(node).map(at),
      init: scanInit(node).map(at),
      read: this.uses.get(node) ?? new Map(),
    })
  }
}

/** Attributes as a key; not JSON, which writes both NaN and Infinity as null. */
const attrsKey = (a: Attrs): string =>
  [a.name, a.value, Object.is(a.value, -0), a.stream, a.axis, a.start, a.length, a.axes?.join(), a.size]
    .map(String)
    .join('|')

const isConst = (n: Node, value: number): boolean => n.op === 'const' && n.attrs.value === value

/** A cheaper node of the same value and shape, or undefined. */
export function simplify(node: Node, inputs: readonly Node[]): Node | undefined {
  const [a, b] = inputs as [Node, Node]
  const keep = (n: Node) => (sameShape(n.shape, node.shape) ? n : undefined)
  switch (node.op) {
    case 'add':
      return isConst(a, 0) ? keep(b) : isConst(b, 0) ? keep(a) : undefined
    case 'sub':
      return isConst(b, 0) ? keep(a) : undefined
    case 'mul':
      return isConst(a, 1) ? keep(b) : isConst(b, 1) ? keep(a) : undefined
    case 'div':
      if (isConst(b, 1)) return keep(a)
      // One division per row instead of one per element; results may differ in the last bit.
      return sameShape(a.shape, node.shape) && 4 * elements(b.shape) <= elements(a.shape)
        ? mul(a, div(1, b))
        : undefined
    case 'stop':
      return a
    case 'reshape':
      return sameShape(a.shape, node.shape)
        ? a
        : a.op === 'reshape'
          ? reshape(a.inputs[0]!, node.shape)
          : undefined
    case 'transpose':
      if (a.op === 'transpose') return a.inputs[0]!
      // (p q)^T = q^T p^T: the gradient of a weight then has the weight's layout.
      return a.op === 'matmul' && a.inputs[0]!.shape.length === 2
        ? matmul(transpose(a.inputs[1]!), transpose(a.inputs[0]!))
        : undefined
    case 'pad':
      return joinPads([node], [a])
    case 'concat':
      return wholeOf(inputs, node)
    case 'matmul':
      return oneHotProduct(a, b)
    default:
      return undefined
  }
}

/** The value whose consecutive slices `parts` are, if they cover it. */
function wholeOf(parts: readonly Node[], { attrs, shape }: Node): Node | undefined {
  const whole = parts[0]!.inputs[0]
  let at = 0
  const fits = parts.every(({ op, inputs, attrs: { axis, start, length } }) => {
    const next = op === 'slice' && inputs[0] === whole && axis === attrs.axis && start === at
    at += length ?? 0
    return next
  })
  return fits && sameShape(whole!.shape, shape) ? whole : undefined
}

/** onehot(ids) @ w = gather(w, ids); onehot(ids)^T @ d = scatterAdd(d, ids). */
function oneHotProduct(a: Node, b: Node): Node | undefined {
  if (a.op === 'oneHot') return gather(b, a.inputs[0]!)
  if (a.op !== 'transpose') return undefined
  let rows = a.inputs[0]!
  if (rows.op === 'reshape') rows = rows.inputs[0]!
  if (rows.op !== 'oneHot') return undefined
  const ids = rows.inputs[0]!
  return scatterAdd(b, reshape(ids, [b.shape[0]!]), rows.attrs.size!)
}
