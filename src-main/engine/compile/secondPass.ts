// A second scan over what a first one went through, in either direction of time: the gradient of a loop (deriveScan.ts) and its
// directional derivative (push.ts) are such scans. What the first one computed is saved and read; only what costs less than its memory
// is computed again.
import { least } from '../../contract/longLists.ts'
import { makeNode, topological, type Body, type Node } from '../graph/node.ts'
import { add, matmul, neg, reshape, scatterAdd, sum, transpose, zeros } from '../graph/ops.ts'
import { elements } from './program.ts'
import { insideOf, repeatOverTime, scanFinal, scanInit, scanNode, scanStack, scanXs } from '../graph/scan.ts'

/** Ops that only re-label memory: the second scan repeats them on a saved input instead of saving their result. */
const viewOps = new Set(['slice', 'reshape', 'transpose', 'broadcast', 'stop'])

/** Worth computing again from saved values: one operation where a stack over time would be written and read. */
const cheap = new Set(['add', 'sub', 'mul', 'div', 'neg'])

/** States that a derivative can flow through: the smallest set closed under "depends on something active". */
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

/** Collects the second step while expressions over values of the first one are rewritten onto its placeholders. */
export class SecondPass {
  private readonly first: Node
  private readonly firstBody: Body
  private readonly reverse: boolean
  private readonly seen: (stack: Node) => Node
  private readonly inside: Set<Node>
  /** Nodes older than this know nothing of either step. */
  private readonly oldest: number
  private readonly xs: { slot: Node; outer: Node }[] = []
  private readonly states: { slot: Node; init: Node; next: Node }[] = []
  private readonly ys: Node[] = []
  private readonly memo = new Map<Node, Node>()
  /** Values of the first step that the second one computes again. */
  private readonly again = new Set<Node>()
  /** Nodes of the second step that change with t. */
  private readonly varying = new Set<Node>()
  private scanned: Node | undefined

  /** `seen`: how the second step sees a saved stack. */
  constructor(first: Node, reverse: boolean, seen: (stack: Node) => Node = (stack) => stack) {
    this.seen = seen
    this.first = first
    this.firstBody = first.attrs.body!
    this.reverse = reverse
    const slots = [...this.firstBody.xs, ...this.firstBody.state]
    this.inside = new Set([...insideOf(this.firstBody).inside, ...slots])
    this.oldest = Math.min(first.id, least(slots.map((s) => s.id)))
  }

  /** A placeholder for the slices of `outer` (T, ...). */
  read(outer: Node): Node {
    const known = this.xs.find((x) => x.outer === outer)
    if (known) return known.slot
    const slot = makeNode('slot', [], outer.shape.slice(1), { name: `x${this.xs.length}` })
    this.xs.push({ slot, outer })
    this.varying.add(slot)
    return slot
  }

  carry(init: Node): Node {
    const slot = makeNode('slot', [], init.shape, { name: `s${this.states.length}` })
    this.states.push({ slot, init, next: slot })
    this.varying.add(slot)
    return slot
  }

  setNext(slot: Node, next: Node): void {
    this.states.find((s) => s.slot === slot)!.next = next
  }

  /** Decides what the second step computes again, given all expressions that it will be made of. Without this: nothing. */
  prepare(roots: readonly Node[]): void {
    const needed = new Set<Node>()
    for (const node of topological(roots, (n) => n.id < this.oldest || this.isSaved(n)))
      if (this.isSaved(node)) needed.add(node)
    // Twice: what is saved for one value may let another be made of it.
    for (let round = 0; round < 2; round++)
      for (const node of [...needed].sort((a, b) => a.id - b.id)) this.decide(node, needed)
  }

  private isSaved(node: Node): boolean {
    return this.inside.has(node) && !viewOps.has(node.op)
  }

  /** Made again: what is made of saved values alone, and what is made of one value of its size, which is then saved in its place. */
  private decide(node: Node, needed: Set<Node>): void {
    const { xs, state, next, ys } = this.firstBody
    const kept = [...xs, ...state, ...next, ...ys]
    if (!cheap.has(node.op) || kept.includes(node) || this.again.has(node)) return
    const size = elements(node.shape)
    const sources = new Set(node.inputs.map((n) => this.source(n)).filter((n) => this.inside.has(n)))
    const large = [...sources].filter((n) => 8 * elements(n.shape) > size)
    const missing = large.filter((n) => !kept.includes(n) && !needed.has(n))
    // An addition is part of the product that it follows; the product alone would be one more pass.
    const swallowed = node.op === 'add' && large.some((n) => ['matmul', 'gather', 'sum'].includes(n.op))
    if (missing.length > 1 || (missing.length === 1 && (large.length > 1 || swallowed))) return
    if (missing.length === 0 && sources.size === 0) return
    this.again.add(node)
    for (const n of sources) {
      needed.add(n)
      this.decide(n, needed)
    }
  }

  /** What a window of the first step shows. */
  private source(node: Node): Node {
    let n = node
    while (this.inside.has(n) && viewOps.has(n.op)) n = n.inputs[0]!
    return n
  }

  /** An expression over values of the first step -> the same over placeholders of the second. */
  rebuild(node: Node): Node {
    const known = this.memo.get(node)
    if (known) return known
    const made = this.rebuildNew(node)
    this.memo.set(node, made)
    return made
  }

  private rebuildNew(node: Node): Node {
    if (this.varying.has(node) || node.id < this.oldest) return node
    const isFirst = this.inside.has(node) || (node.op === 'out' && this.inside.has(node.inputs[0]!))
    if (isFirst && !viewOps.has(node.op) && !this.again.has(node))
      return this.read(this.seen(this.saved(node)))
    const inputs = node.inputs.map((n) => this.rebuild(n))
    const same = inputs.every((n, i) => n === node.inputs[i])
    if (same && !inputs.some((n) => this.varying.has(n))) return node
    if (node.op === 'scan') return this.rebuildScan(node, inputs)
    const made = same ? node : makeNode(node.op, inputs, node.shape, node.attrs)
    this.varying.add(made)
    return made
  }

  /** A scan of the second step itself: its body refers to values of the first step too. */
  private rebuildScan(node: Node, inputs: Node[]): Node {
    const body = node.attrs.body!
    const slots = new Set([...body.xs, ...body.state])
    for (const s of slots) this.memo.set(s, s)
    for (const s of slots) this.varying.add(s)
    const next = body.next.map((n) => this.rebuild(n))
    const ys = body.ys.map((n) => this.rebuild(n))
    const nx = body.xs.length
    const made = scanNode(
      { ...body, next, ys },
      inputs.slice(0, nx),
      inputs.slice(nx, nx + body.state.length),
    ).node
    for (const s of slots) this.varying.delete(s)
    this.varying.add(made)
    return made
  }

  /** A value of the first step stacked over time, seen from outside. */
  private saved(node: Node): Node {
    const i = this.firstBody.xs.indexOf(node)
    if (i >= 0) return scanXs(this.first)[i]!
    let j = this.firstBody.ys.indexOf(node)
    if (j < 0) j = this.firstBody.ys.push(node) - 1
    return this.stacks.get(j) ?? this.remember(j)
  }

  private readonly stacks = new Map<number, Node>()
  private remember(j: number): Node {
    const stack = scanStack(this.first, j)
    this.stacks.set(j, stack)
    return stack
  }

  /** After finish(): `node` for every t, (T, ...). */
  stackLater(node: Node): () => Node {
    const direct = this.xs.find((x) => x.slot === node)
    if (direct) return () => direct.outer
    if (!this.varying.has(node)) return () => repeatOverTime(node, this.firstBody.length)
    let j = this.ys.indexOf(node)
    if (j < 0) j = this.ys.push(node) - 1
    return () => scanStack(this.scanned!, j)
  }

  /** After finish(): the sum of `g` over all t. Products and sums over rows move out of the loop; the rest is added up in it. */
  sumOverTime(g: Node): () => Node {
    const [a, b] = g.inputs
    const again = (f: (x: Node) => Node) => {
      const inner = this.sumOverTime(a!)
      return () => f(inner())
    }
    if (!this.varying.has(g)) {
      return () => sum(repeatOverTime(g, this.firstBody.length), [0])
    }
    if (g.op === 'add' && a!.shape.length === g.shape.length && b!.shape.length === g.shape.length) {
      const [x, y] = [this.sumOverTime(a!), this.sumOverTime(b!)]
      return () => add(x(), y())
    }
    if (g.op === 'neg') return again(neg)
    if (g.op === 'transpose') return again(transpose)
    if (g.op === 'reshape') return again((x) => reshape(x, g.shape))
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
    const slot = this.carry(zeros(g.shape))
    this.setNext(slot, add(slot, g))
    const k = this.states.length - 1
    return () => scanFinal(this.scanned!, k)
  }

  /** Makes the second scan; its final states in order of carry(). */
  finish(): Node[] {
    const body: Body = {
      length: this.firstBody.length,
      reverse: this.reverse,
      xs: this.xs.map((x) => x.slot),
      state: this.states.map((s) => s.slot),
      next: this.states.map((s) => s.next),
      ys: this.ys,
    }
    const { node, state } = scanNode(body, this.xs.map((x) => x.outer), this.states.map((s) => s.init)) // prettier-ignore
    this.scanned = node
    return state
  }
}
