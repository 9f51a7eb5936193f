// Long short-term memory with forget gates, in PyTorch's layout: gates i, f, g, o stacked in the rows of every weight.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, split, tanh } from '../graph/ops.ts'
import { defineCell, gatedWeights } from './cell.ts'

export const lstm = defineCell({
  id: 'lstm',
  title: 'LSTM',
  paper:
    'Hochreiter & Schmidhuber, Long short-term memory (1997); Gers, Schmidhuber & Cummins, Learning to forget (2000)',
  about: 'A cell c that gates write (i), keep (f) and output (o): remembers over hundreds of steps.',
  options: z.strictObject({
    forgetBias: z.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, { forgetBias }) => gatedWeights(sizes, 4, [0, forgetBias, 0, 0]),
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
  step: (w, x, state) => {
    const gates = add(linear(x, w.w_ih), w.b_ih, w.b_hh, linear(state.h, w.w_hh))
    const [zi, zf, zg, zo] = split(gates, 4) as [Node, Node, Node, Node]
    const i = sigmoid(zi)
    const f = sigmoid(zf)
    const g = tanh(zg)
    const o = sigmoid(zo)
    const c = add(mul(f, state.c), mul(i, g))
    const tanh_c = tanh(c)
    const h = mul(o, tanh_c)
    return { state: { h, c }, signals: { h, c, tanh_c, i, f, g, o } }
  },
})
