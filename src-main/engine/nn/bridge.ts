// Final states of an encoder -> initial states of a decoder: the identity for equal sizes, else a learnt linear map. Both directions of an
// encoder are concatenated.
import type { Node } from '../graph/node.ts'
import { add, concat, linear } from '../graph/ops.ts'
import { uniformOver, type Weight } from '../cells/cell.ts'
import { stateShapes, type SequenceNetwork } from './network.ts'
import type { Trace } from './trace.ts'
import type { Weights } from './weights.ts'

const widthFrom = ({ bidirectional }: SequenceNetwork, size: number): number =>
  bidirectional ? 2 * size : size

/** `bridge.STATE.w` (decoder size, encoder size) and `bridge.STATE.b` for every state whose sizes differ. */
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
    weights.set(`bridge.${name}.b`, {
      shape: [size],
      role: 'bias',
      gates: 1,
      initializer: { kind: 'blocks', values: [0] },
    })
  }
  return weights
}

/** Initial states of the decoder, (B, size) in the order of stateShapes. */
export function bridge(decoder: SequenceNetwork, weights: Weights, { final, finalReverse }: Trace): Node[] {
  return stateShapes(decoder).map(({ name }, i) => {
    const back = finalReverse[i]
    const both = back ? concat([final[i]!, back], 1) : final[i]!
    const matrix = weights.get(`bridge.${name}.w`)
    return matrix ? add(linear(both, matrix), weights.get(`bridge.${name}.b`)!) : both
  })
}
