// Lowers a block, the top level or the body of one loop: gives every node that needs memory a buffer view and emits the calls of its
// fusion groups in order. Loops are lowered in loop.ts, if-regions in lowerIfRegion.ts, single calls in emit.ts.
import type { Node } from '../graph/node.ts'
import { bind, copyAtEnd, type Binding } from './binding.ts'
import type { Block } from './block.ts'
import { ConditionalLiveness } from './conditionalLiveness.ts'
import { emitGroup } from './emit.ts'
import { ifRegionsOf } from './ifRegion.ts'
import { placeInPlace } from './inPlace.ts'
import { lowerScan } from './loop.ts'
import { lowerIfRegion } from './lowerIfRegion.ts'
import { baseOf, schedule, type FusionGroup, type Schedule } from './schedule.ts'
import { usersOf, type Users } from './uses.ts'

/** What is known about a block while it is lowered. */
export interface Lowering {
  block: Block
  plan: Schedule
  /** Readers of the nodes in this block. */
  users: Users
  bindings: readonly Binding[]
  /** The bindings that need a copy at the end of the block. */
  copies: readonly Binding[]
  /** Nodes whose values must be in memory when the block ends: those of the bindings. */
  liveOut: ReadonlySet<Node>
  liveness: ConditionalLiveness
}

/** Lowers the nodes of a block, inputs first; afterwards every binding holds. `given`: the conditional liveness of a loop body. */
export function lower(
  block: Block,
  order: readonly Node[],
  bindings: readonly Binding[],
  given?: ConditionalLiveness,
): void {
  for (const node of order) block.members.add(node)
  const ends = bindings.map((b) => b.node)
  const liveness = given ?? new ConditionalLiveness(order, ends, new Map())
  // Outside of loops a predicate is rarely 0 for the whole batch.
  const plan = schedule(order, ends, block.depth > 0 ? ifRegionsOf(order, liveness) : undefined)
  const copies = bind(block, plan, bindings)
  const liveOut = new Set(ends)
  const lowering = { block, plan, users: usersOf(order), bindings, copies, liveOut, liveness }
  placeInPlace(lowering)
  const lowerAt = (at: number) => lowerGroup(lowering, at)
  const end = plan.groups.length
  for (let i = 0; i < end;) {
    const { predicate } = plan.groups[i]!
    let next = i + 1
    while (predicate && plan.groups[next]?.predicate === predicate) next++
    if (predicate) lowerIfRegion(lowering, predicate, i, next, lowerAt)
    else lowerAt(i)
    i = next
  }
  block.position = end
  copyAtEnd(block, copies)
}

/** Emits the call (or loop) of group `at`. */
function lowerGroup(lowering: Lowering, at: number): void {
  const { block, plan, liveness } = lowering
  const group = plan.groups[at]!
  block.position = at
  const from = block.code.length
  if (group.kind === 'scan') lowerScan(block, group.nodes[0]!, liveness)
  else emitGroup(block, group, storedNodes(lowering, group))
  for (const call of block.code.slice(from)) block.origin.set(call, group)
}

/** Nodes of a group whose values must be in memory; gives each a view. */
function storedNodes({ block, plan, users, copies }: Lowering, group: FusionGroup): Node[] {
  const stored = group.nodes.filter(
    (node) =>
      block.views.has(node) ||
      copies.some((c) => baseOf(c.node) === node) ||
      isPredicate(node, plan) ||
      isReadElsewhere(node, group, plan, users),
  )
  for (const node of stored) {
    if (!block.views.has(node)) block.views.set(node, block.temporary(node.shape))
  }
  return stored
}

const isPredicate = (node: Node, { regions }: Schedule): boolean =>
  [...regions.values()].some(({ predicate }) => predicate === node)

const isReadElsewhere = (node: Node, group: FusionGroup, plan: Schedule, users: Users): boolean =>
  (users.get(node) ?? []).some((user) => {
    const at = plan.groupOf.get(user)
    // Windows and fused operations belong to no group.
    return at === undefined || plan.groups[at] !== group || !group.nodes.includes(user)
  })
