// h = tanh(W_ih x + b_ih + W_hh h' + b_hh), in PyTorch's layout.
import { add, linear, tanh } from '../graph/ops.ts'
import { defineCell, gatedWeights, noOptions } from './cell.ts'

export const rnn = defineCell({
  id: 'rnn',
  title: 'Tanh RNN',
  paper: 'Jordan, Serial order (1986); Elman, Finding structure in time (1990); PyTorch nn.RNN',
  about: 'Fully recurrent tanh layer with biases. Remembers a few steps; gradients fade beyond.',
  options: noOptions,
  weights: (sizes) => gatedWeights(sizes, 1),
  state: ['h'],
  signals: [{ id: 'h', title: 'hidden state h', kind: 'bounded' }],
  step: (w, x, state) => {
    const h = tanh(add(linear(x, w.w_ih), w.b_ih, w.b_hh, linear(state.h, w.w_hh)))
    return { state: { h }, signals: { h } }
  },
})
