// Vector-Jacobian product of a scan (backpropagation through time): a scan in the opposite direction over saved values of the primal one.
// The gradient of a weight used at every step is one matrix product over all steps after the loop, as in hand-written recurrent kernels.
import type { Node } from '../graph/node.ts'
import { add, zeros } from '../graph/ops.ts'
import { scanInit, scanXs } from '../graph/scan.ts'
import { named, nameOf } from '../graph/names.ts'
import { vjp } from './grad.ts'
import { sumContributions } from './gradients.ts'
import { findActiveStates, DerivedScan } from './derivedScan.ts'

/**
 * Called with the total gradient of the loss with respect to each state of a scan after each step, (T, ...): through later steps and through
 * the step's outputs. null for a state that no gradient reaches.
 */
export type OnStateGradients = (scanned: Node, perStep: readonly (Node | null)[]) => void

/** Gradients of the inputs of a scan (null if none), given the gradient contributions `received` by its results `outs`. */
export function vjpScan(
  scanned: Node,
  outs: readonly Node[],
  received: ReadonlyMap<Node, Node[]>,
  active: ReadonlySet<Node>,
  onStateGradients?: OnStateGradients,
): (Node | null)[] {
  const body = scanned.attrs.body!
  const xs = scanXs(scanned)
  const init = scanInit(scanned)
  const captures = scanned.inputs.slice(xs.length + init.length)
  const activeStates = findActiveStates(scanned, active)
  const gradientOf = (kind: 'final' | 'ys', index: number): Node | null => {
    const parts = outs
      .filter((o) => o.attrs.kind === kind && o.attrs.index === index)
      .flatMap((o) => received.get(o) ?? [])
    return parts.length > 0 ? sumContributions(parts) : null
  }

  // Placeholders of the backward step: the gradient of each y and of each state after the step.
  const back = new DerivedScan(scanned, !body.reverse)
  const seeds: [Node, Node][] = []
  body.ys.forEach((y, j) => {
    const dys = gradientOf('ys', j)
    if (dys) seeds.push([y, back.read(dys)])
  })
  const stateGradients = activeStates.map((k) => {
    const slot = back.carry(gradientOf('final', k) ?? zeros(init[k]!.shape))
    named(slot, `d ${nameOf(body.next[k]!)}`)
    seeds.push([body.next[k]!, slot])
    return slot
  })

  const activeXs = xs.flatMap((x, i) => (active.has(x) ? [i] : []))
  const activeCaptures = captures.filter((c) => active.has(c))
  const wrt = [
    ...activeXs.map((i) => body.xs[i]!),
    ...activeStates.map((k) => body.state[k]!),
    ...activeCaptures,
  ]
  const local = vjp(seeds, wrt, true)
  back.chooseRematerialised(local.filter((g) => g !== null))

  const result = new Map<number, () => Node>()
  activeXs.forEach((i, at) => {
    const g = local[at]
    if (g) result.set(i, back.stackLater(back.rebuild(g)))
  })
  activeStates.forEach((_, at) => {
    const g = local[activeXs.length + at]
    back.setNext(stateGradients[at]!, g ? back.rebuild(g) : zeros(stateGradients[at]!.shape))
  })
  activeCaptures.forEach((c, at) => {
    const g = local[activeXs.length + activeStates.length + at]
    if (g) result.set(scanned.inputs.indexOf(c, xs.length + init.length), back.sumOverTime(back.rebuild(g)))
  })
  const perStep = new Map<number, () => Node>()
  activeStates.forEach((k, at) => {
    const outputSeeds = seeds.slice(0, -activeStates.length).filter(([y]) => isOutputOf(y, body.next[k]!))
    const whole = outputSeeds.reduce((sum, [, dy]) => back.rebuild(add(sum, dy)), stateGradients[at]!)
    if (onStateGradients) perStep.set(k, back.stackLater(whole))
  })
  const finals = back.finish()
  onStateGradients?.(
    scanned,
    body.state.map((_, k) => perStep.get(k)?.() ?? null),
  )
  activeStates.forEach((k, at) => result.set(xs.length + k, () => finals[at]!))
  return scanned.inputs.map((_, i) => result.get(i)?.() ?? null)
}

/** True if y is the state `next`, or its unmasked value where next = select(mask, y, old). */
const isOutputOf = (y: Node, next: Node): boolean =>
  y === next || (next.op === 'select' && next.inputs[1] === y)
