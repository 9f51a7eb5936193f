// Derived scans: the vjp of a scan (vjpScan.ts, opposite direction) and its jvp (jvp.ts, same direction) are scans over values of the primal
// one. `saved` stacks a primal value over time, `decide` chooses values to rematerialise because computing them is cheaper than storing them,
// `rebuild` rewrites expressions onto placeholders of the derived step.
import { least } from '../../contract/longLists.ts'
import { makeNode, topological, type Body, type Node } from '../graph/node.ts'
import { add, matmul, neg, reshape, scatterAdd, sum, transpose, zeros } from '../graph/ops.ts'
import { elements } from './program.ts'
import { insideOf, repeatOverTime, scanFinal, scanInit, scanNode, scanStack, scanXs } from '../graph/scan.ts'

/** Ops without computation: the derived scan repeats them on a saved input instead of saving their result. */
const viewOps = new Set(['slice', 'reshape', 'transpose', 'broadcast', 'stop'])

/** Ops cheap enough to rematerialise: one operation instead of writing and reading a stack over time. */
const cheap = new Set(['add', 'sub', 'mul', 'div', 'neg'])

/** Indices of the states that a derivative can flow through: the smallest set closed under "depends on an active node". */
export function findActiveStates(scanned: Node, active: { has(node: Node): boolean }): number[] {
  const body = scanned.attrs.body!
  const [xs, init] = [scanXs(scanned), scanInit(scanned)]
  const captures = scanned.inputs.slice(xs.length + init.length)
  const found = new Set<number>(init.flatMap((s, k) => (active.has(s) ? [k] : [])))
  const { inside } = insideOf(body)
  for (let before = -1; before !== found.size;) {
    before = found.size
    const live = new Set<Node>([
      ...captures.filter((c) => active.has(c)),
      ...body.xs.filter((_, i) => active.has(xs[i]!)),
    ])
    for (const k of found) live.add(body.state[k]!)
    for (const node of inside) if (node.inputs.some((n) => live.has(n))) live.add(node)
    body.next.forEach((n, k) => {
      if (live.has(n)) found.add(k)
    })
  }
  return [...found].sort((a, b) => a - b)
}

/** Builds the step of a derived scan out of expressions over values of the primal step. */
export class DerivedScan {
  private readonly primal: Node
  private readonly primalBody: Body
  private readonly reverse: boolean
  private readonly seen: (stack: Node) => Node
  private readonly inside: Set<Node>
  /** Id of the primal scan's first placeholder: nodes with smaller ids depend on neither step. */
  private readonly firstId: number
  private readonly xs: { placeholder: Node; outer: Node }[] = []
  private readonly states: { placeholder: Node; init: Node; next: Node }[] = []
  private readonly ys: Node[] = []
  private readonly memo = new Map<Node, Node>()
  /** Values of the primal step that the derived one rematerialises. */
  private readonly rematerialised = new Set<Node>()
  /** Nodes of the derived step that depend on t. */
  private readonly varying = new Set<Node>()
  private scanned: Node | undefined

  /** `seen`: maps a saved stack (T, ...) to the one that the derived step reads. */
  constructor(primal: Node, reverse: boolean, seen: (stack: Node) => Node = (stack) => stack) {
    this.seen = seen
    this.primal = primal
    this.primalBody = primal.attrs.body!
    this.reverse = reverse
    const placeholders = [...this.primalBody.xs, ...this.primalBody.state]
    this.inside = new Set([...insideOf(this.primalBody).inside, ...placeholders])
    this.firstId = Math.min(primal.id, least(placeholders.map((s) => s.id)))
  }

  /** A placeholder for the slices of `outer` (T, ...). */
  read(outer: Node): Node {
    const known = this.xs.find((x) => x.outer === outer)
    if (known) return known.placeholder
    const placeholder = makeNode('placeholder', [], outer.shape.slice(1), { name: `x${this.xs.length}` })
    this.xs.push({ placeholder, outer })
    this.varying.add(placeholder)
    return placeholder
  }

  /** A placeholder for a state of the derived scan; setNext sets its value after the step. */
  carry(init: Node): Node {
    const placeholder = makeNode('placeholder', [], init.shape, { name: `s${this.states.length}` })
    this.states.push({ placeholder, init, next: placeholder })
    this.varying.add(placeholder)
    return placeholder
  }

  setNext(placeholder: Node, next: Node): void {
    this.states.find((s) => s.placeholder === placeholder)!.next = next
  }

  /** Chooses the values to rematerialise, given all expressions of the derived step. Without this call, all are saved. */
  chooseRematerialised(roots: readonly Node[]): void {
    const needed = new Set<Node>()
    for (const node of topological(roots, (n) => n.id < this.firstId || this.isSaved(n)))
      if (this.isSaved(node)) needed.add(node)
    // Twice: a value saved for one node may allow another to be rematerialised from it.
    for (let round = 0; round < 2; round++)
      for (const node of [...needed].sort((a, b) => a.id - b.id)) this.decide(node, needed)
  }

  private isSaved(node: Node): boolean {
    return this.inside.has(node) && !viewOps.has(node.op)
  }

  /** Rematerialises a node if all its inputs are saved, or if one input of the same size can be saved instead. */
  private decide(node: Node, needed: Set<Node>): void {
    const { xs, state, next, ys } = this.primalBody
    const kept = [...xs, ...state, ...next, ...ys]
    if (!cheap.has(node.op) || kept.includes(node) || this.rematerialised.has(node)) return
    const size = elements(node.shape)
    const sources = new Set(node.inputs.map((n) => this.source(n)).filter((n) => this.inside.has(n)))
    const large = [...sources].filter((n) => 8 * elements(n.shape) > size)
    const missing = large.filter((n) => !kept.includes(n) && !needed.has(n))
    // An addition is fused into the product before it; saving the product alone would need another pass over memory.
    const fusedAddition = node.op === 'add' && large.some((n) => ['matmul', 'gather', 'sum'].includes(n.op))
    if (missing.length > 1 || (missing.length === 1 && (large.length > 1 || fusedAddition))) return
    if (missing.length === 0 && sources.size === 0) return
    this.rematerialised.add(node)
    for (const n of sources) {
      needed.add(n)
      this.decide(n, needed)
    }
  }

  /** The node that a chain of view ops in the primal step reads. */
  private source(node: Node): Node {
    let n = node
    while (this.inside.has(n) && viewOps.has(n.op)) n = n.inputs[0]!
    return n
  }

  /** An expression over values of the primal step, rewritten onto placeholders of the derived one. */
  rebuild(node: Node): Node {
    const known = this.memo.get(node)
    if (known) return known
    const result = this.rebuildNew(node)
    this.memo.set(node, result)
    return result
  }

  private rebuildNew(node: Node): Node {
    if (this.varying.has(node) || node.id < this.firstId) return node
    const isPrimal = this.inside.has(node) || (node.op === 'out' && this.inside.has(node.inputs[0]!))
    if (isPrimal && !viewOps.has(node.op) && !this.rematerialised.has(node))
      return this.read(this.seen(this.saved(node)))
    const inputs = node.inputs.map((n) => this.rebuild(n))
    const same = inputs.every((n, i) => n === node.inputs[i])
    if (same && !inputs.some((n) => this.varying.has(n))) return node
    if (node.op === 'scan') return this.rebuildScan(node, inputs)
    const result = same ? node : makeNode(node.op, inputs, node.shape, node.attrs)
    this.varying.add(result)
    return result
  }

  /** A scan nested in the derived step, whose body refers to values of the primal step. */
  private rebuildScan(node: Node, inputs: Node[]): Node {
    const body = node.attrs.body!
    const placeholders = new Set([...body.xs, ...body.state])
    for (const s of placeholders) this.memo.set(s, s)
    for (const s of placeholders) this.varying.add(s)
    const next = body.next.map((n) => this.rebuild(n))
    const ys = body.ys.map((n) => this.rebuild(n))
    const nx = body.xs.length
    const result = scanNode(
      { ...body, next, ys },
      inputs.slice(0, nx),
      inputs.slice(nx, nx + body.state.length),
    ).node
    for (const s of placeholders) this.varying.delete(s)
    this.varying.add(result)
    return result
  }

  /** A value of the primal step stacked over time, (T, ...), as a node outside of both scans. */
  private saved(node: Node): Node {
    const i = this.primalBody.xs.indexOf(node)
    if (i >= 0) return scanXs(this.primal)[i]!
    let j = this.primalBody.ys.indexOf(node)
    if (j < 0) j = this.primalBody.ys.push(node) - 1
    return this.stacks.get(j) ?? this.remember(j)
  }

  private readonly stacks = new Map<number, Node>()
  private remember(j: number): Node {
    const stack = scanStack(this.primal, j)
    this.stacks.set(j, stack)
    return stack
  }

  /** After finish(): `node` for every t, (T, ...). */
  stackLater(node: Node): () => Node {
    const direct = this.xs.find((x) => x.placeholder === node)
    if (direct) return () => direct.outer
    if (!this.varying.has(node)) return () => repeatOverTime(node, this.primalBody.length)
    let j = this.ys.indexOf(node)
    if (j < 0) j = this.ys.push(node) - 1
    return () => scanStack(this.scanned!, j)
  }

  /**
   * After finish(): the sum of `g` over all t. Products, sums over rows and scatter-adds are computed after the loop; the rest
   * accumulates in a state.
   */
  sumOverTime(g: Node): () => Node {
    const [a, b] = g.inputs
    const outside = (f: (x: Node) => Node) => {
      const inner = this.sumOverTime(a!)
      return () => f(inner())
    }
    if (!this.varying.has(g)) {
      return () => sum(repeatOverTime(g, this.primalBody.length), [0])
    }
    if (g.op === 'add' && a!.shape.length === g.shape.length && b!.shape.length === g.shape.length) {
      const [x, y] = [this.sumOverTime(a!), this.sumOverTime(b!)]
      return () => add(x(), y())
    }
    if (g.op === 'neg') return outside(neg)
    if (g.op === 'transpose') return outside(transpose)
    if (g.op === 'reshape') return outside((x) => reshape(x, g.shape))
    if (g.op === 'matmul' && a!.op === 'transpose') {
      const [left, right] = [this.stackLater(a!.inputs[0]!), this.stackLater(b!)]
      const fold = (x: Node) => reshape(x, [x.shape[0]! * x.shape[1]!, x.shape[2]!])
      return () => matmul(transpose(fold(left())), fold(right()))
    }
    if (g.op === 'sum') {
      const stack = this.stackLater(a!)
      return () => sum(stack(), [0, ...g.attrs.axes!.map((d) => d + 1)])
    }
    if (g.op === 'scatterAdd') {
      const [rows, ids] = [this.stackLater(a!), this.stackLater(b!)]
      return () => scatterAdd(rows(), ids(), g.attrs.size!)
    }
    const placeholder = this.carry(zeros(g.shape))
    this.setNext(placeholder, add(placeholder, g))
    const k = this.states.length - 1
    return () => scanFinal(this.scanned!, k)
  }

  /** Creates the derived scan; returns its final states in order of carry(). */
  finish(): Node[] {
    const body: Body = {
      length: this.primalBody.length,
      reverse: this.reverse,
      xs: this.xs.map((x) => x.placeholder),
      state: this.states.map((s) => s.placeholder),
      next: this.states.map((s) => s.next),
      ys: this.ys,
    }
    const { node, state } = scanNode(
      body,
      this.xs.map((x) => x.outer),
      this.states.map((s) => s.init),
    )
    this.scanned = node
    return state
  }
}
