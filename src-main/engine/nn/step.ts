// One step of one layer: the cell's step, then dropout, zoneout, interventions, perturbation and padding.
import type { LayerPath } from '../../contract/layerPath.ts'
import type { StepOutput, StepContext } from '../cells/cell.ts'
import { named } from '../graph/names.ts'
import type { Node } from '../graph/node.ts'
import { add, select } from '../graph/ops.ts'
import { intervened, type StepIntervention } from './intervene.ts'
import { signalKey, weightPrefix } from './model.ts'
import type { Layer, SequenceNetwork } from './network.ts'
import { dropRecurrent, zoneOut } from './regularise.ts'
import { within, type Weights } from './weights.ts'

export interface LayerStep {
  network: SequenceNetwork
  scan: LayerPath
  /** Its first random stream, see laneOf. */
  stream: number
  /** The layer's weights by the cell's names. */
  own: Record<string, Node>
}

/** Weights of one layer and direction, by the names that the cell gives them. */
export const ownWeights = (weights: Weights, owner: LayerPath): Record<string, Node> =>
  Object.fromEntries(
    // Weights of the reverse direction have the same prefix.
    [...within(weights, weightPrefix(owner))].filter(([name]) => !name.includes('.')),
  )

/** States by name, from a list in the layer's order. */
export const namedStates = ({ states }: Layer, nodes: readonly Node[]): Record<string, Node> =>
  Object.fromEntries(states.map(({ name }, i) => [name, nodes[i]!]))

/** One step from x (B, I) and the states before it, with dropout, zoneout, interventions and `perturbation` (B, H) added to h; in the padding states keep their value and h is 0. */
export function stepOf(
  { network: { cell, options, regular }, scan, stream, own }: LayerStep,
  x: Node,
  before: Record<string, Node>,
  at: StepContext,
  perturbation?: Node,
  interventions: readonly StepIntervention[] = [],
): StepOutput {
  const plain = cell.step(own, x, before, options, at)
  nameAll(scan, before, plain)
  const kept = at.training ? dropRecurrent(regular, stream, cell, before, plain) : plain
  const zoned = zoneOut(regular, stream, cell, before, kept, at.training)
  const set = intervened(zoned, interventions)
  const made = perturbation ? replaceNode(set, set.signals.h, add(set.signals.h, perturbation)) : set
  nameAll(scan, before, made)
  const { mask } = at
  if (!mask) return made
  // A cell may compute states that its options do not carry.
  const held = Object.entries(made.state).map(([name, next]) => {
    const old = before[name]
    return [name, old ? select(mask, next, old) : next]
  })
  const signals = { ...made.signals, h: select(mask, made.signals.h, 0) }
  return { ...made, signals, state: Object.fromEntries(held) as Record<string, Node> }
}

/** Names for the compile report: `0.c'` before the step, `0.c` after it. */
function nameAll(scan: LayerPath, before: Record<string, Node>, made: StepOutput): void {
  for (const [name, node] of Object.entries(before)) named(node, `${signalKey(scan, name)}'`)
  for (const [name, node] of [...Object.entries(made.signals), ...Object.entries(made.state)])
    named(node, signalKey(scan, name))
}

/** The step output with one node replaced by another. */
export function replaceNode<M extends Record<'state' | 'signals', Record<string, Node>>>(
  made: M,
  from: Node,
  to: Node,
): M {
  const at = (nodes: Record<string, Node>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, node === from ? to : node]))
  return { ...made, state: at(made.state), signals: at(made.signals) }
}
