// h = tanh(alpha * Wx * Uh' + beta1 * Wx + beta2 * Uh' + b); W is w_ih, U is w_hh.
import { z } from 'zod'
import { linear, tanh } from '../graph/ops.ts'
import { defineCell } from './cell.ts'
import { integrate, integrationOptions, integrationPaper, integrationWeights } from './integration.ts'

export const miRnn = defineCell({
  id: 'mi-rnn',
  title: 'MI-RNN',
  paper: integrationPaper,
  about: 'A tanh layer in which input and state multiply: the symbol decides how the state is read.',
  options: z.strictObject(integrationOptions),
  weights: (sizes, options) => integrationWeights(sizes, 1, options),
  state: ['h'],
  signals: [{ id: 'h', title: 'hidden state h', kind: 'bounded' }],
  step: (w, x, state) => {
    const h = tanh(integrate(w, linear(x, w.w_ih), linear(state.h, w.w_hh)))
    return { state: { h }, signals: { h } }
  },
})
