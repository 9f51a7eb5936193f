// hmLstm.ts without gates: n = tanh(sum of three products), h = n where the layer writes and h' where it copies; after a boundary the
// old h is 0. The paper defines the LSTM only; this is the corresponding tanh cell.
import { z } from 'zod'
import { add, mul, sub, tanh } from '../graph/ops.ts'
import { boundaryCell, boundaryOptions, boundaryWeights, readBoundaries, shownBoundary } from './boundary.ts'
import { defineCell } from './cell.ts'

export const hmRnn = defineCell({
  ...boundaryCell,
  id: 'hm-rnn',
  title: 'HM-RNN',
  about:
    'Tanh layers that decide where a piece ends and start anew there; the layer above renews itself only there. The readout sees all layers.',
  options: z.strictObject(boundaryOptions),
  weights: (sizes, options) => boundaryWeights(sizes, 1, [0], options),
  state: ['h', 'z'],
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'z', title: 'boundary of the layer', kind: 'gate' },
    { id: 'n', title: 'candidate n', kind: 'bounded' },
  ],
  step: (w, x, state, options, at) => {
    const { sums, write, z, statistics } = readBoundaries(w, x, state, at, { ...options, erase: true })
    const n = tanh(sums)
    const h = write ? add(mul(write, n), mul(sub(1, write), state.h)) : n
    return {
      state: { h, z },
      signals: { h, z: shownBoundary(z, h), n },
      ...(statistics && { statistics }),
    }
  },
})
