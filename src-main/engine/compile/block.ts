// One block of a program: the outermost level or the inside of one loop. Gives every node a place, emits the calls of its items in
// order and notes lifetimes. Loops are in loop.ts, the calls themselves in emit.ts.
import { sameShape, type Node } from '../graph/node.ts'
import { Lifetimes } from './allocate.ts'
import { Demand } from './demand.ts'
import { copyCall, emitItem, type Pending } from './emit.ts'
import { guardsOf, type Guards } from './guard.ts'
import { updatedBy } from './inPlace.ts'
import { lowerScan } from './loop.ts'
import {
  broadcastPlace, densePlace, makeBuffer, reshapePlace, samePlace, slicePlace, transposePlace, type Buffer, type Place,
} from './place.ts' // prettier-ignore
import { elements, type Precision } from './program.ts'
import { baseOf, isWindow, nodesOf, schedule, type Item, type Schedule } from './schedule.ts'
import { usersOf, type Users } from './uses.ts'

/** A value that must be at `place` when the block ends. */
export interface Binding {
  node: Node
  place: Place
  /** The leaf whose old value lies at `place`: nobody may still need it when it is overwritten. */
  over?: Node
}

/** Where the results of a lowered scan lie. */
export interface ScanPlaces {
  finals: Place[]
  stacks: Place[]
}

export class Block {
  code: Pending[] = []
  readonly depth: number
  readonly parent: Block | undefined
  /** Iterations of this block per run of its parent. */
  readonly count: number
  /** Of every product in this block and the blocks inside. */
  readonly precision: Precision
  readonly lifetimes = new Lifetimes()
  readonly places = new Map<Node, Place>()
  readonly packs = new Map<Node, Place>()
  private readonly copies = new Map<Node, Place>()
  /** For those who explain a program: the loops inside, and which item a call was made for. */
  readonly inner: Block[] = []
  readonly origin = new Map<Pending, Item>()
  readonly scans = new Map<Node, ScanPlaces>()
  /** Where values of this block matter; set while it is lowered. */
  demand: Demand | undefined
  private guards: Guards = new Map()
  private kept: ReadonlySet<Node> = new Set()
  private users: Users = new Map()
  /** True while calls are made that may not run. */
  private guarded = false
  private readonly members = new Set<Node>()
  private position = 0

  constructor(parent?: Block, count = 1, precision: Precision = parent?.precision ?? 'f32') {
    this.parent = parent
    this.count = count
    this.precision = precision
    this.depth = parent ? parent.depth + 1 : 0
    parent?.inner.push(this)
  }

  /** Says where a node of this block lies. */
  place(node: Node, place: Place): void {
    this.members.add(node)
    this.places.set(node, place)
  }

  placeScan(node: Node, results: ScanPlaces): void {
    this.scans.set(node, results)
  }

  /** New memory of this block. */
  buffer(size: number): Buffer {
    const buffer = makeBuffer(size)
    this.lifetimes.add(buffer, this.position)
    return buffer
  }

  /** Memory made elsewhere that lives during the current item. */
  own(buffer: Buffer): void {
    this.lifetimes.add(buffer, this.position)
  }

  temporary(shape: readonly number[]): Place {
    return densePlace(this.buffer(elements(shape)), shape)
  }

  /** Notes that the current item reads or writes there. */
  touch(place: Place): Place {
    if (!this.lifetimes.touch(place.buffer, this.position)) this.parent?.touch(place)
    return place
  }

  /** Where a node's values can be read now; emits a copy or fill if no window shows them. */
  read(node: Node): Place {
    return this.touch(this.find(node) ?? this.materialise(node))
  }

  private find(node: Node): Place | undefined {
    const known = this.places.get(node)
    if (known || node.op === 'const') return known
    if (isWindow(node)) {
      const of = node.inputs[0]!
      const inner = of.op === 'const' || isWindow(of) ? this.read(of) : this.find(of)
      const place = inner && windowOn(node, inner)
      if (place && !this.guarded) this.places.set(node, place)
      return place
    }
    const results = node.op === 'out' ? this.scans.get(node.inputs[0]!) : undefined
    if (results) return results[node.attrs.kind === 'final' ? 'finals' : 'stacks'][node.attrs.index!]
    return this.parent?.find(node)
  }

  /** A const that somebody reads as memory, or a reshape of a window that strides cannot express. */
  private materialise(node: Node): Place {
    if (node.op === 'const') {
      const cell = this.temporary([1])
      this.code.push(copyCall(cell, { const: node.attrs.value! }, 'fill'))
      return broadcastPlace({ ...cell, shape: [], strides: [] }, node.shape)
    }
    if (!isWindow(node)) throw new Error(`compile: nothing computes ${node.op} ${node.attrs.name ?? ''}`)
    const inner = this.dense(this.read(node.inputs[0]!))
    const place = windowOn(node, inner)!
    if (!this.guarded) this.places.set(node, place)
    return place
  }

  /** The values of a window as a dense array of their own. */
  dense(place: Place): Place {
    const copy = this.temporary(place.shape)
    this.code.push(copyCall(copy, place, 'copy'))
    return copy
  }

  /** Packed weights of a product inside this loop, prepared before it. */
  packed(b: Node, make: (block: Block) => Place): Place {
    const outer = this.parent!
    const known = outer.packs.get(b)
    if (known) return outer.touch(known)
    const place = make(outer)
    outer.packs.set(b, place)
    return place
  }

  /** A dense copy of a value from outside this loop, made before it. */
  copied(node: Node): Place {
    const outer = this.parent!
    const known = outer.copies.get(node)
    if (known) return outer.touch(known)
    const place = outer.parent && !outer.isInside(node) ? outer.copied(node) : outer.dense(outer.read(node))
    outer.copies.set(node, place)
    return place
  }

  /** True if the node's value changes from one iteration of this block to the next. */
  isInside(node: Node): boolean {
    return this.members.has(baseOf(node))
  }

  /** Lowers the nodes of this block; afterwards every binding holds. */
  lower(order: readonly Node[], bindings: readonly Binding[], demand?: Demand): void {
    for (const node of order) this.members.add(node)
    const kept = bindings.map((b) => b.node)
    this.kept = new Set(kept)
    this.users = usersOf(order)
    this.demand = demand ?? new Demand(order, kept, new Map())
    // Outside of loops a predicate is hardly ever 0 everywhere.
    const plan = schedule(order, kept, this.depth > 0 ? guardsOf(order, this.demand) : undefined)
    this.guards = plan.guards
    const end = plan.items.length
    const copies = bind(this, plan, bindings)
    this.placeParts(plan, bindings)
    for (let i = 0; i < end;) {
      const { predicate } = plan.items[i]!
      let next = i + 1
      while (predicate && plan.items[next]?.predicate === predicate) next++
      if (predicate) this.emitGuarded(predicate, i, next, plan, copies)
      else this.emit(i, plan, copies)
      i = next
    }
    this.position = end
    this.copyAtEnd(copies)
  }

  private emit(at: number, plan: Schedule, copies: readonly Binding[]): void {
    const item = plan.items[at]!
    this.position = at
    const stored = this.stored(item, plan, copies)
    const from = this.code.length
    if (item.kind === 'scan') lowerScan(this, item.nodes[0]!)
    else emitItem(this, item, stored)
    for (const made of this.code.slice(from)) this.origin.set(made, item)
  }

  /** Items first..end-1 in one guard, with what their values are instead of being computed. */
  private emitGuarded(
    predicate: Node,
    first: number,
    end: number,
    plan: Schedule,
    copies: readonly Binding[],
  ): void {
    this.position = first
    const when = this.read(predicate)
    const before = this.code
    this.guarded = true
    const body = (this.code = [] as Pending[])
    for (let i = first; i < end; i++) this.emit(i, plan, copies)
    const otherwise = (this.code = [] as Pending[])
    const items = plan.items.slice(first, end)
    for (const item of items) {
      const from = this.code.length
      this.emitClosed(item)
      for (const made of this.code.slice(from)) this.origin.set(made, item)
    }
    this.guarded = false
    this.code = before
    if (body.length === 0 && otherwise.length === 0) return
    const guard: Pending = { kernel: 'guard', when, body, otherwise, note: 'guard' }
    this.code.push(guard)
    this.origin.set(guard, items[0]!)
  }

  /** Writes what the stored nodes of a guarded item are while its predicate is 0 everywhere. */
  private emitClosed(item: Item): void {
    for (const node of item.nodes) {
      const to = this.places.get(node)
      if (!to || this.guards.get(node)!.closed === undefined || !this.isAskedWhenClosed(node)) continue
      let value: Node | 0 = node
      do value = this.guards.get(value)!.closed!
      while (value !== 0 && item.nodes.includes(value))
      if (value === 0 || value.op === 'const') {
        const filling = value === 0 ? 0 : value.attrs.value!
        this.code.push(copyCall(this.touch(to), { const: filling }, 'closed'))
      } else {
        const from = broadcastPlace(this.read(value), node.shape)
        if (!samePlace(from, to)) this.code.push(copyCall(this.touch(to), from, 'closed'))
      }
    }
  }

  /** True if somebody reads the node's memory while the predicate of its guard is 0 everywhere. */
  private isAskedWhenClosed(node: Node, { predicate } = this.guards.get(node)!): boolean {
    if (this.kept.has(node)) return true
    return (this.users.get(node) ?? []).some((user) => {
      const guard = this.guards.get(user)
      if (guard?.predicate !== predicate || guard.closed === node) return true
      return isWindow(user) && this.isAskedWhenClosed(user, guard)
    })
  }

  /** Nodes of an item whose values must be in memory, each with its place. */
  private stored(item: Item, plan: Schedule, copies: readonly Binding[]): Node[] {
    const at = plan.itemOf.get(item.nodes[0]!)!
    if (item.kind === 'scan') return []
    const stored = item.nodes.filter(
      (node) =>
        this.places.has(node) ||
        copies.some((c) => baseOf(c.node) === node) ||
        this.isPredicate(node) ||
        this.isReadElsewhere(node, at, plan),
    )
    for (const node of stored) {
      if (!this.places.has(node)) this.places.set(node, this.temporary(node.shape))
    }
    return stored
  }

  private isPredicate(node: Node): boolean {
    for (const { predicate } of this.guards.values()) if (predicate === node) return true
    return false
  }

  private isReadElsewhere(node: Node, at: number, plan: Schedule): boolean {
    return (this.users.get(node) ?? []).some((user) => {
      const item = plan.itemOf.get(user)
      // Windows and what an item swallowed have none of their own.
      if (item === undefined) return true
      return item !== at || !plan.items[at]!.nodes.includes(user)
    })
  }

  /** What makes up another value is written straight into it: parts of a concatenation, a value that is only added to. */
  private placeParts(plan: Schedule, bindings: readonly Binding[]): void {
    for (const item of plan.items.toReversed()) {
      const node = item.nodes[0]!
      const source = updatedBy(item, plan, this.users)
      const place = this.places.get(node) ?? (item.kind === 'concat' ? this.temporary(node.shape) : undefined)
      if (!place) continue
      this.places.set(node, place)
      if (item.kind === 'concat') this.placeShares(node, place, plan)
      if (source && this.isFree(place, source, plan, bindings)) this.placeInto(source, place, plan)
    }
  }

  /** True if `source` may be written there instead of what ends there, and be overwritten by it. */
  private isFree(place: Place, source: Node, plan: Schedule, bindings: readonly Binding[]): boolean {
    if (bindings.some((b) => baseOf(b.node) === source)) return false
    const { over } = bindings.find((b) => b.place.buffer === place.buffer && b.over) ?? {}
    return !over || (this.depth > 0 && isLastReader(plan, plan.itemOf.get(source)!, over, bindings))
  }

  private placeShares(node: Node, whole: Place, plan: Schedule): void {
    let start = 0
    for (const part of node.inputs) {
      const length = part.shape[node.attrs.axis!]!
      this.placeInto(part, slicePlace(whole, node.attrs.axis!, start, length), plan)
      start += length
    }
  }

  /** If its kernel can write rows that are not dense. */
  private placeInto(node: Node, place: Place, plan: Schedule): void {
    const kind = plan.items[plan.itemOf.get(node) ?? -1]?.kind
    const strided = kind === 'ew' || kind === 'concat' || (kind === 'gemm' && node.shape.length === 2)
    if (strided && !this.places.has(node)) this.places.set(node, place)
  }

  /** Bindings that could not be written in place: first those that overwrite nothing, then the rest, staged if they read a victim. */
  private copyAtEnd(copies: readonly Binding[]): void {
    const victims = new Set(copies.flatMap((c) => (c.over ? [c.over] : [])))
    const staged = copies
      .filter((c) => c.over)
      .map((c) => {
        const reads = baseOf(c.node)
        const source = c.node.op === 'const' ? { const: c.node.attrs.value! } : this.read(c.node)
        return {
          to: c.place,
          source: victims.has(reads) && reads !== c.over && 'buffer' in source ? this.dense(source) : source,
        }
      })
    for (const c of copies) {
      if (c.over) continue
      const source = c.node.op === 'const' ? { const: c.node.attrs.value! } : this.read(c.node)
      this.code.push(copyCall(this.touch(c.place), source, 'store'))
    }
    for (const { to, source } of staged) this.code.push(copyCall(this.touch(to), source, 'store'))
  }
}

function windowOn(node: Node, inner: Place): Place | undefined {
  switch (node.op) {
    case 'slice':
      return slicePlace(inner, node.attrs.axis!, node.attrs.start!, node.attrs.length!)
    case 'transpose':
      return transposePlace(inner)
    case 'broadcast':
      return broadcastPlace(inner, node.shape)
    default:
      return reshapePlace(inner, node.shape)
  }
}

/** Places bound nodes where their producer may write them at once; returns the bindings that need a copy at the end. */
function bind(block: Block, plan: Schedule, bindings: readonly Binding[]): Binding[] {
  const taken = new Set<Node>()
  const copies: Binding[] = []
  const lastScan = plan.items.findLastIndex((item) => item.kind === 'scan')
  for (const binding of bindings) {
    const { node, place, over } = binding
    const at = plan.itemOf.get(node)
    const item = at === undefined ? undefined : plan.items[at]!
    const possible = item && item.kind !== 'scan' && !taken.has(node) && sameShape(node.shape, place.shape)
    // State survives a cancelled run untouched: it is overwritten only after the last loop.
    const late = !over || block.depth > 0 || at! > lastScan
    if (possible && late && (!over || isLastReader(plan, at!, over, bindings))) {
      taken.add(node)
      block.place(node, place)
    } else copies.push(binding)
  }
  return copies
}

/** True if no item from `at` on needs the old value of `leaf`, but for the item itself reading it element by element. */
function isLastReader(plan: Schedule, at: number, leaf: Node, bindings: readonly Binding[]): boolean {
  if (bindings.some((b) => baseOf(b.node) === leaf)) return false
  return plan.items.every((item, i) => {
    if (i < at) return true
    const reads = nodesOf(item)
      .flatMap((n) => n.inputs)
      .filter((n) => baseOf(n) === leaf)
    if (reads.length === 0) return true
    const elementByElement = item.kind === 'ew' || (item.addend === leaf && reads.length === 1)
    return (
      i === at &&
      elementByElement &&
      reads.every((n) => n === leaf && sameShape(n.shape, item.nodes[0]!.shape))
    )
  })
}
