// One node of a loop body -> the same node with a leading time axis, computed once for all steps before the loop.
import { makeNode, type Node } from '../graph/node.ts'
import { binaryOps, unaryOps } from '../graph/ops.ts'

/** Without `uniform`, whose numbers depend on the iteration in which it is drawn. */
const elementwise = new Set<string>([...unaryOps, ...binaryOps, 'select'])

/**
 * The node of a loop body computed for all `length` steps, (T, ...), if its op extends to a leading time axis. `lifted`: node -> its value
 * for all steps; `dependent`: nodes that can differ from step to step.
 */
export function computeOverTime(
  node: Node,
  lifted: ReadonlyMap<Node, Node>,
  dependent: ReadonlySet<Node>,
  length: number,
): Node | undefined {
  if (!node.inputs.every((n) => lifted.has(n) || !dependent.has(n))) return undefined
  const varying = node.inputs.filter((n) => dependent.has(n))
  if (varying.length === 0) return undefined
  const up = (n: Node) => lifted.get(n) ?? n
  const shape = [length, ...node.shape]
  const inputs = node.inputs.map(up)
  const make = (attrs = node.attrs) => makeNode(node.op, inputs, shape, attrs)
  if (elementwise.has(node.op)) {
    return varying.every((n) => n.shape.length === node.shape.length) ? make() : undefined
  }
  const onlyFirst = !node.inputs.slice(1).some((n) => dependent.has(n))
  switch (node.op) {
    case 'matmul':
      return onlyFirst ? make() : undefined
    case 'gather':
      return dependent.has(node.inputs[0]!) ? undefined : make()
    case 'oneHot':
    case 'softmax':
    case 'logSoftmax':
      return make()
    case 'crossEntropy':
      return varying.length === 2 ? make() : undefined
    case 'reshape':
      return make()
    case 'slice':
      return make({ ...node.attrs, axis: node.attrs.axis! + 1 })
    case 'concat':
      return varying.length === node.inputs.length
        ? make({ ...node.attrs, axis: node.attrs.axis! + 1 })
        : undefined
    case 'sum':
      return make({ ...node.attrs, axes: node.attrs.axes!.map((d) => d + 1) })
    default:
      return undefined
  }
}
