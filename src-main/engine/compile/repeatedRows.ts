// A function of single rows that is applied to repeated rows is computed once, and its rows are repeated. So columns of a batch that read the
// same symbols share the look-ups and products of their input. Values keep their bits; elementwise work other than adding a vector is left.
import type { Node } from '../graph/node.ts'
import { add, broadcastTo, gather, matmul, oneHot } from '../graph/ops.ts'

/** The rows (..., K) that a broadcast along other axes repeats; undefined for another node. `width`: number of last axes that are not repeated. */
function repeated({ op, inputs, shape }: Node, width: 0 | 1): Node | undefined {
  const [source] = inputs
  const rows =
    op === 'broadcast' &&
    source!.op !== 'const' &&
    source!.shape.length === shape.length &&
    (width === 0 || source!.shape.at(-1) === shape.at(-1))
  return rows ? source : undefined
}

/** The node of the same value that computes each row once, or undefined. */
export function onceForRepeatedRows(node: Node, inputs: readonly Node[]): Node | undefined {
  const [a, b] = inputs as [Node, Node]
  const repeat = (rows: Node | undefined, once: (rows: Node) => Node) =>
    rows && broadcastTo(once(rows), node.shape)
  switch (node.op) {
    case 'oneHot':
      return repeat(repeated(a, 0), (ids) => oneHot(ids, node.attrs.size!))
    case 'gather':
      return repeat(repeated(b, 0), (ids) => gather(a, ids))
    case 'matmul':
      return repeat(repeated(a, 1), (rows) =>
        rows.op === 'oneHot' ? gather(b, rows.inputs[0]!) : matmul(rows, b),
      )
    case 'add':
      return a.shape.length <= 1
        ? repeat(repeated(b, 1), (rows) => add(a, rows))
        : b.shape.length <= 1
          ? repeat(repeated(a, 1), (rows) => add(rows, b))
          : undefined
    default:
      return undefined
  }
}
