// The calls of a program as a tree of loops and guards, each with a title, its cost, and its section of the training step.
import type {
  ProgramCall,
  ProgramGuard,
  ProgramItem,
  ProgramLoop,
  Section,
} from '../../contract/programGraph.ts'
import type { Block } from '../compile/block.ts'
import type { Unplaced, UnplacedGuard } from '../compile/emit.ts'
import {
  elements,
  elementsMoved,
  flopsOf,
  type Call,
  type Guard,
  type Instruction,
  type Program,
  type View,
} from '../compile/program.ts'
import { nodesOf, type FusionGroup } from '../compile/schedule.ts'
import type { Node } from '../graph/node.ts'
import { nameOf } from '../graph/names.ts'
import { innerOf } from './memory.ts'
import { earliestOf } from './walk.ts'
import type { Wording } from './wording.ts'

/** Wording and sections of the program's nodes. */
export interface TreeContext {
  sectionOf: (node: Node) => Section
  bytesPerElement: number
  word: Wording
  loopName: (scanned: Node) => string
  /** The program, whose slots give names to the calls that write them. */
  program: Program
}

/** The tree of a program; `code` and `block.code` are the same instructions in the same order. */
export function treeOf(code: readonly Instruction[], block: Block, context: TreeContext): ProgramItem[] {
  return level(code, block.code, block, context, [], 'update')
}

function level(
  code: readonly Instruction[],
  unplaced: readonly Unplaced[],
  block: Block,
  context: TreeContext,
  counts: readonly number[],
  outer: Section,
): ProgramItem[] {
  return code.flatMap((instruction, i): ProgramItem[] => {
    const group = block.origin.get(unplaced[i]!)
    const section = group ? earliestOf(nodesOf(group).map(context.sectionOf)) : outer
    if (instruction.kernel === 'guard')
      return guardsOf(instruction, unplaced[i] as UnplacedGuard, block, context, counts, section)
    if (instruction.kernel !== 'loop')
      return [
        callOf(
          instruction,
          titleOf(instruction, unplaced[i]!, group, block, context),
          section,
          counts,
          context,
        ),
      ]
    const scanned = group!.nodes[0]!
    const inner = innerOf(block, scanned)
    const { count, reverse } = instruction
    const made = context.sectionOf(scanned)
    const title = `${context.loopName(scanned)}, ${made}`
    const unplacedBody = unplaced[i]!.kernel === 'loop' ? unplaced[i]!.body : []
    const body = inner ? level(instruction.body, unplacedBody, inner, context, [...counts, count], made) : []
    const loop: ProgramLoop = { kernel: 'loop', title, section: made, count, reverse, body }
    return [loop]
  })
}

/** The two branches of a guard; the second only if it has instructions. */
function guardsOf(
  { body, otherwise }: Guard,
  unplaced: UnplacedGuard,
  block: Block,
  context: TreeContext,
  counts: readonly number[],
  section: Section,
): ProgramGuard[] {
  const { predicate } = block.origin.get(unplaced)!
  const branch = (open: boolean): ProgramGuard => ({
    kernel: 'guard',
    title: context.word(predicate!, 2),
    section,
    open,
    body: open
      ? level(body, unplaced.body, block, context, counts, section)
      : level(otherwise, unplaced.otherwise, block, context, counts, section),
  })
  return otherwise.length > 0 ? [branch(true), branch(false)] : [branch(true)]
}

function callOf(
  call: Call,
  title: string,
  section: Section,
  counts: readonly number[],
  { bytesPerElement }: TreeContext,
): ProgramCall {
  const shape = (view: View) => [...view.shape]
  const times = counts.reduce((n, count) => n * count, 1)
  return {
    kernel: call.kernel,
    title,
    section,
    outs: call.outs.map(shape),
    ins: call.ins.map(shape),
    times,
    flops: times * flopsOf(call),
    bytes: bytesPerElement * elementsMoved(call, counts),
    ops: call.code.filter((op) => op.fn !== 'const').map((op) => op.fn),
  }
}

/** The title of a call: names of its values if they have some. */
function titleOf(
  call: Call,
  unplaced: Unplaced,
  group: FusionGroup | undefined,
  block: Block,
  { word, program }: TreeContext,
): string {
  if (call.kernel === 'pack') return `pack ${packedName(unplaced, block, word)}`
  if (!group || group.kind === 'scan') return loopCopyTitle(call, unplaced, block)
  const [node] = group.nodes as [Node]
  if (call.note === 'closed') return valueWhenFalseTitle(call, unplaced, group, block, word)
  if (group.product?.op === 'matmul') {
    const [a, b] = group.product.inputs as [Node, Node]
    const sum = group.addend ? ` + ${word(group.addend, 1)}` : ''
    const name = nameOf(node) || nameOf(group.product)
    return `${name ? `${name} = ` : ''}${word(a, 1)} @ ${word(b, 1)}${sum}`
  }
  if (group.kind === 'ew' && call.code.length > 0) {
    const kept = call.outs.flatMap((view) => slotAt(program, view))
    if (kept.length > 0) return `new ${kept.join(', ')}`
    const names = [...new Set(group.nodes.map(nameOf).filter(Boolean))]
    return names.length > 0
      ? names.join(', ')
      : group.nodes.length === 1
        ? word(node, 2)
        : operationCounts(call)
  }
  if (group.kind === 'ew' || group.kind === 'concat' || call.kernel === 'ew') return `copy ${word(node, 1)}`
  const core = group.product ?? node
  const sum = group.addend ? ` + ${word(group.addend, 1)}` : ''
  const plain = `${core.op}(${core.inputs.map((n) => word(n, 1)).join(', ')})${sum}`
  return nameOf(node) ? `${nameOf(node)} = ${plain}` : plain
}

/** The title of a call that writes a value known while the predicate is 0. */
function valueWhenFalseTitle(
  call: Call,
  unplaced: Unplaced,
  group: FusionGroup,
  block: Block,
  word: Wording,
): string {
  const to = 'outs' in unplaced ? unplaced.outs[0]! : undefined
  const isThere = (node: Node) => {
    const place = block.views.get(node)
    return place?.buffer === to?.buffer && place?.offset === to?.offset
  }
  const node = group.nodes.find(isThere) ?? group.nodes[0]!
  return `${call.ins.length > 0 ? 'copy' : 'fill'} instead of ${word(node, 1)}`
}

/** The slot that contains a view; [] if there is none. */
function slotAt({ slots }: Program, { offset }: View): string[] {
  for (const [name, slot] of slots) {
    if (offset >= slot.offset && offset < slot.offset + Math.max(1, elements(slot.shape))) return [name]
  }
  return []
}

/** The operations of an unnamed chain with their counts: `mul ×6 sub ×3`. */
function operationCounts(call: Call): string {
  const counts = new Map<string, number>()
  for (const { fn } of call.code) if (fn !== 'const') counts.set(fn, (counts.get(fn) ?? 0) + 1)
  const sorted = [...counts].sort((a, b) => b[1] - a[1])
  return sorted.map(([fn, n]) => (n > 1 ? `${fn} ×${n}` : fn)).join(' ') || 'copy'
}

function packedName(unplaced: Unplaced, block: Block, word: Wording): string {
  if (unplaced.kernel === 'loop' || unplaced.kernel === 'guard') return ''
  const buffer = unplaced.outs[0]!.buffer
  const found = [...block.packs].find(([, place]) => place.buffer === buffer)
  return found ? word(found[0]) : 'weights'
}

/** The title of a copy before or after a loop: named after a value in its target buffer. */
function loopCopyTitle(call: Call, unplaced: Unplaced, block: Block): string {
  const what = call.note === 'init' ? 'start of' : call.note === 'fill' ? 'fill' : 'copy'
  if (unplaced.kernel === 'loop' || unplaced.kernel === 'guard') return what
  const { buffer } = unplaced.outs[0]!
  for (const one of [block, ...block.loops]) {
    for (const [node, place] of one.views)
      if (place.buffer === buffer && nameOf(node)) return `${what} ${nameOf(node)}`
  }
  return what === 'start of' ? 'start of a state' : what
}
