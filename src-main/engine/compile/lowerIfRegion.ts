// Lowers an if-region, consecutive fusion groups of one predicate, to a guard: a branch with their calls, and one that stores the values
// that are known where the predicate is 0 everywhere (ifRegion.ts).
import type { Node } from '../graph/node.ts'
import { broadcastView, sameView } from './bufferView.ts'
import { copyCall, type Unplaced } from './emit.ts'
import type { Lowering } from './lower.ts'
import { isWindow, type FusionGroup } from './schedule.ts'

/** Emits groups first..end-1 as one guard. `lowerAt` emits the calls of one group. */
export function lowerIfRegion(
  lowering: Lowering,
  predicate: Node,
  first: number,
  end: number,
  lowerAt: (at: number) => void,
): void {
  const { block, plan } = lowering
  block.position = first
  const when = block.read(predicate)
  const before = block.code
  block.insideRegion = true
  const body = (block.code = [] as Unplaced[])
  for (let i = first; i < end; i++) lowerAt(i)
  const otherwise = (block.code = [] as Unplaced[])
  const groups = plan.groups.slice(first, end)
  for (const group of groups) {
    const from = block.code.length
    emitWhenFalse(lowering, group)
    for (const call of block.code.slice(from)) block.origin.set(call, group)
  }
  block.insideRegion = false
  block.code = before
  if (body.length === 0 && otherwise.length === 0) return
  const guard: Unplaced = { kernel: 'guard', when, body, otherwise, note: 'guard' }
  block.code.push(guard)
  block.origin.set(guard, groups[0]!)
}

/** Stores the values that the nodes of a group have when its predicate is 0 everywhere. */
function emitWhenFalse(lowering: Lowering, group: FusionGroup): void {
  const { block, plan } = lowering
  const { regions } = plan
  for (const node of group.nodes) {
    const to = block.views.get(node)
    if (!to || regions.get(node)!.whenFalse === undefined || !isReadWhenFalse(lowering, node)) continue
    let value: Node | 0 = node
    do value = regions.get(value)!.whenFalse!
    while (value !== 0 && group.nodes.includes(value))
    if (value === 0 || value.op === 'const') {
      const constant = value === 0 ? 0 : value.attrs.value!
      block.code.push(copyCall(block.touch(to), { const: constant }, 'closed'))
    } else {
      const from = broadcastView(block.read(value), node.shape)
      if (!sameView(from, to)) block.code.push(copyCall(block.touch(to), from, 'closed'))
    }
  }
}

/** True if the node's memory is read when the predicate of its if-region is 0 everywhere. */
function isReadWhenFalse(lowering: Lowering, node: Node, at = lowering.plan.regions.get(node)!): boolean {
  const { plan, users, liveOut } = lowering
  if (liveOut.has(node)) return true
  return (users.get(node) ?? []).some((user) => {
    const region = plan.regions.get(user)
    if (region?.predicate !== at.predicate || region.whenFalse === node) return true
    return isWindow(user) && isReadWhenFalse(lowering, user, region)
  })
}
