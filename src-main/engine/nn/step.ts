// One step of one layer as a network takes it: the cell's own step with what training, padding and probes do to it.
import type { LayerPath } from '../../contract/layerPath.ts'
import type { StepOutput, StepContext } from '../cells/cell.ts'
import { named } from '../graph/names.ts'
import type { Node } from '../graph/node.ts'
import { add, select } from '../graph/ops.ts'
import { signalKey, weightPrefix } from './model.ts'
import type { Layer, SequenceNetwork } from './network.ts'
import { dropRecurrent, zoneOut } from './regularise.ts'
import { within, type Weights } from './weights.ts'

export interface LayerStep {
  network: SequenceNetwork
  scan: LayerPath
  /** Its first random stream, see laneOf. */
  lane: number
  /** The layer's weights by the cell's names. */
  own: Record<string, Node>
}

/** Weights of one layer and direction by the cell's names. */
export const ownWeights = (weights: Weights, owner: LayerPath): Record<string, Node> =>
  Object.fromEntries(
    // Those of the reverse direction begin alike.
    [...within(weights, weightPrefix(owner))].filter(([name]) => !name.includes('.')),
  )

/** States by name, from a list in the layer's order. */
export const namedStates = ({ states }: Layer, nodes: readonly Node[]): Record<string, Node> =>
  Object.fromEntries(states.map(({ name }, i) => [name, nodes[i]!]))

/** x (B, I), states before -> the step after dropout, zoneout, `perturbation` (B, H) added to h, and padding: states hold there, and h is 0. */
export function stepOf(
  { network: { cell, options, regular }, scan, lane, own }: LayerStep,
  x: Node,
  before: Record<string, Node>,
  at: StepContext,
  perturbation?: Node,
): StepOutput {
  const plain = cell.step(own, x, before, options, at)
  nameAll(scan, before, plain)
  const kept = at.training ? dropRecurrent(regular, lane, cell, before, plain) : plain
  const zoned = zoneOut(regular, lane, cell, before, kept, at.training)
  const made = perturbation ? moved(zoned, zoned.signals.h, add(zoned.signals.h, perturbation)) : zoned
  nameAll(scan, before, made)
  const { mask } = at
  if (!mask) return made
  // A step may make states that its options do not carry.
  const held = Object.entries(made.state).map(([name, next]) => {
    const old = before[name]
    return [name, old ? select(mask, next, old) : next]
  })
  const signals = { ...made.signals, h: select(mask, made.signals.h, 0) }
  return { ...made, signals, state: Object.fromEntries(held) as Record<string, Node> }
}

/** `0.c'` before the step, `0.c` after it, for whoever explains the program. */
function nameAll(scan: LayerPath, before: Record<string, Node>, made: StepOutput): void {
  for (const [name, node] of Object.entries(before)) named(node, `${signalKey(scan, name)}'`)
  for (const [name, node] of [...Object.entries(made.signals), ...Object.entries(made.state)])
    named(node, signalKey(scan, name))
}

/** The step with one result replaced wherever it shows. */
export function moved<M extends Record<'state' | 'signals', Record<string, Node>>>(
  made: M,
  from: Node,
  to: Node,
): M {
  const at = (nodes: Record<string, Node>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, node === from ? to : node]))
  return { ...made, state: at(made.state), signals: at(made.signals) }
}
