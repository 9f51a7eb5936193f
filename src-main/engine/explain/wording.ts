// Graph nodes as formulas: names of weights, states and signals, slices in brackets, an ellipsis below the given depth.
import { topological, type Node } from '../graph/node.ts'
import { nameOf } from '../graph/names.ts'
import { scanXs } from '../graph/scan.ts'

/** A node as a formula of at most `depth` (default 2) nested operations. */
export type Wording = (node: Node, depth?: number) => string

const signs: Record<string, string> = { add: '+', sub: '−', mul: '×', div: '÷' }
const transparent = new Set(['reshape', 'broadcast', 'stop'])

/** Wording for the nodes of a rewritten graph. */
export function wordingOf(rewritten: readonly Node[]): Wording {
  /** Placeholder of a loop -> the stack that it is a slice of. */
  const outer = new Map<Node, Node>()
  for (const node of topological(rewritten)) {
    if (node.op === 'scan') scanXs(node).forEach((x, i) => outer.set(node.attrs.body!.xs[i]!, x))
  }
  const word: Wording = (node, depth = 2) => {
    const name = nameOf(node)
    if (name) return name
    const inner = (i: number) => word(node.inputs[i]!, depth - 1)
    const [a, b] = node.inputs
    if (transparent.has(node.op)) return word(a!, depth)
    switch (node.op) {
      case 'const':
        return String(Number(node.attrs.value!.toPrecision(4)))
      case 'placeholder':
        return outer.has(node) ? source(outer.get(node)!, word) : (node.attrs.name ?? 'x')
      case 'out':
        return ofLoop(node, word)
      case 'transpose':
        return `${word(a!, depth)}ᵀ`
      case 'slice':
        return `${word(a!, depth)}[${node.attrs.start}:${node.attrs.start! + node.attrs.length!}]`
      case 'concat':
        return node.inputs.every((n) => !nameOf(n))
          ? 'dz'
          : `[${node.inputs.map((n) => word(n, 0)).join(', ')}]`
      case 'gather':
        return `${word(a!, 0)}[${word(b!, 0)}]`
      case 'crossEntropyGrad':
        return 'd logits'
    }
    if (depth <= 0) return '…'
    if (node.op === 'matmul') return `${inner(0)} @ ${inner(1)}`
    if (node.op === 'mul' && a === b) return `${inner(0)}²`
    const sign = signs[node.op]
    return sign
      ? `(${inner(0)} ${sign} ${inner(1)})`
      : `${node.op}(${node.inputs.map((n) => word(n, depth - 1)).join(', ')})`
  }
  return word
}

/** The origin of a stack that a loop reads: its product, without the biases. */
function source(stack: Node, word: Wording): string {
  const found = topological([stack], (n) => n.op === 'out').findLast((n) => n.op === 'matmul')
  return word(found ?? stack, 2)
}

/** A result of a loop: the name that it has in the step. */
function ofLoop(node: Node, word: Wording): string {
  const body = node.inputs[0]!.attrs.body!
  const { kind, index } = node.attrs as { kind: 'final' | 'ys'; index: number }
  return word(kind === 'final' ? body.next[index]! : body.ys[index]!, 1)
}
