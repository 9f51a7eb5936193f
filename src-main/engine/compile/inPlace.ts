// Values that are updated where they lie: a sum whose addend nobody else reads, a concatenation that repeats most of another value and
// adds to the rest. Says who may share memory; block.ts decides whether the place can be had so early.
import { sameShape, type Node } from '../graph/node.ts'
import type { Item, Schedule } from './schedule.ts'
import type { Users } from './uses.ts'

/** The value that an item only adds to, element by element at its own place; nobody else reads it. */
export function updatedBy(item: Item, plan: Schedule, users: Users): Node | undefined {
  const [node] = item.nodes as [Node]
  const source = item.kind === 'concat' ? repeatedBy(node, plan, users) : item.kind === 'gemm' && item.addend
  if (!source || !sameShape(source.shape, node.shape)) return undefined
  if (item.kind === 'gemm' && users.get(source)?.length !== 1) return undefined
  return plan.itemOf.has(source) ? source : undefined
}

/** The value of which every part of a concatenation is a slice at the same spot, or a product added to that slice. */
function repeatedBy(node: Node, plan: Schedule, users: Users): Node | undefined {
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

/** The slice that a product is added to. */
function addendOf(part: Node, { items, itemOf }: Schedule): Node | undefined {
  const item = items[itemOf.get(part) ?? -1]
  return item?.kind === 'gemm' && part.shape.length === 2 ? item.addend : undefined
}
