// Bindings: nodes that must be stored at a given view when a block ends (outputs, updated states, the states of a loop). The producer
// writes there directly where no reader of the old value is left; otherwise the value is copied at the end of the block.
import { sameShape, type Node } from '../graph/node.ts'
import type { Block } from './block.ts'
import type { BufferView } from './bufferView.ts'
import { copyCall } from './emit.ts'
import { baseOf, nodesOf, type Schedule } from './schedule.ts'

/** Requires that `node` is stored at `view` when the block ends. */
export interface Binding {
  node: Node
  view: BufferView
  /** The leaf whose old value is stored at `view`: it must have no reader left when it is overwritten. */
  over?: Node
}

/** Assigns bound nodes their final view where the producer may write there directly; returns the bindings that need a copy at the end. */
export function bind(block: Block, plan: Schedule, bindings: readonly Binding[]): Binding[] {
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
export function isLastReader(plan: Schedule, at: number, leaf: Node, bindings: readonly Binding[]): boolean {
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

/**
 * Emits the copies for bindings that could not be written in place: those that overwrite no leaf first; the others through a temporary if
 * they read a leaf that another one overwrites.
 */
export function copyAtEnd(block: Block, copies: readonly Binding[]): void {
  const victims = new Set(copies.flatMap((c) => (c.over ? [c.over] : [])))
  const sourceOf = ({ node }: Binding) =>
    node.op === 'const' ? { const: node.attrs.value! } : block.read(node)
  const staged = copies
    .filter((c) => c.over)
    .map((c) => {
      const reads = baseOf(c.node)
      const source = sourceOf(c)
      const overwritten = victims.has(reads) && reads !== c.over
      return { to: c.view, source: overwritten && 'buffer' in source ? block.dense(source) : source }
    })
  for (const c of copies) {
    if (c.over) continue
    const source = sourceOf(c)
    block.code.push(copyCall(block.touch(c.view), source, 'store'))
  }
  for (const { to, source } of staged) block.code.push(copyCall(block.touch(to), source, 'store'))
}
