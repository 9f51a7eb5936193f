// The gradient of a scan is a scan backwards over what the forward one saved. Weights used at every step get their gradient as one
// product over all time steps after the loop, as hand-written recurrent kernels do, derived here for any step.
import { makeNode, type Body, type Node } from '../graph/node.ts'
import { add, matmul, neg, reshape, scatterAdd, sum, transpose, zeros } from '../graph/ops.ts'
import { insideOf, repeatOverTime, scanFinal, scanInit, scanNode, scanStack, scanXs } from '../graph/scan.ts'
import { named, nameOf } from '../graph/names.ts'
import { adjoints } from './derive.ts'
import { sumContributions } from './gradients.ts'

/** Ops that only re-label memory: the backward scan repeats them on a saved input instead of saving their result. */
const viewOps = new Set(['slice', 'reshape', 'transpose', 'broadcast', 'stop'])

/** Gradients for each input of the scan, given the received contributions of its `outs`. */
export function deriveScan(
  scanned: Node,
  outs: readonly Node[],
  received: ReadonlyMap<Node, Node[]>,
  active: ReadonlySet<Node>,
): (Node | null)[] {
  const body = scanned.attrs.body!
  const { length } = body
  const xs = scanXs(scanned)
  const init = scanInit(scanned)
  const captures = scanned.inputs.slice(xs.length + init.length)
  const activeStates = findActiveStates(body, xs, init, captures, active)
  const gradientOf = (kind: 'final' | 'ys', index: number): Node | null => {
    const parts = outs
      .filter((o) => o.attrs.kind === kind && o.attrs.index === index)
      .flatMap((o) => received.get(o) ?? [])
    return parts.length > 0 ? sumContributions(parts) : null
  }

  // Placeholders of the backward step: what flows into each y and into each state after the step.
  const back = new BackwardBody(scanned, body)
  const seeds: [Node, Node][] = []
  body.ys.forEach((y, j) => {
    const dys = gradientOf('ys', j)
    if (dys) seeds.push([y, back.read(dys)])
  })
  const stateGradients = activeStates.map((k) => {
    const slot = back.carry(gradientOf('final', k) ?? zeros(init[k]!.shape))
    named(slot, `d${nameOf(body.next[k]!)}`)
    seeds.push([body.next[k]!, slot])
    return slot
  })

  const activeXs = xs.flatMap((x, i) => (active.has(x) ? [i] : []))
  const activeCaptures = captures.filter((c) => active.has(c))
  const wrt = [
    ...activeXs.map((i) => body.xs[i]!),
    ...activeStates.map((k) => body.state[k]!),
    ...activeCaptures,
  ]
  const local = adjoints(seeds, wrt, true)

  const result = new Map<number, () => Node>()
  activeXs.forEach((i, at) => {
    const g = local[at]
    if (g) result.set(i, back.stackLater(back.rebuild(g)))
  })
  activeStates.forEach((_, at) => {
    const g = local[activeXs.length + at]
    back.setNext(stateGradients[at]!, g ? back.rebuild(g) : zeros(stateGradients[at]!.shape))
  })
  activeCaptures.forEach((c, at) => {
    const g = local[activeXs.length + activeStates.length + at]
    if (g) result.set(scanned.inputs.indexOf(c, xs.length + init.length), back.sumOverTime(back.rebuild(g)))
  })
  const finals = back.finish(length)
  activeStates.forEach((k, at) => result.set(xs.length + k, () => finals[at]!))
  return scanned.inputs.map((_, i) => result.get(i)?.() ?? null)
}

/** States that a gradient can flow through: the smallest set closed under "depends on something active". */
function findActiveStates(
  body: Body,
  xs: readonly Node[],
  init: readonly Node[],
  captures: readonly Node[],
  active: ReadonlySet<Node>,
): number[] {
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

/** Collects the backward step while gradients are rewritten onto its placeholders. */
class BackwardBody {
  private readonly forward: Node
  private readonly forwardBody: Body
  private readonly inside: Set<Node>
  private readonly xs: { slot: Node; outer: Node }[] = []
  private readonly states: { slot: Node; init: Node; next: Node }[] = []
  private readonly ys: Node[] = []
  private readonly memo = new Map<Node, Node>()
  /** Nodes of the backward step that change with t. */
  private readonly varying = new Set<Node>()
  private scanned: Node | undefined

  constructor(forward: Node, forwardBody: Body) {
    this.forward = forward
    this.forwardBody = forwardBody
    this.inside = new Set([...insideOf(forwardBody).inside, ...forwardBody.xs, ...forwardBody.state])
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

  /** A gradient expression over forward values -> the same over this body's placeholders. */
  rebuild(node: Node): Node {
    const known = this.memo.get(node)
    if (known) return known
    const made = this.rebuildNew(node)
    this.memo.set(node, made)
    return made
  }

  private rebuildNew(node: Node): Node {
    if (this.varying.has(node)) return node
    const isForward = this.inside.has(node) || (node.op === 'out' && this.inside.has(node.inputs[0]!))
    if (isForward && !viewOps.has(node.op)) return this.read(this.saved(node))
    const inputs = node.inputs.map((n) => this.rebuild(n))
    if (node.op === 'scan') return this.rebuildScan(node, inputs)
    if (inputs.every((n, i) => n === node.inputs[i]) && !inputs.some((n) => this.varying.has(n))) return node
    const made = inputs.every((n, i) => n === node.inputs[i])
      ? node
      : makeNode(node.op, inputs, node.shape, node.attrs)
    this.varying.add(made)
    return made
  }

  /** A backward scan nested in the forward step: its body refers to forward values too. */
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

  /** The forward value stacked over time, seen from outside. */
  private saved(node: Node): Node {
    const i = this.forwardBody.xs.indexOf(node)
    if (i >= 0) return scanXs(this.forward)[i]!
    let j = this.forwardBody.ys.indexOf(node)
    if (j < 0) j = this.forwardBody.ys.push(node) - 1
    return this.stacks.get(j) ?? this.remember(j)
  }

  private readonly stacks = new Map<number, Node>()
  private remember(j: number): Node {
    const stack = scanStack(this.forward, j)
    this.stacks.set(j, stack)
    return stack
  }

  /** After finish(): `node` for every t, (T, ...). */
  stackLater(node: Node): () => Node {
    const direct = this.xs.find((x) => x.slot === node)
    if (direct) return () => direct.outer
    if (!this.varying.has(node)) return () => repeatOverTime(node, this.forwardBody.length)
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
      return () => sum(repeatOverTime(g, this.forwardBody.length), [0])
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

  /** Makes the backward scan; the gradients of its initial states in order of carry(). */
  finish(length: number): Node[] {
    const body: Body = {
      length,
      reverse: !this.forwardBody.reverse,
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
