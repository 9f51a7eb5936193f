// Conditional liveness through select: operand a of select(p, a, b) is read only where p is not 0, so a value whose only uses are such
// operands is live only while some element of p is not 0. The analysis crosses loops: if a second loop reads a stack of a first loop only
// under p, the first loop need not write the stack at steps where p is 0. Analysis only; ifRegion.ts decides what to skip.
import { sameShape, type Node } from '../graph/node.ts'
import { insideOf, scanXs } from '../graph/scan.ts'
import { elements } from './program.ts'
import { usersOf, type Users } from './uses.ts'

/** Predicates of a value: it is dead as soon as one of them is 0 everywhere. The empty set: always live. */
export type Conditions = ReadonlySet<Node>

const never: Conditions = new Set()
/** The selected value has at least this many times the elements of the predicate: one predicate per row, not one per unit. */
const minimalRatio = 4

/** The predicate of a select if it chooses whole rows, else undefined. */
export function predicateOf(select: Node): Node | undefined {
  let [p] = select.inputs as [Node]
  while (p.op === 'broadcast') p = p.inputs[0]!
  return p.op !== 'const' && elements(p.shape) * minimalRatio <= elements(select.shape) ? p : undefined
}

/** The conditions of every node of one block. */
export class ConditionalLiveness {
  private readonly conditions = new Map<Node, Conditions>()
  private readonly liveOut: ReadonlySet<Node>
  private readonly users: Users
  private readonly bodies = new Map<Node, ConditionalLiveness>()

  /** `liveOut`: values that are read after the block; `liveOutWhere`: the conditions of those that are not always read. */
  constructor(order: readonly Node[], liveOut: readonly Node[], liveOutWhere: ReadonlyMap<Node, Conditions>) {
    this.users = usersOf(order)
    this.liveOut = new Set(liveOut)
    const find = (node: Node) => {
      const uses = (this.users.get(node) ?? []).map((user) => this.conditionsOfUse(user, node))
      if (this.liveOut.has(node)) uses.push(liveOutWhere.get(node) ?? never)
      this.conditions.set(node, uses.length > 0 ? uses.reduce((a, b) => a.intersection(b)) : never)
    }
    for (const node of order.toReversed()) find(node)
    for (const node of this.users.keys()) if (!this.conditions.has(node)) find(node)
  }

  /** The conditions under which a node of this block is live. */
  of(node: Node): Conditions {
    return this.conditions.get(node) ?? never
  }

  /** The analysis of one step of a loop in this block. */
  ofBody(scanned: Node): ConditionalLiveness {
    const known = this.bodies.get(scanned)
    if (known) return known
    const body = scanned.attrs.body!
    const analysis = new ConditionalLiveness(
      insideOf(body).inside,
      [...body.next, ...body.ys],
      this.ofStacks(scanned),
    )
    this.bodies.set(scanned, analysis)
    return analysis
  }

  /** The conditions under which `user` reads `node`. */
  private conditionsOfUse(user: Node, node: Node): Conditions {
    const own = this.of(user)
    const first = user.op === 'select' && user.inputs.indexOf(node) === 1 && user.inputs[2] !== node
    const p = first && predicateOf(user)
    return p ? own.union(new Set([p])) : own
  }

  /** Conditions of stacked values whose readers are all loops that read them only under a predicate known in this loop too. */
  private ofStacks(scanned: Node): Map<Node, Conditions> {
    const { ys, next } = scanned.attrs.body!
    const outs = this.users.get(scanned) ?? []
    const found = new Map<Node, Conditions>()
    for (const y of new Set(ys)) {
      const stacks = outs.filter((o) => o.attrs.kind === 'ys' && ys[o.attrs.index!] === y)
      const readers = stacks.flatMap((stack) => this.readers(scanned, stack))
      if (readers.length > 0 && !next.includes(y))
        found.set(
          y,
          readers.reduce((a, b) => a.intersection(b)),
        )
    }
    return found
  }

  /** The conditions of each reader of a stack, expressed in nodes of the loop that writes the stack. */
  private readers(scanned: Node, stack: Node): Conditions[] {
    const readers = (this.users.get(stack) ?? []).flatMap((reader) => {
      if (reader.op !== 'scan') return [never]
      const { xs } = reader.attrs.body!
      return reader.inputs.flatMap((n, i) => {
        if (n !== stack) return []
        if (i >= xs.length) return [never]
        const conditions = [...this.ofBody(reader).of(xs[i]!)]
        return [new Set(conditions.flatMap((c) => correspondingNode(scanned, reader, c) ?? []))]
      })
    })
    return this.liveOut.has(stack) ? [...readers, never] : readers
  }
}

/** The node of `scanned`'s body whose value at step t equals `predicate` of `reader`'s body at step t; undefined if there is none. */
function correspondingNode(scanned: Node, reader: Node, predicate: Node): Node | undefined {
  const { xs, ys } = scanned.attrs.body!
  const x = reader.attrs.body!.xs.indexOf(predicate)
  if (x >= 0) {
    const outer = scanXs(reader)[x]!
    const isStacked = outer.op === 'out' && outer.inputs[0] === scanned && outer.attrs.kind === 'ys'
    return isStacked ? ys[outer.attrs.index!] : xs[scanXs(scanned).indexOf(outer)]
  }
  if (reader.inputs.includes(predicate)) return predicate
  if (predicate.op !== 'slice') return undefined
  const source = correspondingNode(scanned, reader, predicate.inputs[0]!)
  const { axis, start } = predicate.attrs
  const isSame = ({ op, inputs, shape, attrs }: Node) =>
    op === 'slice' &&
    inputs[0] === source &&
    attrs.axis === axis &&
    attrs.start === start &&
    sameShape(shape, predicate.shape)
  return source && insideOf(scanned.attrs.body!).inside.find(isSame)
}
