// The baseline without memory, for comparison with recurrent cells.
import { z } from 'zod'
import { linear, relu, sigmoid, tanh } from '../graph/ops.ts'
import { defineCell, uniformOver } from './cell.ts'

const activations = { sigmoid, tanh, relu }

export const feedforward = defineCell({
  id: 'feedforward',
  title: 'Feed-forward',
  paper: 'Baseline; Rumelhart, Hinton & Williams, Learning representations by back-propagating errors (1986)',
  about: 'No recurrence: every output depends on the current symbol alone. A baseline without memory.',
  options: z.strictObject({
    activation: z.enum(['sigmoid', 'tanh', 'relu']).default('sigmoid').meta({ title: 'Activation', help: 'Activation function of the hidden layer.', values: { sigmoid: '1 / (1 + exp(-x))', tanh: 'tanh x', relu: 'max(0, x)' } }),
  }), // prettier-ignore
  weights: ({ input, hidden }) => ({
    wx: { shape: [hidden, input], role: 'input', gates: 1, initializer: uniformOver(input) },
  }),
  state: [],
  signals: [{ id: 'h', title: 'hidden layer h', kind: 'free' }],
  step: (w, x, _state, options) => ({
    state: {},
    signals: { h: activations[options.activation](linear(x, w.wx)) },
  }),
})
