// The graph: immutable nodes with static shapes. Dimension letters: T time, B batch, I input, H hidden, V vocabulary.
// Nodes hold no values; the arena of a compiled program does.

export interface Node {
  /** Order of creation: inputs always have smaller ids than their users. */
  readonly id: number
  readonly op: string
  readonly inputs: readonly Node[]
  readonly shape: readonly number[]
  readonly attrs: Attrs
}

export interface Attrs {
  /** input, state: the name of the slot; placeholder: for display. */
  name?: string
  /** const. */
  value?: number
  /** uniform: number of the random stream. */
  stream?: number
  /** slice, concat, pad: axis and extent. */
  axis?: number
  start?: number
  length?: number
  /** sum, max: reduced axes, ascending. */
  axes?: readonly number[]
  /** oneHot, scatterAdd: number of classes or rows. */
  size?: number
  /** scan. */
  body?: Body
  /** out: which result of the scan, and its index. */
  kind?: 'final' | 'ys'
  index?: number
}

/** The step of a scan as a graph over placeholder nodes. Nodes that do not depend on a placeholder are captured from outside. */
export interface Body {
  length: number
  reverse: boolean
  /** Placeholders: a slice of each of the scan's xs; each state before the step. */
  xs: Node[]
  state: Node[]
  /** The states after the step, same order and shapes as `state`. */
  next: Node[]
  /** Values stacked over time. Differentiation appends the values that it saves. */
  ys: Node[]
}

let count = 0

/** Creates a node without checks; called by op constructors and graph passes only. */
export function makeNode(
  op: string,
  inputs: readonly Node[],
  shape: readonly number[],
  attrs: Attrs = {},
): Node {
  return { id: count++, op, inputs, shape, attrs }
}

/** "mul (32, 128)", for error messages and drawings. */
export const describeNode = (node: Node): string =>
  `${node.op}${node.attrs.name ? ` ${node.attrs.name}` : ''} (${node.shape.join(', ')})`

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** The common broadcast shape, aligned at the last axis as in NumPy; throws TypeError naming both shapes if there is none. */
export function broadcastShapes(a: readonly number[], b: readonly number[], what: string): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const da = a[i - rank + a.length] ?? 1
    const db = b[i - rank + b.length] ?? 1
    if (da !== db && da !== 1 && db !== 1)
      throw new TypeError(`${what}: shapes (${a.join(', ')}) and (${b.join(', ')}) do not broadcast`)
    return da === 1 ? db : da
  })
}

/** Nodes that `roots` depend on, inputs first. Scan bodies are not entered; inputs of nodes for which `stop` is true are not followed. */
export function topological(roots: readonly Node[], stop?: (node: Node) => boolean): Node[] {
  const seen = new Set<Node>()
  const order: Node[] = []
  const stack: { node: Node; next: number }[] = []
  for (const root of roots) {
    if (seen.has(root)) continue
    seen.add(root)
    stack.push({ node: root, next: 0 })
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const input = stop?.(top.node) ? undefined : top.node.inputs[top.next++]
      if (input === undefined) {
        order.push(top.node)
        stack.pop()
      } else if (!seen.has(input)) {
        seen.add(input)
        stack.push({ node: input, next: 0 })
      }
    }
  }
  return order
}
