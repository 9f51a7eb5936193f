// h = tanh(BN(W_ih x) + W_hh h' + b), or with BN over both products. Each BN has a gain; b takes the place of the shifts.
import { z } from 'zod'
import { add, linear, mul, tanh } from '../graph/ops.ts'
import { counted, constantWeight, nextRunning, Normaliser, normOptions, runningWeights } from './batchNorm.ts'
import { defineCell, gatedWeights } from './cell.ts'

export const bnRnn = defineCell({
  id: 'bn-rnn',
  title: 'Batch-norm RNN',
  paper: 'Laurent, Pereyra, Brakel, Zhang & Bengio, Batch normalized recurrent neural networks (2016)',
  about:
    'A tanh layer whose input sums are normalised over the batch at every step of training; running means take the place of the batch afterwards.',
  options: z.strictObject({
    where: z.enum(['input', 'all']).default('input').meta({ title: 'Normalised', help: '', values: { input: 'the product of the input alone (Laurent et al. 2016)', all: 'both products (as in the LSTM of Cooijmans et al. 2017)' } }),
    gain: z.number().min(0.001).max(10).default(1).meta({ title: 'Gain', help: 'Initial value of every gain.', scale: 'log' }),
    ...normOptions,
  }), // prettier-ignore
  weights: (sizes, options) => {
    const { hidden } = sizes
    const { w_ih, w_hh, b_ih: b } = gatedWeights(sizes, 1)
    const all = options.where === 'all'
    const gain_hh = all ? constantWeight(hidden, 'gain', options.gain) : null
    return {
      w_ih,
      w_hh,
      b,
      gain_ih: constantWeight(hidden, 'gain', options.gain),
      gain_hh,
      ...runningWeights((all ? 2 : 1) * hidden, options),
    }
  },
  state: ['h', 't'],
  stateSize: () => ({ t: 1 }),
  exact: ['t'],
  smallestBatch: 2,
  signals: [{ id: 'h', title: 'hidden state h', kind: 'bounded' }],
  step: (w, x, state, options, at) => {
    const norm = new Normaliser(w, state.t, options, at)
    const fromInput = mul(norm.over(linear(x, w.w_ih)), w.gain_ih)
    const product = linear(state.h, w.w_hh)
    const fromState = options.where === 'all' ? mul(norm.over(product), w.gain_hh) : product
    const h = tanh(add(fromInput, fromState, w.b))
    const { statistics } = norm
    return {
      state: { h, t: counted(state.t, options) },
      signals: { h },
      ...(statistics && { statistics }),
    }
  },
  statistics: nextRunning,
})
