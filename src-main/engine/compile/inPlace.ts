// In-place updates: the parts of a concatenation are written straight into it; a product may overwrite an addend that has no other
// reader; a concatenation of slices of one value, some with a product added, may overwrite that value. Only assigns views.
import { sameShape, type Node } from '../graph/node.ts'
import { isLastReader } from './binding.ts'
import type { Block } from './block.ts'
import { sliceView, type BufferView } from './bufferView.ts'
import type { Lowering } from './lower.ts'
import { baseOf, type FusionGroup, type Schedule } from './schedule.ts'
import type { Users } from './uses.ts'

/** Assigns views inside the result: to the parts of a concatenation, and to the operand of an in-place update. */
export function placeInPlace(lowering: Lowering): void {
  const { block, plan, users } = lowering
  for (const group of plan.groups.toReversed()) {
    const node = group.nodes[0]!
    const source = inPlaceSource(group, plan, users)
    const view = block.views.get(node) ?? (group.kind === 'concat' ? block.temporary(node.shape) : undefined)
    if (!view) continue
    block.views.set(node, view)
    if (group.kind === 'concat') placeConcatParts(block, node, view, plan)
    if (source && isFree(view, source, lowering)) placeInto(block, source, view, plan)
  }
}

/** True if `source` may be stored at `view` first and be overwritten there by the final value. */
function isFree(view: BufferView, source: Node, { block, plan, bindings }: Lowering): boolean {
  if (bindings.some((b) => baseOf(b.node) === source)) return false
  const { over } = bindings.find((b) => b.view.buffer === view.buffer && b.over) ?? {}
  return !over || (block.depth > 0 && isLastReader(plan, plan.groupOf.get(source)!, over, bindings))
}

function placeConcatParts(block: Block, node: Node, whole: BufferView, plan: Schedule): void {
  const axis = node.attrs.axis!
  let start = 0
  for (const part of node.inputs) {
    const length = part.shape[axis]!
    placeInto(block, part, sliceView(whole, axis, start, length), plan)
    start += length
  }
}

/** Assigns `view` to the node if the kernel that computes it can write strided rows. */
function placeInto(block: Block, node: Node, view: BufferView, plan: Schedule): void {
  const kind = plan.groups[plan.groupOf.get(node) ?? -1]?.kind
  const strided = kind === 'ew' || kind === 'concat' || (kind === 'gemm' && node.shape.length === 2)
  if (strided && !block.views.has(node)) block.views.set(node, view)
}

/** The value that a group updates element by element, if the group is its only reader; else undefined. */
function inPlaceSource(group: FusionGroup, plan: Schedule, users: Users): Node | undefined {
  const [node] = group.nodes as [Node]
  const source =
    group.kind === 'concat' ? concatSource(node, plan, users) : group.kind === 'gemm' && group.addend
  if (!source || !sameShape(source.shape, node.shape)) return undefined
  if (group.kind === 'gemm' && users.get(source)?.length !== 1) return undefined
  return plan.groupOf.has(source) ? source : undefined
}

/** The value of which every part of a concatenation is the slice at the same offset, or a product added to that slice. */
function concatSource(node: Node, plan: Schedule, users: Users): Node | undefined {
  const axis = node.attrs.axis!
  const slices = node.inputs.map((part) => addendOf(part, plan) ?? part)
  const source = slices[0]!.inputs[0]
  let start = 0
  const fits = slices.every((slice, i) => {
    const { attrs, inputs, op } = slice
    const length = node.inputs[i]!.shape[axis]!
    const same = op === 'slice' && inputs[0] === source && attrs.axis === axis && attrs.start === start
    start += length
    return same && attrs.length === length && users.get(slice)?.length === 1
  })
  return fits && users.get(source!)?.length === slices.length ? source : undefined
}

/** The addend fused into a product. */
function addendOf(part: Node, { groups, groupOf }: Schedule): Node | undefined {
  const group = groups[groupOf.get(part) ?? -1]
  return group?.kind === 'gemm' && part.shape.length === 2 ? group.addend : undefined
}
