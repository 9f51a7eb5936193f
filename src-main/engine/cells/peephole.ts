// LSTM whose gates read the cell: i and f the old one, o the new one. Gates i, f, g, o stacked as in lstm.ts.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, slice, split, tanh } from '../graph/ops.ts'
import { defineCell, gatedWeights, uniformOver } from './cell.ts'

export const peephole = defineCell({
  id: 'peephole',
  title: 'Peephole LSTM',
  paper:
    'Gers & Schmidhuber, Recurrent nets that time and count (2000); Gers, Schraudolph & Schmidhuber, Learning precise timing with LSTM recurrent networks (2002)',
  about:
    'An LSTM whose gates read the cell itself, even while the output gate is closed: counts and times exactly.',
  options: z.strictObject({
    sees: z.enum(['own', 'all']).default('own').meta({ title: 'Peepholes', help: '', values: { own: 'a gate reads the cell of its own unit', all: 'full matrices: every gate reads every cell' } }),
    forgetBias: z.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, { sees, forgetBias }) => {
    const { hidden } = sizes
    const start = uniformOver(hidden)
    const all = sees === 'all'
    return {
      ...gatedWeights(sizes, 4, [0, forgetBias, 0, 0]),
      p_if: all
        ? { shape: [2 * hidden, hidden], role: 'recurrent', gates: 2, initializer: start }
        : { shape: [2 * hidden], role: 'gain', gates: 2, initializer: start },
      p_o: all
        ? { shape: [hidden, hidden], role: 'recurrent', gates: 1, initializer: start }
        : { shape: [hidden], role: 'gain', gates: 1, initializer: start },
    }
  },
  state: ['h', 'c'],
  candidate: 'g',
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'tanh_c', title: 'tanh(c)', kind: 'bounded', ordersAs: 'c' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f', title: 'forget gate f', kind: 'gate' },
    { id: 'g', title: 'candidate g', kind: 'bounded' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  step: (w, x, state, { sees }) => {
    const hidden = state.c.shape[1]!
    const gates = add(linear(x, w.w_ih), w.b_ih, w.b_hh, linear(state.h, w.w_hh))
    const [zi, zf, zg, zo] = split(gates, 4) as [Node, Node, Node, Node]
    const [pi, pf] =
      sees === 'all'
        ? (split(linear(state.c, w.p_if), 2) as [Node, Node])
        : [mul(slice(w.p_if, 0, 0, hidden), state.c), mul(slice(w.p_if, 0, hidden, hidden), state.c)]
    const i = sigmoid(add(zi, pi))
    const f = sigmoid(add(zf, pf))
    const g = tanh(zg)
    const c = add(mul(f, state.c), mul(i, g))
    const o = sigmoid(add(zo, sees === 'all' ? linear(c, w.p_o) : mul(w.p_o, c)))
    const tanh_c = tanh(c)
    const h = mul(o, tanh_c)
    return { state: { h, c }, signals: { h, c, tanh_c, i, f, g, o } }
  },
})
