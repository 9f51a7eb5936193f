// The graph: immutable nodes with static shapes. Dimension letters: T time, B batch, I input, H hidden, V vocabulary.
// Nodes hold no values; a program compiled from them does.

export interface Node {
  /** Order of creation: inputs always have smaller ids than their users. */
  readonly id: number
  readonly op: string
  readonly inputs: readonly Node[]
  readonly shape: readonly number[]
  readonly attrs: Attrs
}

export interface Attrs {
  /** input, state, slot: for people and for slots. */
  name?: string
  /** const. */
  value?: number
  /** uniform. */
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
  /** out: which result of a scan. */
  kind?: 'final' | 'ys'
  index?: number
}

/** The inside of a scan, on placeholder nodes. Nodes that do not depend on a placeholder belong to the outside. */
export interface Body {
  length: number
  reverse: boolean
  /** Placeholders: one slice of each of the scan's xs; the state before the step. */
  xs: Node[]
  state: Node[]
  /** The state after the step, same order and shapes as `state`. */
  next: Node[]
  /** Values stacked over time. Derivation appends what the backward scan must see. */
  ys: Node[]
}

let count = 0

/** Makes a node; only op constructors call it. */
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

/** The shape both broadcast to, aligned at the last axis as in numpy; throws TypeError naming both when they do not fit. */
export function broadcastShapes(a: readonly number[], b: readonly number[], what: string): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const da = a[i - rank + a.length] ?? 1
    const db = b[i - rank + b.length] ?? 1
    if (da !== db && da !== 1 && db !== 1)
      throw new TypeError(`${what}: shapes (${a.join(', ')}) and (${b.join(', ')}) do not fit`)
    return da === 1 ? db : da
  })
}

/** Nodes that `roots` need, inputs first. Scan bodies are not entered. `stop` nodes are listed but not followed. */
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
