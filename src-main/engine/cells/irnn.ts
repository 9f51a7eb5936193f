// h = relu(W_ih x + b_ih + W_hh h' + b_hh) initialised as a sum over time: W_hh = scale * I, small W_ih, zero biases.
import { z } from 'zod'
import { add, linear, relu } from '../graph/ops.ts'
import { defineCell, gatedWeights } from './cell.ts'

export const irnn = defineCell({
  id: 'irnn',
  title: 'IRNN',
  paper:
    'Le, Jaitly & Hinton, A simple way to initialize recurrent networks of rectified linear units (2015)',
  about:
    'Rectified units that start by adding up their inputs: the recurrent matrix is the identity at first.',
  options: z.strictObject({
    scale: z.number().min(0).max(2).default(1).meta({ title: 'Identity scale', help: 'Initial recurrent matrix as a multiple of the identity; below 1 it forgets, 0.01 gives a short memory.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, { scale }) => {
    const plain = gatedWeights(sizes, 1)
    return {
      ...plain,
      w_ih: { ...plain.w_ih, initializer: { kind: 'normal', deviation: 0.001 } },
      w_hh: { ...plain.w_hh, initializer: { kind: 'identity', scale } },
    }
  },
  state: ['h'],
  signals: [{ id: 'h', title: 'hidden state h', kind: 'free' }],
  step: (w, x, state) => {
    const h = relu(add(linear(x, w.w_ih), w.b_ih, w.b_hh, linear(state.h, w.w_hh)))
    return { state: { h }, signals: { h } }
  },
})
