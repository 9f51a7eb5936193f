// Loop-invariant and batched code motion for scans: nodes that depend on the inputs alone are computed for all steps before the loop (the
// input products of all gates become one product over T*B rows), and products that are only stacked are computed after it.
import type { Body, Node } from '../graph/node.ts'
import { matmul, slice } from '../graph/ops.ts'
import { repeatOverTime, scanFinal, scanNode, scanStack } from '../graph/scan.ts'
import { Hoister } from './hoister.ts'
import { regroupSums } from './regroupSums.ts'
import { StepwiseSums } from './stepwiseSums.ts'
import { usesInBody, type StackUse } from './uses.ts'

/** A scan taken apart: body, inputs, initial states, and the uses of its stacks. */
export interface ScanParts {
  body: Body
  xs: readonly Node[]
  init: readonly Node[]
  /** Index in body.ys -> use; indices without a reader are absent. */
  read: ReadonlyMap<number, StackUse>
}

/** The results of the new scan that replace those of the old one. */
export interface Hoisted {
  finals: Node[]
  /** Index in the old ys -> the stacked value; absent if only its sums are read. */
  stacks: Map<number, Node>
  /** sumKey -> the sum over time, accumulated in the loop. */
  sums: Map<string, Node>
}

/** Rewrites a scan: hoisted work before it, sunk products after it. */
export function hoist({ body, xs, init, read }: ScanParts): Hoisted {
  const regrouped = regroupSums(body)
  const hoister = new Hoister(regrouped, xs)
  const sunk = new Map<number, { value: Node; b: Node }>()
  const useCount = usesInBody(regrouped)

  const next = regrouped.next.map((n) => hoister.inside(n))
  const ys: Node[] = []
  const position = new Map<number, number>()
  const outside = new Map<number, Node>()
  const stackIndex = (n: Node) => {
    const at = ys.indexOf(n)
    return at >= 0 ? at : ys.push(n) - 1
  }
  const sums = new StepwiseSums()
  const parts = partsOfStacks(regrouped, read)
  for (const [j, use] of read) {
    const y = regrouped.ys[j]!
    const lifted = hoister.outside(y)
    if (parts.has(j)) continue
    if (lifted) outside.set(j, lifted)
    else if (!hoister.varies(y)) outside.set(j, repeatOverTime(y, body.length))
    else if (y.op === 'matmul' && useCount.get(y) === 1 && !hoister.varies(y.inputs[1]!)) {
      const value = hoister.inside(y.inputs[0]!)
      sunk.set(j, { value, b: y.inputs[1]! })
      position.set(j, stackIndex(value))
    } else {
      if (use.whole) position.set(j, stackIndex(hoister.inside(y)))
      for (const sum of use.sums) sums.add(j, hoister.inside(y), sum)
    }
  }

  const newBody: Body = {
    ...regrouped,
    xs: hoister.placeholders,
    state: [...regrouped.state, ...sums.state],
    next: [...next, ...sums.next],
    ys,
  }
  const scanned = scanNode(newBody, hoister.outers, [...init, ...sums.init]).node
  const stacks = new Map<number, Node>(outside)
  for (const [j, at] of position) {
    const stack = scanStack(scanned, at)
    const product = sunk.get(j)
    stacks.set(j, product ? matmul(stack, product.b) : stack)
  }
  const partOf = (j: number): Node => {
    const part = parts.get(j)
    return part ? slice(partOf(part.of), part.axis + 1, part.start, part.length) : stacks.get(j)!
  }
  for (const j of parts.keys()) stacks.set(j, partOf(j))
  const finals = newBody.next.map((_, k) => scanFinal(scanned, k))
  return { finals, stacks, sums: sums.from(finals.slice(next.length)) }
}

interface Part {
  of: number
  axis: number
  start: number
  length: number
}

/** Stacks that are slices of another stack: their value is a slice of, or a part concatenated into, a value that is stacked too. */
function partsOfStacks({ ys }: Body, read: ScanParts['read']): Map<number, Part> {
  const found = new Map<number, Part>()
  const whole = [...read].filter(([, use]) => use.whole).map(([j]) => j)
  const note = (part: Node, of: number, axis: number, start: number) => {
    for (const j of whole) if (ys[j] === part) found.set(j, { of, axis, start, length: part.shape[axis]! })
  }
  for (const of of whole) {
    const { op, inputs, attrs } = ys[of]!
    const source = op === 'slice' ? whole.find((j) => ys[j] === inputs[0]) : undefined
    if (source !== undefined) note(ys[of]!, source, attrs.axis!, attrs.start!)
    if (op !== 'concat') continue
    let start = 0
    for (const part of inputs) {
      note(part, of, attrs.axis!, start)
      start += part.shape[attrs.axis!]!
    }
  }
  return found
}
