// The work of a scan that moves before its loop: which nodes are computed for all steps at once, and the body that reads them instead.
import { standsFor } from '../graph/names.ts'
import { makeNode, type Body, type Node } from '../graph/node.ts'
import { add, gather } from '../graph/ops.ts'
import { insideOf, scanNode } from '../graph/scan.ts'
import { computeOverTime } from './computeOverTime.ts'

/** Ops worth storing a stack: one large product instead of T small ones. Others are cheaper next to their reader. */
const worthStacking = new Set(['matmul', 'oneHot'])

/**
 * Finds the nodes of a body that depend on its inputs alone, computes them for all steps and rewrites the rest onto placeholders for
 * them.
 */
export class Hoister {
  /** Node of the body that depends on inputs alone -> its value for all t, (T, ...). */
  private readonly lifted = new Map<Node, Node>()
  /** Nodes worth hoisting: the inputs, heavy ops, and additions to hoisted products. */
  private readonly worthHoisting = new Set<Node>()
  readonly placeholders: Node[] = []
  readonly outers: Node[] = []
  private readonly body: Body
  private readonly dependent: Set<Node>
  private readonly placeholderOf = new Map<Node, Node>()
  private readonly memo = new Map<Node, Node>()

  constructor(body: Body, xs: readonly Node[]) {
    this.body = body
    const { inside } = insideOf(body)
    this.dependent = new Set([...inside, ...body.xs, ...body.state])
    body.xs.forEach((placeholder, i) => {
      this.lifted.set(placeholder, xs[i]!)
      this.worthHoisting.add(placeholder)
    })
    for (const node of inside) {
      const result = computeOverTime(node, this.lifted, this.dependent, body.length)
      if (!result) continue
      this.lifted.set(node, standsFor(result, node))
      const addsToProduct =
        node.op === 'add' && node.inputs.some((n) => this.worthHoisting.has(n) && !body.xs.includes(n))
      if (worthStacking.has(node.op) || addsToProduct) this.worthHoisting.add(node)
    }
  }

  varies(node: Node): boolean {
    return this.dependent.has(node)
  }

  /** The value for all t of a node that is computed before the loop. */
  moved(node: Node): Node | undefined {
    return this.worthHoisting.has(node) ? this.lifted.get(node) : undefined
  }

  /** The value seen from outside the loop: as `moved`, and also of look-ups and slices of such values, which are cheap to repeat there. */
  outside(node: Node): Node | undefined {
    const free = node.op === 'gather' || (node.op === 'slice' && this.outside(node.inputs[0]!))
    return free ? this.lifted.get(node) : this.moved(node)
  }

  /** The node inside the new body; a hoisted one is read from its stack. */
  inside(node: Node): Node {
    if (!this.dependent.has(node) || this.body.state.includes(node)) return node
    const known = this.memo.get(node)
    if (known) return known
    const outer = this.moved(node)
    const result = outer ? (this.lookedUp(outer) ?? this.placeholder(node, outer)) : this.rebuild(node)
    this.memo.set(node, result)
    return result
  }

  /** A look-up of rows by the ids of all steps, possibly with vectors added -> the look-up of one step, so that the rows need no stack. */
  private lookedUp(outer: Node): Node | undefined {
    const vectors: Node[] = []
    let rows = outer
    while (rows.op === 'add') {
      const [a, b] = rows.inputs as [Node, Node]
      const vector = a.shape.length <= 1 ? a : b
      if (vector.shape.length > 1) return undefined
      vectors.push(vector)
      rows = vector === a ? b : a
    }
    const [table, ids] = rows.inputs
    if (rows.op !== 'gather' || ids!.shape[0] !== this.body.length || ids!.shape.length < 2) return undefined
    const placeholder = makeNode('placeholder', [], ids!.shape.slice(1), {
      name: `x${this.placeholders.length}`,
    })
    const found = standsFor(gather(table!, this.placeholder(placeholder, ids!)), rows)
    if (vectors.length === 0) return standsFor(found, outer)
    const bias = vectors.reduce((sum, vector) => add(sum, vector))
    return standsFor(add(bias, found), outer)
  }

  private placeholder(node: Node, outer: Node): Node {
    const known = this.placeholderOf.get(outer)
    if (known) return known
    const placeholder = this.body.xs.includes(node)
      ? node
      : makeNode('placeholder', [], node.shape, { name: `x${this.placeholders.length}` })
    this.placeholderOf.set(outer, standsFor(placeholder, node))
    this.placeholders.push(placeholder)
    this.outers.push(outer)
    return placeholder
  }

  private rebuild(node: Node): Node {
    const inputs = node.inputs.map((n) => this.inside(n))
    if (inputs.every((n, i) => n === node.inputs[i])) return node
    if (node.op !== 'scan') return makeNode(node.op, inputs, node.shape, node.attrs)
    const body = node.attrs.body!
    for (const s of [...body.xs, ...body.state]) this.memo.set(s, s)
    for (const n of insideOf(body).inside) this.dependent.add(n)
    const nx = body.xs.length
    const next = body.next.map((n) => this.inside(n))
    const ys = body.ys.map((n) => this.inside(n))
    return scanNode({ ...body, next, ys }, inputs.slice(0, nx), inputs.slice(nx, nx + body.state.length)).node
  }
}
