// In-place update analysis: a product may overwrite an addend that has no other reader; a concatenation of slices of one value, some with
// a product added, may overwrite that value. Names the candidates; block.ts checks whether the memory is free early enough.
import { sameShape, type Node } from '../graph/node.ts'
import type { FusionGroup, Schedule } from './schedule.ts'
import type { Users } from './uses.ts'

/** The value that a group updates element by element, if the group is its only reader; else undefined. */
export function inPlaceSource(group: FusionGroup, plan: Schedule, users: Users): Node | undefined {
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
