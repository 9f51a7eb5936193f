// The calls of a program in order, loops as branches, each with what it computes, what it costs and which part of the step it is.
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

export interface Told {
  sectionOf: (node: Node) => Section
  bytesPerElement: number
  word: Wording
  loopName: (scanned: Node) => string
  /** Whose slots calls may write. */
  program: Program
}

/** `code` and `block.code` are the same calls in the same order. */
export function treeOf(code: readonly Instruction[], block: Block, told: Told): ProgramItem[] {
  return level(code, block.code, block, told, [], 'update')
}

function level(
  code: readonly Instruction[],
  pending: readonly Unplaced[],
  block: Block,
  told: Told,
  counts: readonly number[],
  outer: Section,
): ProgramItem[] {
  return code.flatMap((instruction, i): ProgramItem[] => {
    const item = block.origin.get(pending[i]!)
    const section = item ? earliestOf(nodesOf(item).map(told.sectionOf)) : outer
    if (instruction.kernel === 'guard')
      return guardsOf(instruction, pending[i] as UnplacedGuard, block, told, counts, section)
    if (instruction.kernel !== 'loop')
      return [
        callOf(instruction, titleOf(instruction, pending[i]!, item, block, told), section, counts, told),
      ]
    const scanned = item!.nodes[0]!
    const inner = innerOf(block, scanned)
    const { count, reverse } = instruction
    const made = told.sectionOf(scanned)
    const title = `${told.loopName(scanned)}, ${made}`
    const pendings = pending[i]!.kernel === 'loop' ? pending[i]!.body : []
    const body = inner ? level(instruction.body, pendings, inner, told, [...counts, count], made) : []
    const loop: ProgramLoop = { kernel: 'loop', title, section: made, count, reverse, body }
    return [loop]
  })
}

/** What runs where the predicate is set, and what runs instead if anything does. */
function guardsOf(
  { body, otherwise }: Guard,
  pending: UnplacedGuard,
  block: Block,
  told: Told,
  counts: readonly number[],
  section: Section,
): ProgramGuard[] {
  const { predicate } = block.origin.get(pending)!
  const branch = (open: boolean): ProgramGuard => ({
    kernel: 'guard',
    title: told.word(predicate!, 2),
    section,
    open,
    body: open
      ? level(body, pending.body, block, told, counts, section)
      : level(otherwise, pending.otherwise, block, told, counts, section),
  })
  return otherwise.length > 0 ? [branch(true), branch(false)] : [branch(true)]
}

function callOf(
  call: Call,
  title: string,
  section: Section,
  counts: readonly number[],
  { bytesPerElement }: Told,
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

/** In names where there are some. */
function titleOf(
  call: Call,
  pending: Unplaced,
  item: FusionGroup | undefined,
  block: Block,
  { word, program }: Told,
): string {
  if (call.kernel === 'pack') return `pack ${packedName(pending, block, word)}`
  if (!item || item.kind === 'scan') return placed(call, pending, block)
  const [node] = item.nodes as [Node]
  if (call.note === 'closed') return insteadOf(call, pending, item, block, word)
  if (item.product?.op === 'matmul') {
    const [a, b] = item.product.inputs as [Node, Node]
    const sum = item.addend ? ` + ${word(item.addend, 1)}` : ''
    const name = nameOf(node) || nameOf(item.product)
    return `${name ? `${name} = ` : ''}${word(a, 1)} @ ${word(b, 1)}${sum}`
  }
  if (item.kind === 'ew' && call.code.length > 0) {
    const kept = call.outs.flatMap((view) => slotAt(program, view))
    if (kept.length > 0) return `new ${kept.join(', ')}`
    const names = [...new Set(item.nodes.map(nameOf).filter(Boolean))]
    return names.length > 0 ? names.join(', ') : item.nodes.length === 1 ? word(node, 2) : fewest(call)
  }
  if (item.kind === 'ew' || item.kind === 'concat' || call.kernel === 'ew') return `copy ${word(node, 1)}`
  const core = item.product ?? node
  const sum = item.addend ? ` + ${word(item.addend, 1)}` : ''
  const plain = `${core.op}(${core.inputs.map((n) => word(n, 1)).join(', ')})${sum}`
  return nameOf(node) ? `${nameOf(node)} = ${plain}` : plain
}

/** What is written where a guard is closed. */
function insteadOf(call: Call, pending: Unplaced, item: FusionGroup, block: Block, word: Wording): string {
  const to = 'outs' in pending ? pending.outs[0]! : undefined
  const isThere = (node: Node) => {
    const place = block.views.get(node)
    return place?.buffer === to?.buffer && place?.offset === to?.offset
  }
  const node = item.nodes.find(isThere) ?? item.nodes[0]!
  return `${call.ins.length > 0 ? 'copy' : 'fill'} instead of ${word(node, 1)}`
}

/** The slot that a window lies in. */
function slotAt({ slots }: Program, { offset }: View): string[] {
  for (const [name, slot] of slots) {
    if (offset >= slot.offset && offset < slot.offset + Math.max(1, elements(slot.shape))) return [name]
  }
  return []
}

/** What most of a chain without names is: `mul x6 sub x3`. */
function fewest(call: Call): string {
  const counts = new Map<string, number>()
  for (const { fn } of call.code) if (fn !== 'const') counts.set(fn, (counts.get(fn) ?? 0) + 1)
  const sorted = [...counts].sort((a, b) => b[1] - a[1])
  return sorted.map(([fn, n]) => (n > 1 ? `${fn} ×${n}` : fn)).join(' ') || 'copy'
}

function packedName(pending: Unplaced, block: Block, word: Wording): string {
  if (pending.kernel === 'loop' || pending.kernel === 'guard') return ''
  const buffer = pending.outs[0]!.buffer
  const found = [...block.packs].find(([, place]) => place.buffer === buffer)
  return found ? word(found[0]) : 'weights'
}

/** Copies that begin or end a loop: named after what lies there. */
function placed(call: Call, pending: Unplaced, block: Block): string {
  const what = call.note === 'init' ? 'start of' : call.note === 'fill' ? 'fill' : 'copy'
  if (pending.kernel === 'loop' || pending.kernel === 'guard') return what
  const { buffer } = pending.outs[0]!
  for (const one of [block, ...block.loops]) {
    for (const [node, place] of one.views)
      if (place.buffer === buffer && nameOf(node)) return `${what} ${nameOf(node)}`
  }
  return what === 'start of' ? 'start of a state' : what
}
