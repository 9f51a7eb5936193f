// Gated recurrent unit in its four published forms; the default is PyTorch's, with gates r, z, n stacked in the rows of every weight.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, slice, split, sub, tanh } from '../graph/ops.ts'
import { defineCell, gatedWeights } from './cell.ts'

export const gru = defineCell({
  id: 'gru',
  title: 'GRU',
  paper: 'Cho et al., Learning phrase representations using RNN encoder-decoder (2014)',
  about: 'One state, two gates: r forgets for the candidate n, z mixes old and new. Lighter than an LSTM.',
  options: z.strictObject({
    reset: z.enum(['after', 'before']).default('after').meta({ title: 'Reset gate', help: '', values: { after: 'n = tanh(W x + r * (U h)), as in PyTorch', before: 'n = tanh(W x + U (r * h)), as in the paper' } }),
    update: z.enum(['keeps', 'takes']).default('keeps').meta({ title: 'Update gate', help: '', values: { keeps: 'h = z * h\' + (1 - z) * n, as in PyTorch', takes: 'h = (1 - z) * h\' + z * n' } }),
  }), // prettier-ignore
  weights: (sizes) => gatedWeights(sizes, 3),
  state: ['h'],
  candidate: 'n',
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'r', title: 'reset gate r', kind: 'gate' },
    { id: 'z', title: 'update gate z', kind: 'gate' },
    { id: 'n', title: 'candidate n', kind: 'bounded' },
  ],
  step: (w, x, { h }, options) => {
    const hidden = h.shape[1]!
    const [xr, xz, xn] = split(add(linear(x, w.w_ih), w.b_ih), 3) as [Node, Node, Node]
    const forGates = add(linear(h, slice(w.w_hh, 0, 0, 2 * hidden)), slice(w.b_hh, 0, 0, 2 * hidden))
    const [hr, hz] = split(forGates, 2) as [Node, Node]
    const r = sigmoid(add(xr, hr))
    const z = sigmoid(add(xz, hz))
    const u = slice(w.w_hh, 0, 2 * hidden, hidden)
    const bias = slice(w.b_hh, 0, 2 * hidden, hidden)
    const fromState =
      options.reset === 'after' ? mul(r, add(linear(h, u), bias)) : add(linear(mul(r, h), u), bias)
    const n = tanh(add(xn, fromState))
    const next = options.update === 'keeps' ? add(n, mul(z, sub(h, n))) : add(h, mul(z, sub(n, h)))
    return { state: { h: next }, signals: { h: next, r, z, n } }
  },
})
