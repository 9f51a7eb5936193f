// The loop construct: its step is traced once on placeholders. A step may use any node from outside; such captures are found, not declared.
import { broadcastTo } from './ops.ts'
import { describeNode, makeNode, sameShape, topological, type Body, type Node } from './node.ts'

/** The states after a step and the values to stack. */
export interface ScanStep {
  state: readonly Node[]
  ys: readonly Node[]
}

/** The scan node and its results. */
export interface ScanResult {
  node: Node
  /** The states after the last step. */
  state: Node[]
  /** Each y stacked over time: (T, ...). In a reverse scan, too, index t is time t. */
  ys: Node[]
}

/**
 * Runs `step(xs[t], state) -> { state, ys }` for t = 0..T-1 (T-1..0 when reverse). `xs` are (T, ...) with the same T; `length`
 * is needed only without xs. States keep their shapes. Throws TypeError if lengths or shapes disagree.
 */
export function scan(
  options: { xs: readonly Node[]; init: readonly Node[]; reverse?: boolean; length?: number },
  step: (xs: Node[], state: Node[]) => ScanStep,
): ScanResult {
  const length = options.length ?? options.xs[0]?.shape[0]
  if (length === undefined) throw new TypeError('scan: length is required if there are no xs')
  for (const x of options.xs)
    if (x.shape[0] !== length) throw new TypeError(`scan: ${describeNode(x)} does not have length ${length}`)
  const xs = options.xs.map((x, i) => makeNode('placeholder', [], x.shape.slice(1), { name: `x${i}` }))
  const state = options.init.map((s, i) => makeNode('placeholder', [], s.shape, { name: `s${i}` }))
  const result = step(xs, state)
  if (result.state.length !== state.length)
    throw new TypeError(`scan: the step takes ${state.length} states and returns ${result.state.length}`)
  const next = result.state.map((n, i) => {
    if (!sameShape(n.shape, state[i]!.shape))
      throw new TypeError(`scan: state ${i} of shape (${state[i]!.shape}) is returned as ${describeNode(n)}`)
    return n
  })
  const body: Body = { length, reverse: options.reverse ?? false, xs, state, next, ys: [...result.ys] }
  return scanNode(body, options.xs, options.init)
}

/** The scan node of an existing body, and its results. */
export function scanNode(body: Body, xs: readonly Node[], init: readonly Node[]): ScanResult {
  const node = makeNode('scan', [...xs, ...init, ...captured(body)], [], { body })
  return {
    node,
    state: body.next.map((_, i) => scanFinal(node, i)),
    ys: body.ys.map((_, i) => scanStack(node, i)),
  }
}

export const scanFinal = (scanned: Node, index: number): Node =>
  makeNode('out', [scanned], scanned.attrs.body!.next[index]!.shape, { kind: 'final', index })
export const scanStack = (scanned: Node, index: number): Node => {
  const body = scanned.attrs.body!
  return makeNode('out', [scanned], [body.length, ...body.ys[index]!.shape], { kind: 'ys', index })
}

export const scanXs = (scanned: Node): readonly Node[] =>
  scanned.inputs.slice(0, scanned.attrs.body!.xs.length)
export const scanInit = (scanned: Node): readonly Node[] => {
  const body = scanned.attrs.body!
  return scanned.inputs.slice(body.xs.length, body.xs.length + body.state.length)
}

/** Splits the nodes of a body, inputs first: `inside` depends on its placeholders, `outside` are the captured nodes that it reads. */
export function insideOf(body: Body): { inside: Node[]; outside: Node[] } {
  const placeholders = new Set([...body.xs, ...body.state])
  const dependent = new Set<Node>(placeholders)
  const order = topological([...body.next, ...body.ys])
  for (const node of order) if (node.inputs.some((n) => dependent.has(n))) dependent.add(node)
  const inside = order.filter((node) => dependent.has(node) && !placeholders.has(node))
  const outside = new Set<Node>()
  for (const node of inside) for (const n of node.inputs) if (!dependent.has(n)) outside.add(n)
  for (const node of [...body.next, ...body.ys]) if (!dependent.has(node)) outside.add(node)
  return { inside, outside: [...outside] }
}

/** The nodes from outside that a body reads. */
export const captured = (body: Body): Node[] => insideOf(body).outside

/** A value that does not depend on the step as a stack (length, ...). */
export const repeatOverTime = (node: Node, length: number): Node => broadcastTo(node, [length, ...node.shape])
