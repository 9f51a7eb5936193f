// One bottom-up pass over a graph: equal nodes become one, arithmetic with 0 and 1 goes away, products with one-hot rows become
// look-ups, results of scans that nobody reads are dropped, and hoist.ts moves work out of loops. Pure: the given graph stays.
import { standsFor } from '../graph/names.ts'
import { makeNode, sameShape, topological, type Attrs, type Node } from '../graph/node.ts'
import { gather, matmul, reshape, scatterAdd, transpose } from '../graph/ops.ts'
import { insideOf, scanInit, scanXs } from '../graph/scan.ts'
import { joinPads } from './gradients.ts'
import { hoist, type Hoisted } from './hoist.ts'

/** The same values as `roots`, computed with less work; order kept. */
export function rewrite(roots: readonly Node[]): Node[] {
  return new Rewriter(readOuts(roots)).all(roots)
}

/** Which `ys` of each scan are read by somebody, bodies included. */
function readOuts(roots: readonly Node[]): Map<Node, Set<number>> {
  const read = new Map<Node, Set<number>>()
  const visit = (nodes: readonly Node[]) => {
    for (const node of topological(nodes)) {
      if (node.op === 'out' && node.attrs.kind === 'ys') {
        const set = read.get(node.inputs[0]!) ?? new Set()
        read.set(node.inputs[0]!, set.add(node.attrs.index!))
      }
    }
  }
  visit(roots)
  // Scans inside bodies: their outs are reached from the bodies' results.
  const pending = topological(roots).filter((n) => n.op === 'scan')
  const seen = new Set<Node>()
  while (pending.length > 0) {
    const scanned = pending.pop()!
    if (seen.has(scanned)) continue
    seen.add(scanned)
    const { next, ys } = scanned.attrs.body!
    visit([...next, ...ys])
    pending.push(...topological([...next, ...ys]).filter((n) => n.op === 'scan'))
  }
  return read
}

class Rewriter {
  private readonly memo = new Map<Node, Node>()
  private readonly known = new Map<string, Node>()
  private readonly read: Map<Node, Set<number>>
  /** Results of rewritten scans: where each old `ys` and final state now comes from. */
  private readonly scans = new Map<Node, Hoisted>()

  constructor(read: Map<Node, Set<number>>) {
    this.read = read
  }

  all(roots: readonly Node[]): Node[] {
    for (const node of topological(roots)) this.one(node)
    return roots.map((r) => this.memo.get(r)!)
  }

  private one(node: Node): Node {
    const done = this.memo.get(node)
    if (done) return done
    const made = standsFor(this.make(node), node)
    this.memo.set(node, made)
    return made
  }

  private make(node: Node): Node {
    if (node.op === 'scan') {
      this.scans.set(node, this.scan(node))
      return node
    }
    if (node.op === 'out') {
      const result = this.scans.get(node.inputs[0]!)!
      return node.attrs.kind === 'final'
        ? result.finals[node.attrs.index!]!
        : result.stacks.get(node.attrs.index!)!
    }
    const inputs = node.inputs.map((n) => this.memo.get(n)!)
    const simple = simplify(node, inputs)
    return simple ?? this.unique(node, inputs)
  }

  /** One node per operation, attributes and inputs. */
  private unique(node: Node, inputs: readonly Node[]): Node {
    if (node.op === 'slot') return node
    const key = `${node.op}|${inputs.map((n) => n.id).join()}|${node.shape.join()}|${attrsKey(node.attrs)}`
    const found = this.known.get(key)
    if (found) return found
    const same = inputs.every((n, i) => n === node.inputs[i])
    const made = same ? node : makeNode(node.op, inputs, node.shape, node.attrs)
    this.known.set(key, made)
    return made
  }

  private scan(node: Node): Hoisted {
    const body = node.attrs.body!
    for (const slot of [...body.xs, ...body.state]) this.memo.set(slot, slot)
    this.all([...insideOf(body).inside, ...body.next, ...body.ys])
    const at = (n: Node) => this.memo.get(n)!
    return hoist({
      body: { ...body, next: body.next.map(at), ys: body.ys.map(at) },
      xs: scanXs(node).map(at),
      init: scanInit(node).map(at),
      read: [...(this.read.get(node) ?? [])],
    })
  }
}

/** Attributes as text; not JSON, which would take NaN for Infinity. */
const attrsKey = (a: Attrs): string =>
  [a.name, a.value, Object.is(a.value, -0), a.stream, a.axis, a.start, a.length, a.axes?.join(), a.size]
    .map(String)
    .join('|')

const isConst = (n: Node, value: number): boolean => n.op === 'const' && n.attrs.value === value

/** A cheaper node of the same value and shape, or undefined. */
export function simplify(node: Node, inputs: readonly Node[]): Node | undefined {
  const [a, b] = inputs as [Node, Node]
  const keep = (n: Node) => (sameShape(n.shape, node.shape) ? n : undefined)
  switch (node.op) {
    case 'add':
      return isConst(a, 0) ? keep(b) : isConst(b, 0) ? keep(a) : undefined
    case 'sub':
      return isConst(b, 0) ? keep(a) : undefined
    case 'mul':
      return isConst(a, 1) ? keep(b) : isConst(b, 1) ? keep(a) : undefined
    case 'div':
      return isConst(b, 1) ? keep(a) : undefined
    case 'stop':
      return a
    case 'reshape':
      return sameShape(a.shape, node.shape)
        ? a
        : a.op === 'reshape'
          ? reshape(a.inputs[0]!, node.shape)
          : undefined
    case 'transpose':
      if (a.op === 'transpose') return a.inputs[0]!
      // (p q)^T = q^T p^T: a weight's gradient comes out in the weight's own layout.
      return a.op === 'matmul' && a.inputs[0]!.shape.length === 2
        ? matmul(transpose(a.inputs[1]!), transpose(a.inputs[0]!))
        : undefined
    case 'pad':
      return joinPads([node], [a])
    case 'matmul':
      return oneHotProduct(a, b)
    default:
      return undefined
  }
}

/** onehot(ids) @ w = rows of w; onehot(ids)^T @ d = rows of d added up by id. */
function oneHotProduct(a: Node, b: Node): Node | undefined {
  if (a.op === 'oneHot') return gather(b, a.inputs[0]!)
  if (a.op !== 'transpose') return undefined
  let rows = a.inputs[0]!
  if (rows.op === 'reshape') rows = rows.inputs[0]!
  if (rows.op !== 'oneHot') return undefined
  const ids = rows.inputs[0]!
  return scatterAdd(b, reshape(ids, [b.shape[0]!]), rows.attrs.size!)
}
