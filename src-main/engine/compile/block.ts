// One block of a program: the top level or the body of one loop. Assigns a buffer view to every node, emits the calls of its fusion
// groups in order and records buffer lifetimes. Loops are lowered in loop.ts, single calls in emit.ts.
import { sameShape, type Node } from '../graph/node.ts'
import { Lifetimes } from './allocate.ts'
import { ConditionalLiveness } from './conditionalLiveness.ts'
import { copyCall, emitGroup, type Unplaced } from './emit.ts'
import { ifRegionsOf, type IfRegions } from './ifRegion.ts'
import { inPlaceSource } from './inPlace.ts'
import { lowerScan } from './loop.ts'
import {
  broadcastView, denseView, makeBuffer, reshapeView, sameView, sliceView, transposeView, type Buffer, type BufferView,
} from './bufferView.ts' // prettier-ignore
import { elements, type Precision } from './program.ts'
import { baseOf, isWindow, nodesOf, schedule, type FusionGroup, type Schedule } from './schedule.ts'
import { usersOf, type Users } from './uses.ts'

/** Requires that `node` is stored at `view` when the block ends. */
export interface Binding {
  node: Node
  view: BufferView
  /** The leaf whose old value is stored at `view`: it must have no reader left when it is overwritten. */
  over?: Node
}

/** The views of the results of a lowered scan: final states and stacks over time. */
export interface ScanViews {
  finals: BufferView[]
  stacks: BufferView[]
}

/** The nodes of one loop body (or of the top level), their views and the calls emitted for them. */
export class Block {
  code: Unplaced[] = []
  readonly depth: number
  readonly parent: Block | undefined
  /** Iterations of this block per run of its parent. */
  readonly count: number
  /** Precision of all matrix products in this block and in the blocks of its loops. */
  readonly precision: Precision
  readonly lifetimes = new Lifetimes()
  readonly views = new Map<Node, BufferView>()
  readonly packs = new Map<Node, BufferView>()
  private readonly copies = new Map<Node, BufferView>()
  /** For the compile report: the blocks of the loops in this block, and the fusion group of each instruction. */
  readonly loops: Block[] = []
  readonly origin = new Map<Unplaced, FusionGroup>()
  readonly scans = new Map<Node, ScanViews>()
  /** Conditional liveness of the nodes of this block; set while it is lowered. */
  liveness: ConditionalLiveness | undefined
  private regions: IfRegions = new Map()
  private liveOut: ReadonlySet<Node> = new Set()
  private users: Users = new Map()
  /** True while the calls of an if-region are emitted: they may not run, so views found in them are not cached. */
  private insideRegion = false
  private readonly members = new Set<Node>()
  private position = 0

  constructor(parent?: Block, count = 1, precision: Precision = parent?.precision ?? 'f32') {
    this.parent = parent
    this.count = count
    this.precision = precision
    this.depth = parent ? parent.depth + 1 : 0
    parent?.loops.push(this)
  }

  /** Sets the view of a node of this block. */
  setView(node: Node, view: BufferView): void {
    this.members.add(node)
    this.views.set(node, view)
  }

  setScanViews(node: Node, results: ScanViews): void {
    this.scans.set(node, results)
  }

  /** Allocates a buffer of `size` elements that lives from the current group on. */
  buffer(size: number): Buffer {
    const buffer = makeBuffer(size)
    this.lifetimes.add(buffer, this.position)
    return buffer
  }

  /** Adds a buffer created elsewhere (the memory of a loop body) that lives during the current group. */
  own(buffer: Buffer): void {
    this.lifetimes.add(buffer, this.position)
  }

  temporary(shape: readonly number[]): BufferView {
    return denseView(this.buffer(elements(shape)), shape)
  }

  /** Extends the lifetime of the view's buffer to the current group. */
  touch(view: BufferView): BufferView {
    if (!this.lifetimes.touch(view.buffer, this.position)) this.parent?.touch(view)
    return view
  }

  /** The view from which a node can be read now; emits a copy or fill if no view of existing memory expresses it. */
  read(node: Node): BufferView {
    return this.touch(this.find(node) ?? this.materialise(node))
  }

  private find(node: Node): BufferView | undefined {
    const known = this.views.get(node)
    if (known || node.op === 'const') return known
    if (isWindow(node)) {
      const of = node.inputs[0]!
      const source = of.op === 'const' || isWindow(of) ? this.read(of) : this.find(of)
      const view = source && viewOfWindow(node, source)
      if (view && !this.insideRegion) this.views.set(node, view)
      return view
    }
    const results = node.op === 'out' ? this.scans.get(node.inputs[0]!) : undefined
    if (results) return results[node.attrs.kind === 'final' ? 'finals' : 'stacks'][node.attrs.index!]
    return this.parent?.find(node)
  }

  /** Stores a constant that is read from memory, or copies the source of a reshape that strides cannot express. */
  private materialise(node: Node): BufferView {
    if (node.op === 'const') {
      const cell = this.temporary([1])
      this.code.push(copyCall(cell, { const: node.attrs.value! }, 'fill'))
      return broadcastView({ ...cell, shape: [], strides: [] }, node.shape)
    }
    if (!isWindow(node))
      throw new Error(`compile: no instruction computes ${node.op} ${node.attrs.name ?? ''}`)
    const source = this.dense(this.read(node.inputs[0]!))
    const view = viewOfWindow(node, source)!
    if (!this.insideRegion) this.views.set(node, view)
    return view
  }

  /** Copies a view into a dense array. */
  dense(view: BufferView): BufferView {
    const copy = this.temporary(view.shape)
    this.code.push(copyCall(copy, view, 'copy'))
    return copy
  }

  /** The packed right factor `b` of a product in this loop; `make` packs it in the parent block, before the loop. */
  packed(b: Node, make: (block: Block) => BufferView): BufferView {
    const outer = this.parent!
    const known = outer.packs.get(b)
    if (known) return outer.touch(known)
    const view = make(outer)
    outer.packs.set(b, view)
    return view
  }

  /** A dense copy of a loop-invariant value, made before the loop. */
  copied(node: Node): BufferView {
    const outer = this.parent!
    const known = outer.copies.get(node)
    if (known) return outer.touch(known)
    const view = outer.parent && !outer.isInside(node) ? outer.copied(node) : outer.dense(outer.read(node))
    outer.copies.set(node, view)
    return view
  }

  /** True if the node's value changes from one iteration of this block to the next. */
  isInside(node: Node): boolean {
    return this.members.has(baseOf(node))
  }

  /** Lowers the nodes of this block, inputs first; afterwards every binding holds. */
  lower(order: readonly Node[], bindings: readonly Binding[], liveness?: ConditionalLiveness): void {
    for (const node of order) this.members.add(node)
    const liveOut = bindings.map((b) => b.node)
    this.liveOut = new Set(liveOut)
    this.users = usersOf(order)
    this.liveness = liveness ?? new ConditionalLiveness(order, liveOut, new Map())
    // Outside of loops a predicate is rarely 0 for the whole batch.
    const plan = schedule(order, liveOut, this.depth > 0 ? ifRegionsOf(order, this.liveness) : undefined)
    this.regions = plan.regions
    const end = plan.groups.length
    const copies = bind(this, plan, bindings)
    this.placeInPlace(plan, bindings)
    for (let i = 0; i < end;) {
      const { predicate } = plan.groups[i]!
      let next = i + 1
      while (predicate && plan.groups[next]?.predicate === predicate) next++
      if (predicate) this.emitRegion(predicate, i, next, plan, copies)
      else this.emit(i, plan, copies)
      i = next
    }
    this.position = end
    this.copyAtEnd(copies)
  }

  private emit(at: number, plan: Schedule, copies: readonly Binding[]): void {
    const group = plan.groups[at]!
    this.position = at
    const stored = this.stored(group, plan, copies)
    const from = this.code.length
    if (group.kind === 'scan') lowerScan(this, group.nodes[0]!)
    else emitGroup(this, group, stored)
    for (const call of this.code.slice(from)) this.origin.set(call, group)
  }

  /** Emits groups first..end-1 as one guard: their calls in its body, the known values of their nodes in its `otherwise`. */
  private emitRegion(
    predicate: Node,
    first: number,
    end: number,
    plan: Schedule,
    copies: readonly Binding[],
  ): void {
    this.position = first
    const when = this.read(predicate)
    const before = this.code
    this.insideRegion = true
    const body = (this.code = [] as Unplaced[])
    for (let i = first; i < end; i++) this.emit(i, plan, copies)
    const otherwise = (this.code = [] as Unplaced[])
    const groups = plan.groups.slice(first, end)
    for (const group of groups) {
      const from = this.code.length
      this.emitWhenFalse(group)
      for (const call of this.code.slice(from)) this.origin.set(call, group)
    }
    this.insideRegion = false
    this.code = before
    if (body.length === 0 && otherwise.length === 0) return
    const guard: Unplaced = { kernel: 'guard', when, body, otherwise, note: 'guard' }
    this.code.push(guard)
    this.origin.set(guard, groups[0]!)
  }

  /** Stores the values that the nodes of a group have when its predicate is 0 everywhere. */
  private emitWhenFalse(group: FusionGroup): void {
    for (const node of group.nodes) {
      const to = this.views.get(node)
      if (!to || this.regions.get(node)!.whenFalse === undefined || !this.isReadWhenFalse(node)) continue
      let value: Node | 0 = node
      do value = this.regions.get(value)!.whenFalse!
      while (value !== 0 && group.nodes.includes(value))
      if (value === 0 || value.op === 'const') {
        const constant = value === 0 ? 0 : value.attrs.value!
        this.code.push(copyCall(this.touch(to), { const: constant }, 'closed'))
      } else {
        const from = broadcastView(this.read(value), node.shape)
        if (!sameView(from, to)) this.code.push(copyCall(this.touch(to), from, 'closed'))
      }
    }
  }

  /** True if the node's memory is read when the predicate of its if-region is 0 everywhere. */
  private isReadWhenFalse(node: Node, { predicate } = this.regions.get(node)!): boolean {
    if (this.liveOut.has(node)) return true
    return (this.users.get(node) ?? []).some((user) => {
      const region = this.regions.get(user)
      if (region?.predicate !== predicate || region.whenFalse === node) return true
      return isWindow(user) && this.isReadWhenFalse(user, region)
    })
  }

  /** Nodes of a group whose values must be in memory; assigns each a view. */
  private stored(group: FusionGroup, plan: Schedule, copies: readonly Binding[]): Node[] {
    const at = plan.groupOf.get(group.nodes[0]!)!
    if (group.kind === 'scan') return []
    const stored = group.nodes.filter(
      (node) =>
        this.views.has(node) ||
        copies.some((c) => baseOf(c.node) === node) ||
        this.isPredicate(node) ||
        this.isReadElsewhere(node, at, plan),
    )
    for (const node of stored) {
      if (!this.views.has(node)) this.views.set(node, this.temporary(node.shape))
    }
    return stored
  }

  private isPredicate(node: Node): boolean {
    for (const { predicate } of this.regions.values()) if (predicate === node) return true
    return false
  }

  private isReadElsewhere(node: Node, at: number, plan: Schedule): boolean {
    return (this.users.get(node) ?? []).some((user) => {
      const group = plan.groupOf.get(user)
      // Windows and fused operations belong to no group.
      if (group === undefined) return true
      return group !== at || !plan.groups[at]!.nodes.includes(user)
    })
  }

  /** Assigns views inside the result: to the parts of a concatenation, and to the operand of an in-place update. */
  private placeInPlace(plan: Schedule, bindings: readonly Binding[]): void {
    for (const group of plan.groups.toReversed()) {
      const node = group.nodes[0]!
      const source = inPlaceSource(group, plan, this.users)
      const view = this.views.get(node) ?? (group.kind === 'concat' ? this.temporary(node.shape) : undefined)
      if (!view) continue
      this.views.set(node, view)
      if (group.kind === 'concat') this.placeConcatParts(node, view, plan)
      if (source && this.isFree(view, source, plan, bindings)) this.placeInto(source, view, plan)
    }
  }

  /** True if `source` may be stored at `view` first and be overwritten there by the final value. */
  private isFree(view: BufferView, source: Node, plan: Schedule, bindings: readonly Binding[]): boolean {
    if (bindings.some((b) => baseOf(b.node) === source)) return false
    const { over } = bindings.find((b) => b.view.buffer === view.buffer && b.over) ?? {}
    return !over || (this.depth > 0 && isLastReader(plan, plan.groupOf.get(source)!, over, bindings))
  }

  private placeConcatParts(node: Node, whole: BufferView, plan: Schedule): void {
    let start = 0
    for (const part of node.inputs) {
      const length = part.shape[node.attrs.axis!]!
      this.placeInto(part, sliceView(whole, node.attrs.axis!, start, length), plan)
      start += length
    }
  }

  /** Assigns `view` to the node if the kernel that computes it can write strided rows. */
  private placeInto(node: Node, view: BufferView, plan: Schedule): void {
    const kind = plan.groups[plan.groupOf.get(node) ?? -1]?.kind
    const strided = kind === 'ew' || kind === 'concat' || (kind === 'gemm' && node.shape.length === 2)
    if (strided && !this.views.has(node)) this.views.set(node, view)
  }

  /**
   * Copies for bindings that could not be written in place: those that overwrite no leaf first; the others through a temporary if they
   * read a leaf that another one overwrites.
   */
  private copyAtEnd(copies: readonly Binding[]): void {
    const victims = new Set(copies.flatMap((c) => (c.over ? [c.over] : [])))
    const staged = copies
      .filter((c) => c.over)
      .map((c) => {
        const reads = baseOf(c.node)
        const source = c.node.op === 'const' ? { const: c.node.attrs.value! } : this.read(c.node)
        return {
          to: c.view,
          source: victims.has(reads) && reads !== c.over && 'buffer' in source ? this.dense(source) : source,
        }
      })
    for (const c of copies) {
      if (c.over) continue
      const source = c.node.op === 'const' ? { const: c.node.attrs.value! } : this.read(c.node)
      this.code.push(copyCall(this.touch(c.view), source, 'store'))
    }
    for (const { to, source } of staged) this.code.push(copyCall(this.touch(to), source, 'store'))
  }
}

function viewOfWindow(node: Node, loops: BufferView): BufferView | undefined {
  switch (node.op) {
    case 'slice':
      return sliceView(loops, node.attrs.axis!, node.attrs.start!, node.attrs.length!)
    case 'transpose':
      return transposeView(loops)
    case 'broadcast':
      return broadcastView(loops, node.shape)
    default:
      return reshapeView(loops, node.shape)
  }
}

/** Assigns bound nodes their final view where the producer may write there directly; returns the bindings that need a copy at the end. */
function bind(block: Block, plan: Schedule, bindings: readonly Binding[]): Binding[] {
  const taken = new Set<Node>()
  const copies: Binding[] = []
  const lastScan = plan.groups.findLastIndex((group) => group.kind === 'scan')
  for (const binding of bindings) {
    const { node, view, over } = binding
    const at = plan.groupOf.get(node)
    const group = at === undefined ? undefined : plan.groups[at]!
    const possible = group && group.kind !== 'scan' && !taken.has(node) && sameShape(node.shape, view.shape)
    // A cancelled run must leave states unchanged, so they are overwritten only after the last loop.
    const late = !over || block.depth > 0 || at! > lastScan
    if (possible && late && (!over || isLastReader(plan, at!, over, bindings))) {
      taken.add(node)
      block.setView(node, view)
    } else copies.push(binding)
  }
  return copies
}

/** True if no group from `at` on reads the old value of `leaf`, except group `at` itself element by element. */
function isLastReader(plan: Schedule, at: number, leaf: Node, bindings: readonly Binding[]): boolean {
  if (bindings.some((b) => baseOf(b.node) === leaf)) return false
  return plan.groups.every((group, i) => {
    if (i < at) return true
    const reads = nodesOf(group)
      .flatMap((n) => n.inputs)
      .filter((n) => baseOf(n) === leaf)
    if (reads.length === 0) return true
    const elementByElement = group.kind === 'ew' || (group.addend === leaf && reads.length === 1)
    return (
      i === at &&
      elementByElement &&
      reads.every((n) => n === leaf && sameShape(n.shape, group.nodes[0]!.shape))
    )
  })
}
