// Loop-invariant and batched code motion for scans: nodes that depend on the inputs alone are computed for all steps before the loop (the
// input products of all gates become one product over T*B rows), and products that are only stacked are computed after it.
import { standsFor } from '../graph/names.ts'
import { makeNode, type Body, type Node } from '../graph/node.ts'
import { add, binaryOps, gather, matmul, slice, sum, unaryOps, zeros } from '../graph/ops.ts'
import { insideOf, repeatOverTime, scanFinal, scanNode, scanStack } from '../graph/scan.ts'
import type { StackUse } from './uses.ts'

/** A scan taken apart: body, inputs, initial states, and the uses of its stacks. */
export interface ScanParts {
  body: Body
  xs: readonly Node[]
  init: readonly Node[]
  /** Index in body.ys -> use; indices without a reader are absent. */
  read: ReadonlyMap<number, StackUse>
}

/** The results of the new scan that replace those of the old one. */
export interface Hoisted {
  finals: Node[]
  /** Index in the old ys -> the stacked value; absent if only its sums are read. */
  stacks: Map<number, Node>
  /** sumKey -> the sum over time, accumulated in the loop. */
  sums: Map<string, Node>
}

/** Key of the sum of stack `index` over `axes`, which include time. */
export const sumKey = (index: number, axes: readonly number[]): string => `${index}|${axes.join()}`

/** Ops worth storing a stack: one large product instead of T small ones. Others are cheaper next to their reader. */
const worthStacking = new Set(['matmul', 'oneHot'])
/** Without `uniform`, whose numbers depend on the iteration in which it is drawn. */
const elementwise = new Set<string>([...unaryOps, ...binaryOps, 'select'])

/** Rewrites a scan: hoisted work before it, sunk products after it. */
export function hoist({ body, xs, init, read }: ScanParts): Hoisted {
  const regrouped = regroupSums(body)
  const hoister = new Hoister(regrouped, xs)
  const sunk = new Map<number, { value: Node; b: Node }>()
  const useCount = countUses(regrouped)

  const next = regrouped.next.map((n) => hoister.inside(n))
  const ys: Node[] = []
  const position = new Map<number, number>()
  const outside = new Map<number, Node>()
  const stackIndex = (n: Node) => {
    const at = ys.indexOf(n)
    return at >= 0 ? at : ys.push(n) - 1
  }
  const sums = new StepwiseSums()
  const parts = partsOfStacks(regrouped, read)
  for (const [j, use] of read) {
    const y = regrouped.ys[j]!
    const lifted = hoister.outside(y)
    if (parts.has(j)) continue
    if (lifted) outside.set(j, lifted)
    else if (!hoister.varies(y)) outside.set(j, repeatOverTime(y, body.length))
    else if (y.op === 'matmul' && useCount.get(y) === 1 && !hoister.varies(y.inputs[1]!)) {
      const value = hoister.inside(y.inputs[0]!)
      sunk.set(j, { value, b: y.inputs[1]! })
      position.set(j, stackIndex(value))
    } else {
      if (use.whole) position.set(j, stackIndex(hoister.inside(y)))
      for (const sum of use.sums) sums.add(j, hoister.inside(y), sum)
    }
  }

  const newBody: Body = {
    ...regrouped,
    xs: hoister.placeholders,
    state: [...regrouped.state, ...sums.state],
    next: [...next, ...sums.next],
    ys,
  }
  const scanned = scanNode(newBody, hoister.outers, [...init, ...sums.init]).node
  const stacks = new Map<number, Node>(outside)
  for (const [j, at] of position) {
    const stack = scanStack(scanned, at)
    const product = sunk.get(j)
    stacks.set(j, product ? matmul(stack, product.b) : stack)
  }
  const partOf = (j: number): Node => {
    const part = parts.get(j)
    return part ? slice(partOf(part.of), part.axis + 1, part.start, part.length) : stacks.get(j)!
  }
  for (const j of parts.keys()) stacks.set(j, partOf(j))
  const finals = newBody.next.map((_, k) => scanFinal(scanned, k))
  return { finals, stacks, sums: sums.from(finals.slice(next.length)) }
}

interface Part {
  of: number
  axis: number
  start: number
  length: number
}

/** Stacks that are slices of another stack: their value is a slice of, or a part concatenated into, a value that is stacked too. */
function partsOfStacks({ ys }: Body, read: ScanParts['read']): Map<number, Part> {
  const found = new Map<number, Part>()
  const whole = [...read].filter(([, use]) => use.whole).map(([j]) => j)
  const note = (part: Node, of: number, axis: number, start: number) => {
    for (const j of whole) if (ys[j] === part) found.set(j, { of, axis, start, length: part.shape[axis]! })
  }
  for (const of of whole) {
    const { op, inputs, attrs } = ys[of]!
    const source = op === 'slice' ? whole.find((j) => ys[j] === inputs[0]) : undefined
    if (source !== undefined) note(ys[of]!, source, attrs.axis!, attrs.start!)
    if (op !== 'concat') continue
    let start = 0
    for (const part of inputs) {
      note(part, of, attrs.axis!, start)
      start += part.shape[attrs.axis!]!
    }
  }
  return found
}

/** Sums over time as loop states starting at 0: each term is then added while it is in the cache. */
class StepwiseSums {
  readonly state: Node[] = []
  readonly next: Node[] = []
  readonly init: Node[] = []
  private readonly keys: string[] = []

  /** `y` (...): the value of one step; `whole`: the sum of its stack (T, ...). */
  add(index: number, y: Node, whole: Node): void {
    const axes = whole.attrs.axes!
    const key = sumKey(index, axes)
    if (this.keys.includes(key)) return
    const placeholder = makeNode('placeholder', [], whole.shape, { name: `sum${this.keys.length}` })
    this.keys.push(key)
    this.state.push(placeholder)
    this.init.push(zeros(whole.shape))
    const ofStep = axes.length > 1 ? sum(y, axes.slice(1).map((d) => d - 1)) : y // prettier-ignore
    this.next.push(standsFor(add(placeholder, ofStep), whole))
  }

  from(finals: readonly Node[]): Map<string, Node> {
    return new Map(this.keys.map((key, i) => [key, finals[i]!]))
  }
}

function countUses(body: Body): Map<Node, number> {
  const uses = new Map<Node, number>()
  const use = (n: Node) => uses.set(n, (uses.get(n) ?? 0) + 1)
  for (const node of insideOf(body).inside) node.inputs.forEach(use)
  for (const n of [...body.next, ...body.ys]) use(n)
  return uses
}

/**
 * In a chain of additions, terms that do not depend on the state are added to each other first, so that they can move out together:
 * (W x + b) + (U h + c) becomes (W x + b + c) + U h.
 */
function regroupSums(body: Body): Body {
  const { inside } = insideOf(body)
  const stateful = new Set<Node>(body.state)
  for (const node of inside) if (node.inputs.some((n) => stateful.has(n))) stateful.add(node)
  const uses = countUses(body)
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
      memo.set(node, makeNode(node.op, node.inputs.map(at), node.shape, node.attrs)) // prettier-ignore
    }
  }
  if (memo.size === 0) return body
  return { ...body, next: body.next.map(at), ys: body.ys.map(at) }
}

/**
 * Finds the nodes of a body that depend on its inputs alone, computes them for all steps and rewrites the rest onto placeholders for
 * them.
 */
class Hoister {
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
      const result = this.lift(node)
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
    return standsFor(add(vectors.reduce((sum, v) => add(sum, v)), found), outer) // prettier-ignore
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

  /** The node computed for all steps, if its op extends to a leading time axis. */
  private lift(node: Node): Node | undefined {
    if (!node.inputs.every((n) => this.lifted.has(n) || !this.dependent.has(n))) return undefined
    const varying = node.inputs.filter((n) => this.dependent.has(n))
    if (varying.length === 0) return undefined
    const up = (n: Node) => this.lifted.get(n) ?? n
    const shape = [this.body.length, ...node.shape]
    const inputs = node.inputs.map(up)
    const make = (attrs = node.attrs) => makeNode(node.op, inputs, shape, attrs)
    if (elementwise.has(node.op)) {
      return varying.every((n) => n.shape.length === node.shape.length) ? make() : undefined
    }
    const onlyFirst = !node.inputs.slice(1).some((n) => this.dependent.has(n))
    switch (node.op) {
      case 'matmul':
        return onlyFirst ? make() : undefined
      case 'gather':
        return this.dependent.has(node.inputs[0]!) ? undefined : make()
      case 'oneHot':
      case 'softmax':
      case 'logSoftmax':
        return make()
      case 'xent':
        return varying.length === 2 ? make() : undefined
      case 'reshape':
        return make()
      case 'slice':
        return make({ ...node.attrs, axis: node.attrs.axis! + 1 })
      case 'concat':
        return varying.length === node.inputs.length
          ? make({ ...node.attrs, axis: node.attrs.axis! + 1 })
          : undefined
      case 'sum':
        return make({ ...node.attrs, axes: node.attrs.axes!.map((d) => d + 1) })
      default:
        return undefined
    }
  }
}
