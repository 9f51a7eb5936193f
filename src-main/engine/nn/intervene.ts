// Interventions on the signals of a step: a value is replaced inside the step, and everything that the cell computes from it follows. With
// scale 0 a value is set, with shift 0 scaled, with scale -1 flipped; a held value stays what it was at the step before.
import type { LayerPath } from '../../contract/layerPath.ts'
import type { StepOutput } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { add, mul, select } from '../graph/ops.ts'
import { replaced } from './regularise.ts'

/** value = scale * value + shift, or the value of the step before where `hold.where` is not 0. */
export interface Intervention {
  signal: string
  /** (B, H) for all steps, or (T, B, H). */
  scale: Node
  shift: Node
  /** where: (T, B, H). start: (B, H), the value before the first step. */
  hold?: { where: Node; start: Node }
}

/** The interventions on a scan; shape of h over all steps: (T, B, H). */
export type Intervene = (scan: LayerPath, shape: readonly number[]) => readonly Intervention[]

/** An intervention at one step: (B, H) each. */
export interface StepIntervention {
  signal: string
  scale: Node
  shift: Node
  hold?: { where: Node; last: Node }
}

/** Inputs and states that interventions add to a scan. */
export interface InterventionScan {
  xs: Node[]
  init: Node[]
  /** The interventions of one step, from the step's slots of `xs` and states of `init`. */
  at(slots: readonly Node[], states: readonly Node[]): StepIntervention[]
  /** The next values of the states of `init`. */
  next(made: StepOutput): Node[]
}

const varies = (node: Node): boolean => node.shape.length === 3

export function interventionScan(list: readonly Intervention[]): InterventionScan {
  const held = list.filter(({ hold }) => hold)
  return {
    xs: list.flatMap(({ scale, shift, hold }) => [
      ...[scale, shift].filter(varies),
      ...(hold ? [hold.where] : []),
    ]),
    init: held.map(({ hold }) => hold!.start),
    at(slots, states) {
      let slot = 0
      let state = 0
      const now = (node: Node) => (varies(node) ? slots[slot++]! : node)
      return list.map(({ signal, scale, shift, hold }) => ({
        signal,
        scale: now(scale),
        shift: now(shift),
        ...(hold && { hold: { where: slots[slot++]!, last: states[state++]! } }),
      }))
    },
    next: (made) => held.map(({ signal }) => made.signals[signal]!),
  }
}

/** The step output with the interventions; a cell's signal and the state of the same value change together. */
export function intervened(made: StepOutput, list: readonly StepIntervention[]): StepOutput {
  return list.reduce((step, { signal, scale, shift, hold }) => {
    const old = step.signals[signal]!
    const value = add(mul(old, scale), shift)
    return replaced(step, new Map([[old, hold ? select(hold.where, hold.last, value) : value]]))
  }, made)
}
