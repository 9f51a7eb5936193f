// Where values matter: the first choice of select(p, a, b) is read only where p is not 0, so what is computed for it alone matters only
// while some element of p is not 0. Followed through loops: what a second loop reads of a first one's steps only under p need not be
// there where p was 0 either. Looks only; what is made of it is decided in guard.ts.
import { sameShape, type Node } from '../graph/node.ts'
import { insideOf, scanXs } from '../graph/scan.ts'
import { elements } from './program.ts'
import { usersOf, type Users } from './uses.ts'

/** Predicates of which a value is irrelevant as soon as one is 0 everywhere. */
export type Conditions = ReadonlySet<Node>

const never: Conditions = new Set()
/** A predicate has at least so many times fewer elements than what it selects: one number per row, not one per unit. */
const fewer = 4

/** The predicate of a select, if it is one for whole rows. */
export function predicateOf(select: Node): Node | undefined {
  let [p] = select.inputs as [Node]
  while (p.op === 'broadcast') p = p.inputs[0]!
  return p.op !== 'const' && elements(p.shape) * fewer <= elements(select.shape) ? p : undefined
}

/** The conditions of every node of one block. */
export class Demand {
  private readonly conditions = new Map<Node, Conditions>()
  private readonly kept: ReadonlySet<Node>
  private readonly users: Users
  private readonly bodies = new Map<Node, Demand>()

  /** `kept`: values that are read after the block, `keptWhere` those of them that matter only under a condition. */
  constructor(order: readonly Node[], kept: readonly Node[], keptWhere: ReadonlyMap<Node, Conditions>) {
    this.users = usersOf(order)
    this.kept = new Set(kept)
    const find = (node: Node) => {
      const uses = (this.users.get(node) ?? []).map((user) => this.through(user, node))
      if (this.kept.has(node)) uses.push(keptWhere.get(node) ?? never)
      this.conditions.set(node, uses.length > 0 ? uses.reduce((a, b) => a.intersection(b)) : never)
    }
    for (const node of order.toReversed()) find(node)
    for (const node of this.users.keys()) if (!this.conditions.has(node)) find(node)
  }

  of(node: Node): Conditions {
    return this.conditions.get(node) ?? never
  }

  /** Of one step of a loop in this block. */
  ofBody(scanned: Node): Demand {
    const known = this.bodies.get(scanned)
    if (known) return known
    const body = scanned.attrs.body!
    const made = new Demand(insideOf(body).inside, [...body.next, ...body.ys], this.ofStacks(scanned))
    this.bodies.set(scanned, made)
    return made
  }

  /** The conditions of one use. */
  private through(user: Node, node: Node): Conditions {
    const own = this.of(user)
    const first = user.op === 'select' && user.inputs.indexOf(node) === 1 && user.inputs[2] !== node
    const p = first && predicateOf(user)
    return p ? own.union(new Set([p])) : own
  }

  /** What a loop stacks, where all readers are other loops that need it only under a predicate that the loop stacks too. */
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

  /** The conditions of each reader of a stack, in terms of the loop that made it. */
  private readers(scanned: Node, stack: Node): Conditions[] {
    const readers = (this.users.get(stack) ?? []).flatMap((reader) => {
      if (reader.op !== 'scan') return [never]
      const { xs } = reader.attrs.body!
      return reader.inputs.flatMap((n, i) => {
        if (n !== stack) return []
        if (i >= xs.length) return [never]
        const conditions = [...this.ofBody(reader).of(xs[i]!)]
        return [new Set(conditions.flatMap((c) => seenBy(scanned, reader, c) ?? []))]
      })
    })
    return this.kept.has(stack) ? [...readers, never] : readers
  }
}

/** What a predicate of one loop's step is in the step of another loop, at the same time. */
function seenBy(scanned: Node, reader: Node, predicate: Node): Node | undefined {
  const { xs, ys } = scanned.attrs.body!
  const slot = reader.attrs.body!.xs.indexOf(predicate)
  if (slot >= 0) {
    const outer = scanXs(reader)[slot]!
    const isStacked = outer.op === 'out' && outer.inputs[0] === scanned && outer.attrs.kind === 'ys'
    return isStacked ? ys[outer.attrs.index!] : xs[scanXs(scanned).indexOf(outer)]
  }
  if (reader.inputs.includes(predicate)) return predicate
  if (predicate.op !== 'slice') return undefined
  const source = seenBy(scanned, reader, predicate.inputs[0]!)
  const { axis, start } = predicate.attrs
  const isSame = ({ op, inputs, shape, attrs }: Node) =>
    op === 'slice' && inputs[0] === source && attrs.axis === axis && attrs.start === start && sameShape(shape, predicate.shape) // prettier-ignore
  return source && insideOf(scanned.attrs.body!).inside.find(isSame)
}
