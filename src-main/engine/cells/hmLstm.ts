// LSTM layers that learn the boundaries of segments: c = keep f c' + write i g, h = o tanh(c) where the layer writes. Rows of the weights:
// i, f, g, o as in lstm.ts. See boundary.ts. `erase` is not in the paper.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, mul, sigmoid, split, sub, tanh } from '../graph/ops.ts'
import { boundaryCell, boundaryOptions, boundaryWeights, readBoundaries, shownBoundary } from './boundary.ts'
import { defineCell } from './cell.ts'

export const hmLstm = defineCell({
  ...boundaryCell,
  id: 'hm-lstm',
  title: 'HM-LSTM',
  about:
    'Each layer decides where a piece ends; the layer above renews itself only there. The readout sees all layers. Needs two or more of them.',
  options: z.strictObject({
    ...boundaryOptions,
    erase: z.boolean().default(false).meta({ title: 'Erase h', help: 'After a boundary h is reset to 0, as c is: a new segment knows of the previous one only through the layer above. Off: only c is reset (the paper).' }),
    forgetBias: z.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, options) => boundaryWeights(sizes, 4, [0, options.forgetBias, 0, 0], options),
  state: ['h', 'c', 'z'],
  candidate: 'g',
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'z', title: 'boundary of the layer', kind: 'gate' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f', title: 'forget gate f', kind: 'gate' },
    { id: 'g', title: 'candidate g', kind: 'bounded' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  blocks: () => ['i', 'f', 'g', 'o'],
  step: (w, x, state, options, at) => {
    const { sums, write, keep, z, statistics } = readBoundaries(w, x, state, at, options)
    const [zi, zf, zg, zo] = split(sums, 4) as [Node, Node, Node, Node]
    const i = sigmoid(zi)
    const f = sigmoid(zf)
    const g = tanh(zg)
    const o = sigmoid(zo)
    const input = mul(i, g)
    // UPDATE and FLUSH write; the old cell is multiplied by f (UPDATE), copied (COPY) or erased (FLUSH).
    const seen = at.below?.z
    const kept = seen ? add(mul(seen, f), sub(1, seen)) : f
    const c = add(mul(keep ? mul(keep, kept) : kept, state.c), write ? mul(write, input) : input)
    const shown = mul(o, tanh(c))
    const h = write ? add(mul(write, shown), mul(sub(1, write), state.h)) : shown
    return {
      state: { h, c, z },
      signals: { h, c, z: shownBoundary(z, h), i, f, g, o },
      ...(statistics && { statistics }),
    }
  },
})
