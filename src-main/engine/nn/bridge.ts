// From the last states of an encoder to the first states of a decoder: as they are where the widths agree, else through a learnt map.
// An encoder of both directions gives both, side by side.
import type { Node } from '../graph/node.ts'
import { add, concat, linear } from '../graph/ops.ts'
import { uniformOver, type Weight } from '../cells/cell.ts'
import { stateShapes, type SequenceNetwork } from './network.ts'
import type { Trace } from './trace.ts'
import type { Weights } from './weights.ts'

const widthFrom = ({ bidirectional }: SequenceNetwork, size: number): number =>
  bidirectional ? 2 * size : size

/** `bridge.STATE.w` (size, width of the encoder's) and `bridge.STATE.b` for every state whose widths differ. */
export function bridgeWeights(encoder: SequenceNetwork, decoder: SequenceNetwork): Map<string, Weight> {
  const from = new Map(stateShapes(encoder).map(({ name, size }) => [name, widthFrom(encoder, size)]))
  const weights = new Map<string, Weight>()
  for (const { name, size } of stateShapes(decoder)) {
    const width = from.get(name)!
    if (width === size) continue
    const matrix: Weight = {
      shape: [size, width],
      role: 'readout',
      gates: 1,
      initializer: uniformOver(width),
    }
    weights.set(`bridge.${name}.w`, matrix)
    weights.set(`bridge.${name}.b`, { shape: [size], role: 'bias', gates: 1, initializer: { kind: 'blocks', values: [0] } }) // prettier-ignore
  }
  return weights
}

/** The decoder's first states, (B, size) in the order of stateShapes. */
export function bridge(decoder: SequenceNetwork, weights: Weights, { final, finalReverse }: Trace): Node[] {
  return stateShapes(decoder).map(({ name }, i) => {
    const back = finalReverse[i]
    const both = back ? concat([final[i]!, back], 1) : final[i]!
    const matrix = weights.get(`bridge.${name}.w`)
    return matrix ? add(linear(both, matrix), weights.get(`bridge.${name}.b`)!) : both
  })
}
