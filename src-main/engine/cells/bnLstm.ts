// LSTM with batch normalisation: i, f, g, o = BN(W_ih x) + BN(W_hh h') + b and h = o tanh(BN(c)), or of the inputs alone:
// BN(W_ih x) + W_hh h' + b. Each BN has a gain; b takes the place of both shifts before the gates. Rows: i, f, g, o as in lstm.ts.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, split, tanh } from '../graph/ops.ts'
import { counted, constantWeight, nextRunning, Normaliser, normOptions, runningWeights } from './batchNorm.ts'
import { defineCell, gatedWeights } from './cell.ts'

export const bnLstm = defineCell({
  id: 'bn-lstm',
  title: 'Batch-norm LSTM',
  paper:
    'Cooijmans, Ballas, Laurent, Gülçehre & Courville, Recurrent batch normalization (2017); Laurent, Pereyra, Brakel, Zhang & Bengio, Batch normalized recurrent neural networks (2016)',
  about:
    'An LSTM whose sums and cell are normalised over the batch at every step of training; running means take the place of the batch afterwards.',
  options: z.strictObject({
    where: z.enum(['all', 'input']).default('all').meta({ title: 'Normalised', help: '', values: { all: 'both products, and the cell at the output (Cooijmans et al. 2017)', input: 'the product of the input alone (Laurent et al. 2016)' } }),
    gain: z.number().min(0.001).max(10).default(0.1).meta({ title: 'Gain', help: 'Initial value of every gain; at 0.1 gradients pass through the tanh, at 1 they vanish.', scale: 'log' }),
    ...normOptions,
    forgetBias: z.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, options) => {
    const { hidden } = sizes
    const { w_ih, w_hh, b_ih: b } = gatedWeights(sizes, 4, [0, options.forgetBias, 0, 0])
    const all = options.where === 'all'
    const gain = (size: number) => constantWeight(size, 'gain', options.gain)
    return {
      w_ih,
      w_hh,
      b,
      gain_ih: gain(4 * hidden),
      gain_hh: all ? gain(4 * hidden) : null,
      gain_c: all ? gain(hidden) : null,
      b_c: all ? constantWeight(hidden, 'bias', 0) : null,
      ...runningWeights((all ? 9 : 4) * hidden, options),
    }
  },
  state: ['h', 'c', 't'],
  stateSize: () => ({ t: 1 }),
  exact: ['t'],
  candidate: 'g',
  smallestBatch: 2,
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'bn_c', title: 'BN(c)', kind: 'free' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f', title: 'forget gate f', kind: 'gate' },
    { id: 'g', title: 'candidate g', kind: 'bounded' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  step: (w, x, state, options, at) => {
    const all = options.where === 'all'
    const norm = new Normaliser(w, state.t, options, at)
    const fromInput = mul(norm.over(linear(x, w.w_ih)), w.gain_ih)
    const product = linear(state.h, w.w_hh)
    const fromState = all ? mul(norm.over(product), w.gain_hh) : product
    const [zi, zf, zg, zo] = split(add(fromInput, fromState, w.b), 4) as [Node, Node, Node, Node]
    const i = sigmoid(zi)
    const f = sigmoid(zf)
    const g = tanh(zg)
    const o = sigmoid(zo)
    const c = add(mul(f, state.c), mul(i, g))
    const bn_c = all ? add(mul(norm.over(c), w.gain_c), w.b_c) : c
    const h = mul(o, tanh(bn_c))
    const { statistics } = norm
    return {
      state: { h, c, t: counted(state.t, options) },
      signals: { h, c, bn_c, i, f, g, o },
      ...(statistics && { statistics }),
    }
  },
  statistics: nextRunning,
})
