// The gradient of a scan is a scan backwards over what the forward one saved. Weights used at every step get their gradient as one
// product over all time steps after the loop, as hand-written recurrent kernels do, derived here for any step.
import type { Node } from '../graph/node.ts'
import { add, zeros } from '../graph/ops.ts'
import { scanInit, scanXs } from '../graph/scan.ts'
import { named, nameOf } from '../graph/names.ts'
import { adjoints } from './derive.ts'
import { sumContributions } from './gradients.ts'
import { findActiveStates, SecondPass } from './secondPass.ts'

/**
 * Hears of a scan what the loss's gradient by each of its states is after each step, (T, ...), through all that comes later and all that
 * is shown of the state at that step; null for states that no gradient flows through.
 */
export type TellMessages = (scanned: Node, messages: readonly (Node | null)[]) => void

/** Gradients for each input of the scan, given the received contributions of its `outs`. */
export function deriveScan(
  scanned: Node,
  outs: readonly Node[],
  received: ReadonlyMap<Node, Node[]>,
  active: ReadonlySet<Node>,
  tell?: TellMessages,
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

  // Placeholders of the backward step: what flows into each y and into each state after the step.
  const back = new SecondPass(scanned, !body.reverse)
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
  const local = adjoints(seeds, wrt, true)
  back.prepare(local.filter((g) => g !== null))

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
  const messages = new Map<number, () => Node>()
  activeStates.forEach((k, at) => {
    const shown = seeds.slice(0, -activeStates.length).filter(([y]) => isShown(y, body.next[k]!))
    const whole = shown.reduce((sum, [, dy]) => back.rebuild(add(sum, dy)), stateGradients[at]!)
    if (tell) messages.set(k, back.stackLater(whole))
  })
  const finals = back.finish()
  tell?.(scanned, body.state.map((_, k) => messages.get(k)?.() ?? null)) // prettier-ignore
  activeStates.forEach((k, at) => result.set(xs.length + k, () => finals[at]!))
  return scanned.inputs.map((_, i) => result.get(i)?.() ?? null)
}

/** True if y shows the state `next`, or what it becomes where no padding holds it. */
const isShown = (y: Node, next: Node): boolean => y === next || (next.op === 'select' && next.inputs[1] === y)
