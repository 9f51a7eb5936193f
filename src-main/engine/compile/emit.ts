// Items -> kernel calls on places. Offsets are still open; finish() turns places into views once memory is allocated.
import type { Node } from '../graph/node.ts'
import type { Block } from './block.ts'
import {
  asMatrix,
  broadcastPlace,
  mergeAxes,
  reshapePlace,
  samePlace,
  slicePlace,
  toView,
  type Place,
} from './place.ts'
import { elements, packedSize, type Call, type EwFunction, type EwOp, type Instruction } from './program.ts'
import type { Item } from './schedule.ts'

export interface PendingCall extends Omit<Call, 'outs' | 'ins'> {
  outs: Place[]
  ins: Place[]
}
export interface PendingLoop {
  kernel: 'loop'
  count: number
  reverse: boolean
  body: Pending[]
  note: string
}
export interface PendingGuard {
  kernel: 'guard'
  when: Place
  body: Pending[]
  otherwise: Pending[]
  note: string
}
export type Pending = PendingCall | PendingLoop | PendingGuard

/** Places to views; all buffers must be allocated. */
export function finish(code: readonly Pending[]): Instruction[] {
  return code.map((p) => {
    if (p.kernel === 'loop') return { ...p, body: finish(p.body) }
    if (p.kernel === 'guard')
      return { ...p, when: toView(p.when), body: finish(p.body), otherwise: finish(p.otherwise) }
    return { ...p, outs: p.outs.map(toView), ins: p.ins.map(toView) }
  })
}

type CallKernel = Call['kernel']
const call = (kernel: CallKernel, outs: Place[], ins: Place[], note: string): PendingCall => ({
  kernel, outs, ins, packed: 0, code: [], results: [], note,
}) // prettier-ignore

/** to = from, or to = a constant. */
export function copyCall(to: Place, from: Place | { const: number }, note: string): PendingCall {
  if ('const' in from) {
    const [out] = mergeAxes([to])
    return {
      ...call('ew', [out!], [], note),
      code: [{ fn: 'const', a: 0, b: 0, c: 0, imm: from.const }],
      results: [0],
    }
  }
  const [out, source] = mergeAxes([to, { ...from, shape: to.shape }])
  return { ...call('ew', [out!], [source!], note), results: [0] }
}

/** Emits the calls of one item; `stored` are those of its nodes that get memory. */
export function emitItem(block: Block, item: Item, stored: readonly Node[]): void {
  if (item.kind === 'ew') emitElementwise(block, item, stored)
  else if (item.kind === 'gemm') emitProduct(block, item)
  else if (item.kind === 'concat') emitConcat(block, item.nodes[0]!)
  else emitCall(block, item)
}

function emitElementwise(block: Block, item: Item, stored: readonly Node[]): void {
  if (stored.length === 0) return
  const shape = item.nodes[0]!.shape
  const members = new Set(item.nodes)
  const inputs = new Map<Node, Place>()
  for (const node of item.nodes) {
    if (node.op === 'uniform') continue
    for (const n of node.inputs) {
      if (n.op !== 'const' && !members.has(n) && !inputs.has(n))
        inputs.set(n, broadcastPlace(block.read(n), shape))
    }
  }
  const register = new Map<Node, number>([...inputs.keys()].map((n, i) => [n, i]))
  const code: EwOp[] = []
  const emit = (fn: EwFunction, [a = 0, b = 0, c = 0]: number[], imm = 0) =>
    inputs.size + code.push({ fn, a, b, c, imm }) - 1
  const registerOf = (n: Node): number => {
    const known = register.get(n)
    if (known !== undefined) return known
    const made = emit('const', [], n.attrs.value!)
    register.set(n, made)
    return made
  }
  for (const node of item.nodes) {
    const made =
      node.op === 'uniform'
        ? emit('uniform', [], node.attrs.stream!)
        : emit(node.op as EwFunction, node.inputs.map(registerOf))
    register.set(node, made)
  }
  const outs = stored.map((n) => block.read(n))
  const merged = mergeAxes([...outs, ...inputs.values()])
  block.code.push({
    ...call(
      'ew',
      merged.slice(0, outs.length),
      merged.slice(outs.length),
      item.nodes.map((n) => n.op).join(' '),
    ),
    code,
    results: stored.map((n) => register.get(n)!),
  })
}

/** Rows (M, N) of a node with the last axis contiguous; copies where that is needed. */
function rowsOf(block: Block, node: Node): Place {
  const place = block.read(node)
  const matrix = asMatrix(place)
  if (matrix && (matrix.shape[1] === 1 || matrix.strides[1] === 1)) return matrix
  return asMatrix(block.dense(place))!
}

/** A table whose rows are contiguous; where that takes a copy, one before the loop if it can be. */
function tableOf(block: Block, node: Node): Place {
  const place = block.read(node)
  if (place.strides[1] === 1 || place.shape[1] === 1) return place
  return block.parent && !block.isInside(node) ? block.copied(node) : block.dense(place)
}

/** All elements of a node in one line. */
function lineOf(block: Block, node: Node): Place {
  const place = block.read(node)
  return (
    reshapePlace(place, [elements(node.shape)]) ?? reshapePlace(block.dense(place), [elements(node.shape)])!
  )
}

/** A matrix that gemm can read: one of its strides is 1. */
function factorOf(block: Block, node: Node): Place {
  const place = asMatrix(block.read(node))
  const good =
    place &&
    place.strides.every((s, i) => s !== 0 || place.shape[i] === 1) &&
    place.strides.some((s, i) => s === 1 || place.shape[i] === 1)
  return withStrides(good ? place : asMatrix(block.dense(block.read(node)))!)
}

/** Axes of extent 1 get the stride that a dense matrix would have there, so that [ld, 1] or [1, ld] always holds. */
function withStrides(m: Place): Place {
  let [s0, s1] = m.strides as [number, number]
  const [rows, columns] = m.shape as [number, number]
  if (columns === 1 && s1 !== 1) s1 = rows === 1 || s0 !== 1 ? 1 : rows
  if (rows === 1) s0 = s1 === 1 ? columns : 1
  return { ...m, strides: [s0, s1] }
}

/** Iterations times rows from which packing the weights before a loop pays. */
const packingPays = 16

function emitProduct(block: Block, item: Item): void {
  const node = item.nodes[0]!
  const [a, b] = item.product!.inputs as [Node, Node]
  const left = factorOf(block, a)
  const rows = left.shape[0]!
  const fromOutside = block.parent !== undefined && !block.isInside(b)
  // Rounded factors are packed in any case: before the loop, that happens once.
  const few = block.precision === 'f32' && rows < 4
  const pack = fromOutside && block.count * rows >= packingPays && !few
  const right = pack ? block.packed(b, (outer) => emitPack(outer, b)) : factorOf(block, b)
  const target = block.read(node)
  const matrix = asMatrix(target)
  const out =
    matrix && (matrix.strides[1] === 1 || matrix.shape[1] === 1)
      ? withStrides(matrix)
      : asMatrix(block.temporary(node.shape))!
  const ins = [left, right, ...addendOf(block, item)]
  block.code.push({
    ...call('gemm', [out], ins, item.addend ? 'matmul add' : 'matmul'),
    packed: pack ? 1 : 0,
    precision: block.precision,
  })
  if (out.buffer !== target.buffer) {
    block.code.push(copyCall(target, reshapePlace(out, node.shape)!, 'store'))
  }
}

function emitPack(outer: Block, b: Node): Place {
  const source = factorOf(outer, b)
  const [k, n] = source.shape as [number, number]
  const place = { ...outer.temporary([packedSize(k, n, outer.precision)]), shape: [k, n], strides: [n, 1] }
  outer.code.push({ ...call('pack', [place], [source], 'pack'), precision: outer.precision })
  return place
}

function emitConcat(block: Block, node: Node): void {
  const whole = block.read(node)
  let start = 0
  for (const part of node.inputs) {
    const length = part.shape[node.attrs.axis!]!
    const share = slicePlace(whole, node.attrs.axis!, start, length)
    start += length
    if (part.op === 'const') block.code.push(copyCall(share, { const: part.attrs.value! }, 'fill'))
    else {
      const from = block.read(part)
      if (!samePlace(from, share)) block.code.push(copyCall(share, from, 'concat'))
    }
  }
}

function emitCall(block: Block, item: Item): void {
  const node = item.product ?? item.nodes[0]!
  const [a, b, c] = node.inputs as [Node, Node, Node]
  const out = block.read(item.nodes[0]!)
  // Kernels write dense rows; a bound place is dense in all but its position.
  const outRows = () => asMatrix(out)!
  const outLine = () => reshapePlace(out, [elements(node.shape)])!
  const push = (kernel: CallKernel, to: Place, ins: Place[]) =>
    block.code.push(call(kernel, [to], ins, node.op))
  switch (node.op) {
    case 'sum':
    case 'maxOf':
      return void emitReduction(block, item, out)
    case 'softmax':
    case 'logSoftmax':
      return void push(node.op, outRows(), [rowsOf(block, a)])
    case 'xent':
      return void push('xent', outLine(), [rowsOf(block, a), lineOf(block, b)])
    case 'xentGrad':
      return void push('xentGrad', outRows(), [rowsOf(block, a), lineOf(block, b), lineOf(block, c)])
    case 'gather':
      return void push('gather', outRows(), [tableOf(block, a), lineOf(block, b), ...addendOf(block, item)])
    case 'scatterAdd':
      return void push('scatterAdd', outRows(), [rowsOf(block, a), lineOf(block, b)])
    case 'oneHot':
      return void push('oneHot', outRows(), [lineOf(block, a)])
    default:
      throw new TypeError(`compile: no kernel for ${node.op}`)
  }
}

/** The addend as rows of the item's result, if there is one. */
function addendOf(block: Block, { addend, nodes }: Item): Place[] {
  if (!addend) return []
  const wide = broadcastPlace(block.read(addend), nodes[0]!.shape)
  return [asMatrix(wide) ?? asMatrix(block.dense(wide))!]
}

/** out (kept), ins (kept ++ reduced): kept and reduced axes are merged apart, reduced ones from the widest stride to the closest. */
function emitReduction(block: Block, { nodes, product, addend, factors }: Item, out: Place): void {
  const node = product ?? nodes[0]!
  const sources = (factors?.inputs ?? [node.inputs[0]!]).map((n) => block.read(n))
  const axes = node.attrs.axes!
  const pick = (place: Place, at: number[]): Place => ({
    ...place,
    shape: at.map((d) => place.shape[d]!),
    strides: at.map((d) => place.strides[d]!),
  })
  const first = sources[0]!
  const kept = first.shape.map((_, d) => d).filter((d) => !axes.includes(d))
  const reduced = [...axes].sort((d, e) => first.strides[e]! - first.strides[d]! || d - e)
  const added = addend ? [broadcastPlace(block.read(addend), node.shape)] : []
  const scalar = (place: Place): Place => ({ ...place, shape: [], strides: [] })
  const ends = [out, ...added]
  const merged = mergeAxes([...ends, ...sources.map((s) => pick(s, kept))])
  const keptOf = elements(node.shape) === 1 ? merged.map(scalar) : merged
  const inner = mergeAxes(sources.map((s) => pick(s, reduced)))
  const ins = sources.map((source, i): Place => {
    const outer = keptOf[ends.length + i]!
    return {
      ...source,
      shape: [...outer.shape, ...inner[i]!.shape],
      strides: [...outer.strides, ...inner[i]!.strides],
    }
  })
  const kernel = node.op === 'maxOf' ? 'max' : factors ? 'dot' : 'sum'
  block.code.push(call(kernel, [keptOf[0]!], [...ins, ...keptOf.slice(1, ends.length)], nodes.map((n) => n.op).join(' '))) // prettier-ignore
}
