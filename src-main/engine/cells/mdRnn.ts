// h[i,j] = tanh(W_ih x[i,j] + W_up h[i-1,j] + W_left h[i,j-1] + b).
import { z } from 'zod'
import { add, linear, tanh } from '../graph/ops.ts'
import { uniformOver } from './cell.ts'
import { defineImageCell, scanOptions } from './imageCell.ts'

export const mdRnn = defineImageCell({
  id: 'mdrnn',
  title: '2-D tanh RNN',
  paper: 'Graves, Fernandez & Schmidhuber, Multi-dimensional recurrent neural networks (2007)',
  about: 'For images: a tanh layer that remembers along rows and columns at once.',
  options: z.strictObject(scanOptions),
  weights: ({ input, hidden }) => {
    const start = uniformOver(hidden)
    return {
      w_ih: { shape: [hidden, input], role: 'input', gates: 1, initializer: start },
      w_up: { shape: [hidden, hidden], role: 'recurrent', gates: 1, initializer: start },
      w_left: { shape: [hidden, hidden], role: 'recurrent', gates: 1, initializer: start },
      b: { shape: [hidden], role: 'bias', gates: 1, initializer: { kind: 'blocks', values: [0] } },
    }
  },
  state: ['h'],
  signals: [{ id: 'h', title: 'hidden state h', kind: 'bounded' }],
  step: (w, x, left, up) => {
    const h = tanh(add(linear(x, w.w_ih), w.b, linear(up.h, w.w_up), linear(left.h, w.w_left)))
    return { state: { h }, signals: { h } }
  },
})
