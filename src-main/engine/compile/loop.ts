// A scan -> a loop. A state whose history somebody wants lives in a stack of T+1 slices, so that step t reads slice t and writes slice
// t+1 and nothing is ever copied; any other state lives in one cell that is overwritten.
import type { Node } from '../graph/node.ts'
import { insideOf, scanInit, scanXs } from '../graph/scan.ts'
import { Block, type Binding } from './block.ts'
import { copyCall } from './emit.ts'
import { makeBuffer, shifted, slicePlace, timeSlice, type Place } from './place.ts'
import { elements } from './program.ts'

interface Carry {
  before: Place
  after: Place
  first: Place
  last: Place
  /** Stacks over time of the state before and after each step. */
  stackBefore?: Place
  stackAfter?: Place
}

/** Emits the loop of one scan into `block` and notes where its results lie. */
export function lowerScan(block: Block, node: Node): void {
  const body = node.attrs.body!
  const inner = new Block(block, body.length)
  scanXs(node).forEach((x, i) => inner.place(body.xs[i]!, timeSlice(block.read(x), block.depth)))

  const init = scanInit(node)
  const bindings: Binding[] = []
  const carries = body.state.map((slot, k): Carry => {
    const wanted = body.ys.includes(slot) || body.ys.includes(body.next[k]!)
    const carry = wanted ? stackedCarry(block, slot, body.length, body.reverse) : cellCarry(block, slot)
    inner.place(slot, carry.before)
    bindings.push({ node: body.next[k]!, place: carry.after, ...(wanted ? {} : { over: slot }) })
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

  const stackOf = new Map<Node, Place>()
  const stacks = body.ys.map((y) => {
    const known = stackOf.get(y)
    if (known) return known
    const before = body.state.indexOf(y)
    const after = body.next.indexOf(y)
    const place =
      before >= 0
        ? carries[before]!.stackBefore!
        : after >= 0
          ? carries[after]!.stackAfter!
          : freshStack(block, y, body.length, bindings)
    stackOf.set(y, place)
    return place
  })

  inner.lower(insideOf(body).inside, bindings, block.demand!.ofBody(node))
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
  for (const place of [...stacks, ...carries.map((c) => c.last)]) block.touch(place)
  block.placeScan(node, { finals: carries.map((c) => c.last), stacks })
}

function stackedCarry(block: Block, slot: Node, length: number, reverse: boolean): Carry {
  const stack = block.temporary([length + 1, ...slot.shape])
  const size = elements(slot.shape)
  const at = timeSlice(stack, block.depth)
  const lower = slicePlace(stack, 0, 0, length)
  const upper = slicePlace(stack, 0, 1, length)
  const end = (t: number): Place => ({
    ...shifted(stack, t * size),
    shape: slot.shape,
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

function cellCarry(block: Block, slot: Node): Carry {
  const cell = block.temporary(slot.shape)
  return { before: cell, after: cell, first: cell, last: cell }
}

function freshStack(block: Block, y: Node, length: number, bindings: Binding[]): Place {
  const stack = block.temporary([length, ...y.shape])
  bindings.push({ node: y, place: timeSlice(stack, block.depth) })
  return stack
}
