// h = s(Wx x + Wh h'), without biases (Elman 1990).
import { add, linear, sigmoid } from '../graph/ops.ts'
import { defineCell, noOptions, uniformOver } from './cell.ts'

export const elman = defineCell({
  id: 'elman',
  title: 'Elman',
  paper: 'Elman, Finding structure in time (1990)',
  about:
    'The simple recurrent network: a sigmoid layer that reads its own last value beside the input. No biases.',
  options: noOptions,
  weights: ({ input, hidden }) => ({
    wx: { shape: [hidden, input], role: 'input', gates: 1, initializer: uniformOver(input) },
    wh: { shape: [hidden, hidden], role: 'recurrent', gates: 1, initializer: uniformOver(hidden) },
  }),
  state: ['h'],
  signals: [{ id: 'h', title: 'hidden state h', kind: 'gate' }],
  step: (w, x, state) => {
    const h = sigmoid(add(linear(x, w.wx), linear(state.h, w.wh)))
    return { state: { h }, signals: { h } }
  },
})
