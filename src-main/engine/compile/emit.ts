// Fusion groups -> kernel calls on buffer views. Offsets are still open; finish() resolves them once memory is allocated.
import type { Node } from '../graph/node.ts'
import type { Block } from './block.ts'
import {
  asMatrix,
  broadcastView,
  mergeAxes,
  reshapeView,
  sameView,
  sliceView,
  toView,
  type BufferView,
} from './bufferView.ts'
import { elements, packedSize, type Call, type EwFunction, type EwOp, type Instruction } from './program.ts'
import type { FusionGroup } from './schedule.ts'

/** A kernel call whose buffers have no offsets yet. */
export interface UnplacedCall extends Omit<Call, 'outs' | 'ins'> {
  outs: BufferView[]
  ins: BufferView[]
}
export interface UnplacedLoop {
  kernel: 'loop'
  count: number
  reverse: boolean
  body: Unplaced[]
  note: string
}
export interface UnplacedGuard {
  kernel: 'guard'
  when: BufferView
  body: Unplaced[]
  otherwise: Unplaced[]
  note: string
}
/** An instruction whose buffers have no offsets yet. */
export type Unplaced = UnplacedCall | UnplacedLoop | UnplacedGuard

/** Resolves buffer views to arena views; all buffers must be allocated. */
export function finish(code: readonly Unplaced[]): Instruction[] {
  return code.map((p) => {
    if (p.kernel === 'loop') return { ...p, body: finish(p.body) }
    if (p.kernel === 'guard')
      return { ...p, when: toView(p.when), body: finish(p.body), otherwise: finish(p.otherwise) }
    return { ...p, outs: p.outs.map(toView), ins: p.ins.map(toView) }
  })
}

type CallKernel = Call['kernel']
const call = (kernel: CallKernel, outs: BufferView[], ins: BufferView[], note: string): UnplacedCall => ({
  kernel,
  outs,
  ins,
  packed: 0,
  code: [],
  results: [],
  note,
})

/** The elementwise call to = from (strided copy) or to = constant (fill). */
export function copyCall(to: BufferView, from: BufferView | { const: number }, note: string): UnplacedCall {
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

/** Emits the calls of one group; `stored`: those of its nodes whose values must be in memory. */
export function emitGroup(block: Block, group: FusionGroup, stored: readonly Node[]): void {
  if (group.kind === 'ew') emitElementwise(block, group, stored)
  else if (group.kind === 'gemm') emitProduct(block, group)
  else if (group.kind === 'concat') emitConcat(block, group.nodes[0]!)
  else emitCall(block, group)
}

function emitElementwise(block: Block, group: FusionGroup, stored: readonly Node[]): void {
  if (stored.length === 0) return
  const shape = group.nodes[0]!.shape
  const members = new Set(group.nodes)
  const inputs = new Map<Node, BufferView>()
  for (const node of group.nodes) {
    if (node.op === 'uniform') continue
    for (const n of node.inputs) {
      if (n.op !== 'const' && !members.has(n) && !inputs.has(n))
        inputs.set(n, broadcastView(block.read(n), shape))
    }
  }
  const register = new Map<Node, number>([...inputs.keys()].map((n, i) => [n, i]))
  const code: EwOp[] = []
  const emit = (fn: EwFunction, [a = 0, b = 0, c = 0]: number[], imm = 0) =>
    inputs.size + code.push({ fn, a, b, c, imm }) - 1
  const registerOf = (n: Node): number => {
    const known = register.get(n)
    if (known !== undefined) return known
    const result = emit('const', [], n.attrs.value!)
    register.set(n, result)
    return result
  }
  for (const node of group.nodes) {
    const result =
      node.op === 'uniform'
        ? emit('uniform', [], node.attrs.stream!)
        : emit(node.op as EwFunction, node.inputs.map(registerOf))
    register.set(node, result)
  }
  const outs = stored.map((n) => block.read(n))
  const merged = mergeAxes([...outs, ...inputs.values()])
  block.code.push({
    ...call(
      'ew',
      merged.slice(0, outs.length),
      merged.slice(outs.length),
      group.nodes.map((n) => n.op).join(' '),
    ),
    code,
    results: stored.map((n) => register.get(n)!),
  })
}

/** The node as rows (M, N) with contiguous last axis; emits a copy if its view is not of that form. */
function rowsOf(block: Block, node: Node): BufferView {
  const view = block.read(node)
  const matrix = asMatrix(view)
  if (matrix && (matrix.shape[1] === 1 || matrix.strides[1] === 1)) return matrix
  return asMatrix(block.dense(view))!
}

/** A table (V, E) with contiguous rows; a necessary copy is made before the loop if the table is loop-invariant. */
function tableOf(block: Block, node: Node): BufferView {
  const view = block.read(node)
  if (view.strides[1] === 1 || view.shape[1] === 1) return view
  return block.parent && !block.isInside(node) ? block.copied(node) : block.dense(view)
}

/** All elements of a node as a vector; emits a copy if its view is not of that form. */
function lineOf(block: Block, node: Node): BufferView {
  const view = block.read(node)
  return reshapeView(view, [elements(node.shape)]) ?? reshapeView(block.dense(view), [elements(node.shape)])!
}

/** A matrix that gemm can read: one stride is 1 and none is 0; emits a copy otherwise. */
function factorOf(block: Block, node: Node): BufferView {
  const view = asMatrix(block.read(node))
  const good =
    view &&
    view.strides.every((s, i) => s !== 0 || view.shape[i] === 1) &&
    view.strides.some((s, i) => s === 1 || view.shape[i] === 1)
  return withStrides(good ? view : asMatrix(block.dense(block.read(node)))!)
}

/** Gives axes of extent 1 the stride of a dense matrix, so that strides are [ld, 1] or [1, ld]. */
function withStrides(m: BufferView): BufferView {
  let [s0, s1] = m.strides as [number, number]
  const [rows, columns] = m.shape as [number, number]
  if (columns === 1 && s1 !== 1) s1 = rows === 1 || s0 !== 1 ? 1 : rows
  if (rows === 1) s0 = s1 === 1 ? columns : 1
  return { ...m, strides: [s0, s1] }
}

/** Smallest number of iterations x rows for which packing the right factor before the loop is faster. */
const packingPays = 16

function emitProduct(block: Block, group: FusionGroup): void {
  const node = group.nodes[0]!
  const [a, b] = group.product!.inputs as [Node, Node]
  const left = factorOf(block, a)
  const rows = left.shape[0]!
  const fromOutside = block.parent !== undefined && !block.isInside(b)
  // The kernel packs rounded factors on every call; before the loop they are packed once.
  const few = block.precision === 'f32' && rows < 4
  const pack = fromOutside && block.count * rows >= packingPays && !few
  const right = pack ? block.packed(b, (outer) => emitPack(outer, b)) : factorOf(block, b)
  const target = block.read(node)
  const matrix = asMatrix(target)
  const out =
    matrix && (matrix.strides[1] === 1 || matrix.shape[1] === 1)
      ? withStrides(matrix)
      : asMatrix(block.temporary(node.shape))!
  const ins = [left, right, ...addendOf(block, group)]
  block.code.push({
    ...call('gemm', [out], ins, group.addend ? 'matmul add' : 'matmul'),
    packed: pack ? 1 : 0,
    precision: block.precision,
  })
  if (out.buffer !== target.buffer) {
    block.code.push(copyCall(target, reshapeView(out, node.shape)!, 'store'))
  }
}

function emitPack(outer: Block, b: Node): BufferView {
  const source = factorOf(outer, b)
  const [k, n] = source.shape as [number, number]
  const view = { ...outer.temporary([packedSize(k, n, outer.precision)]), shape: [k, n], strides: [n, 1] }
  outer.code.push({ ...call('pack', [view], [source], 'pack'), precision: outer.precision })
  return view
}

function emitConcat(block: Block, node: Node): void {
  const whole = block.read(node)
  let start = 0
  for (const part of node.inputs) {
    const length = part.shape[node.attrs.axis!]!
    const share = sliceView(whole, node.attrs.axis!, start, length)
    start += length
    if (part.op === 'const') block.code.push(copyCall(share, { const: part.attrs.value! }, 'fill'))
    else {
      const from = block.read(part)
      if (!sameView(from, share)) block.code.push(copyCall(share, from, 'concat'))
    }
  }
}

function emitCall(block: Block, group: FusionGroup): void {
  const node = group.product ?? group.nodes[0]!
  const [a, b, c] = node.inputs as [Node, Node, Node]
  const out = block.read(group.nodes[0]!)
  // Kernels write dense rows; a view set by a binding is dense except for its offset.
  const outRows = () => asMatrix(out)!
  const outLine = () => reshapeView(out, [elements(node.shape)])!
  const push = (kernel: CallKernel, to: BufferView, ins: BufferView[]) =>
    block.code.push(call(kernel, [to], ins, node.op))
  switch (node.op) {
    case 'sum':
    case 'maxOf':
      return void emitReduction(block, group, out)
    case 'softmax':
    case 'logSoftmax':
      return void push(node.op, outRows(), [rowsOf(block, a)])
    case 'crossEntropy':
      return void push('crossEntropy', outLine(), [rowsOf(block, a), lineOf(block, b)])
    case 'crossEntropyGrad':
      return void push('crossEntropyGrad', outRows(), [rowsOf(block, a), lineOf(block, b), lineOf(block, c)])
    case 'gather':
      return void push('gather', outRows(), [tableOf(block, a), lineOf(block, b), ...addendOf(block, group)])
    case 'scatterAdd':
      return void push('scatterAdd', outRows(), [rowsOf(block, a), lineOf(block, b)])
    case 'oneHot':
      return void push('oneHot', outRows(), [lineOf(block, a)])
    default:
      throw new TypeError(`compile: no kernel for ${node.op}`)
  }
}

/** The addend, broadcast to the rows of the result; [] without one. */
function addendOf(block: Block, { addend, nodes }: FusionGroup): BufferView[] {
  if (!addend) return []
  const wide = broadcastView(block.read(addend), nodes[0]!.shape)
  return [asMatrix(wide) ?? asMatrix(block.dense(wide))!]
}

/** out (keep), ins (keep ++ reduced): keep and reduced axes are merged separately, reduced ones in order of decreasing stride. */
function emitReduction(
  block: Block,
  { nodes, product, addend, factors }: FusionGroup,
  out: BufferView,
): void {
  const node = product ?? nodes[0]!
  const sources = (factors?.inputs ?? [node.inputs[0]!]).map((n) => block.read(n))
  const axes = node.attrs.axes!
  const pick = (view: BufferView, at: number[]): BufferView => ({
    ...view,
    shape: at.map((d) => view.shape[d]!),
    strides: at.map((d) => view.strides[d]!),
  })
  const first = sources[0]!
  const kept = first.shape.map((_, d) => d).filter((d) => !axes.includes(d))
  const reduced = [...axes].sort((d, e) => first.strides[e]! - first.strides[d]! || d - e)
  const added = addend ? [broadcastView(block.read(addend), node.shape)] : []
  const scalar = (view: BufferView): BufferView => ({ ...view, shape: [], strides: [] })
  const ends = [out, ...added]
  const merged = mergeAxes([...ends, ...sources.map((s) => pick(s, kept))])
  const keptOf = elements(node.shape) === 1 ? merged.map(scalar) : merged
  const inner = mergeAxes(sources.map((s) => pick(s, reduced)))
  const ins = sources.map((source, i): BufferView => {
    const outer = keptOf[ends.length + i]!
    return {
      ...source,
      shape: [...outer.shape, ...inner[i]!.shape],
      strides: [...outer.strides, ...inner[i]!.strides],
    }
  })
  const kernel = node.op === 'maxOf' ? 'max' : factors ? 'dot' : 'sum'
  block.code.push(
    call(kernel, [keptOf[0]!], [...ins, ...keptOf.slice(1, ends.length)], nodes.map((n) => n.op).join(' ')),
  )
}
