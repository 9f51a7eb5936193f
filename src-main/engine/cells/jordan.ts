// h = s(Wx x + Wh y'), where y' is the network's output at the previous step after the task's output activation. No biases, as elman.ts.
import { add, linear, sigmoid } from '../graph/ops.ts'
import { defineCell, noOptions, uniformOver } from './cell.ts'

export const jordan = defineCell({
  id: 'jordan',
  title: 'Jordan',
  paper: 'Jordan, Serial order: a parallel distributed processing approach (1986)',
  about:
    'A sigmoid layer that reads the last output of the whole network beside the input: it remembers what it answered, and nothing else.',
  options: noOptions,
  weights: ({ input, hidden, outputs }) => ({
    wx: { shape: [hidden, input], role: 'input', gates: 1, initializer: uniformOver(input) },
    wh: { shape: [hidden, outputs], role: 'recurrent', gates: 1, initializer: uniformOver(outputs) },
  }),
  state: ['y'],
  stateSize: ({ outputs }) => ({ y: outputs }),
  outputFeedback: 'y',
  exact: ['y'],
  signals: [{ id: 'h', title: 'hidden layer h', kind: 'gate' }],
  step: (w, x, state) => {
    const h = sigmoid(add(linear(x, w.wx), linear(state.y, w.wh)))
    return { state: { y: state.y }, signals: { h } }
  },
})
