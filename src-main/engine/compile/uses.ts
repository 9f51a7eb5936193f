// Use analysis of scan results, loop bodies included: a result without a reader is not stored, and a stack that is only summed over time
// is accumulated instead.
import { topological, type Body, type Node } from '../graph/node.ts'
import { insideOf } from '../graph/scan.ts'

/** How the stack `ys[index]` of a scan is read. */
export interface StackUse {
  /** Its sums over time (and possibly more axes). */
  sums: Node[]
  /** The stack itself is read. */
  whole: boolean
}

/** Scan -> index in `ys` -> use; stacks without a reader are absent. */
export type StackUses = ReadonlyMap<Node, ReadonlyMap<number, StackUse>>

/** Uses of the stacks of all scans that `roots` need. */
export function stackUses(roots: readonly Node[]): StackUses {
  const uses = new Map<Node, Map<number, StackUse>>()
  const useOf = (out: Node): StackUse => {
    const scanned = out.inputs[0]!
    const own = uses.get(scanned) ?? new Map<number, StackUse>()
    uses.set(scanned, own)
    const use = own.get(out.attrs.index!) ?? { sums: [], whole: false }
    own.set(out.attrs.index!, use)
    return use
  }
  const isStack = (n: Node) => n.op === 'out' && n.attrs.kind === 'ys'
  const seen = new Set<Node>()
  const visit = (results: readonly Node[]): void => {
    for (const node of results) if (isStack(node)) useOf(node).whole = true
    for (const node of topological(results)) {
      if (seen.has(node)) continue
      seen.add(node)
      for (const n of node.inputs) {
        if (!isStack(n)) continue
        const use = useOf(n)
        if (node.op === 'sum' && node.attrs.axes![0] === 0) use.sums.push(node)
        else use.whole = true
      }
      if (node.op === 'scan') visit([...node.attrs.body!.next, ...node.attrs.body!.ys])
    }
  }
  visit(roots)
  return uses
}

/** Node -> number of uses in a loop body, its results included; nodes without a use are absent. */
export function usesInBody(body: Body): Map<Node, number> {
  const uses = new Map<Node, number>()
  const use = (n: Node) => uses.set(n, (uses.get(n) ?? 0) + 1)
  for (const node of insideOf(body).inside) node.inputs.forEach(use)
  for (const n of [...body.next, ...body.ys]) use(n)
  return uses
}

/** Node -> its readers in a block, in order. */
export type Users = ReadonlyMap<Node, readonly Node[]>

/** The readers of every node that `order` reads. */
export function usersOf(order: readonly Node[]): Users {
  const users = new Map<Node, Node[]>()
  for (const user of order) {
    for (const n of new Set(user.inputs)) {
      const list = users.get(n)
      if (list) list.push(user)
      else users.set(n, [user])
    }
  }
  return users
}
