// An LSTM with multiplicative integration of input and state in all of i, f, g, o; W is w_ih, U is w_hh.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, split, tanh } from '../graph/ops.ts'
import { defineCell } from './cell.ts'
import { integrate, integrationOptions, integrationPaper, integrationWeights } from './integration.ts'

export const miLstm = defineCell({
  id: 'mi-lstm',
  title: 'MI-LSTM',
  paper: integrationPaper,
  about: 'An LSTM whose gates and candidate read the product of input and state as well as their sum.',
  options: z.strictObject({
    ...integrationOptions,
    forgetBias: z.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, options) => integrationWeights(sizes, 4, options, [0, options.forgetBias, 0, 0]),
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
    const gates = integrate(w, linear(x, w.w_ih), linear(state.h, w.w_hh))
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
