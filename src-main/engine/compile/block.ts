// One block of a program, the top level or the body of one loop: the buffer views of its nodes, the lifetimes of its buffers and the
// calls emitted so far. Says where a node can be read; decides on no order of calls (lower.ts).
import type { Node } from '../graph/node.ts'
import { Lifetimes } from './allocate.ts'
import {
  broadcastView,
  denseView,
  makeBuffer,
  reshapeView,
  sliceView,
  transposeView,
  type Buffer,
  type BufferView,
} from './bufferView.ts'
import { copyCall, type Unplaced } from './emit.ts'
import { elements, type Precision } from './program.ts'
import { baseOf, isWindow, type FusionGroup } from './schedule.ts'

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
  /** Nodes whose values can change from one iteration to the next. */
  readonly members = new Set<Node>()
  /** Index of the fusion group that is being lowered. */
  position = 0
  /** True while the calls of an if-region are emitted: they may not run, so views found in them are not cached. */
  insideRegion = false

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
}

/** The view of a window on `source`; undefined if no strides express it. */
function viewOfWindow(node: Node, source: BufferView): BufferView | undefined {
  switch (node.op) {
    case 'slice':
      return sliceView(source, node.attrs.axis!, node.attrs.start!, node.attrs.length!)
    case 'transpose':
      return transposeView(source)
    case 'broadcast':
      return broadcastView(source, node.shape)
    default:
      return reshapeView(source, node.shape)
  }
}
