// Lowers a scan to a loop. A state whose history is read is stored in a stack of T+1 slices: step t reads slice t and writes slice t+1,
// so no state is copied. Any other state is stored in one buffer that each step overwrites.
import type { Node } from '../graph/node.ts'
import { insideOf, scanInit, scanXs } from '../graph/scan.ts'
import type { Binding } from './binding.ts'
import { Block } from './block.ts'
import { makeBuffer, shifted, sliceView, timeSlice, type BufferView } from './bufferView.ts'
import type { ConditionalLiveness } from './conditionalLiveness.ts'
import { copyCall } from './emit.ts'
import { lower } from './lower.ts'
import { elements } from './program.ts'

/** Views of one loop-carried state: before and after a step, before the first and after the last. */
interface Carry {
  before: BufferView
  after: BufferView
  first: BufferView
  last: BufferView
  /** Stacks over time of the state before and after each step. */
  stackBefore?: BufferView
  stackAfter?: BufferView
}

/** Emits the loop of one scan into `block`, whose conditional liveness is given, and records the views of its results. */
export function lowerScan(block: Block, node: Node, liveness: ConditionalLiveness): void {
  const body = node.attrs.body!
  const inner = new Block(block, body.length)
  scanXs(node).forEach((x, i) => inner.setView(body.xs[i]!, timeSlice(block.read(x), block.depth)))

  const init = scanInit(node)
  const bindings: Binding[] = []
  const carries = body.state.map((placeholder, k): Carry => {
    const needsHistory = body.ys.includes(placeholder) || body.ys.includes(body.next[k]!)
    const carry = needsHistory
      ? stackedCarry(block, placeholder, body.length, body.reverse)
      : cellCarry(block, placeholder)
    inner.setView(placeholder, carry.before)
    bindings.push({ node: body.next[k]!, view: carry.after, ...(needsHistory ? {} : { over: placeholder }) })
    const from = init[k]!
    block.code.push(
      copyCall(
        block.touch(carry.first),
        from.op === 'const' ? { const: from.attrs.value! } : block.read(from),
        'init',
      ),
    )
    return carry
  })

  const stackOf = new Map<Node, BufferView>()
  const stacks = body.ys.map((y) => {
    const known = stackOf.get(y)
    if (known) return known
    const before = body.state.indexOf(y)
    const after = body.next.indexOf(y)
    const view =
      before >= 0
        ? carries[before]!.stackBefore!
        : after >= 0
          ? carries[after]!.stackAfter!
          : freshStack(block, y, body.length, bindings)
    stackOf.set(y, view)
    return view
  })

  lower(inner, insideOf(body).inside, bindings, liveness.ofBody(node))
  const memory = makeBuffer(0)
  memory.size = inner.lifetimes.allocate(memory)
  block.own(memory)
  block.code.push({
    kernel: 'loop',
    count: body.length,
    reverse: body.reverse,
    body: inner.code,
    note: 'scan',
  })
  for (const view of [...stacks, ...carries.map((c) => c.last)]) block.touch(view)
  block.setScanViews(node, { finals: carries.map((c) => c.last), stacks })
}

function stackedCarry(block: Block, placeholder: Node, length: number, reverse: boolean): Carry {
  const stack = block.temporary([length + 1, ...placeholder.shape])
  const size = elements(placeholder.shape)
  const at = timeSlice(stack, block.depth)
  const lower = sliceView(stack, 0, 0, length)
  const upper = sliceView(stack, 0, 1, length)
  const end = (t: number): BufferView => ({
    ...shifted(stack, t * size),
    shape: placeholder.shape,
    strides: stack.strides.slice(1),
  })
  return reverse
    ? {
        before: shifted(at, size),
        after: at,
        first: end(length),
        last: end(0),
        stackBefore: upper,
        stackAfter: lower,
      }
    : {
        before: at,
        after: shifted(at, size),
        first: end(0),
        last: end(length),
        stackBefore: lower,
        stackAfter: upper,
      }
}

function cellCarry(block: Block, placeholder: Node): Carry {
  const cell = block.temporary(placeholder.shape)
  return { before: cell, after: cell, first: cell, last: cell }
}

function freshStack(block: Block, y: Node, length: number, bindings: Binding[]): BufferView {
  const stack = block.temporary([length, ...y.shape])
  bindings.push({ node: y, view: timeSlice(stack, block.depth) })
  return stack
}
