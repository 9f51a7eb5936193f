// Two-dimensional LSTM: one input gate, one forget gate per dimension, one output gate. With p . c the peepholes:
// i = s(.. + p_i . (c_up, c_left)), f_d = s(.. + p_f,d c_d), c = i g + f_up c_up + f_left c_left, o = s(.. + p_o c), h = o tanh(c).
// The sum of both forget gates can exceed 1, and cells then grow like 2^positions; the stable variant uses f_up = f l, f_left = f (1 - l).
// Gates i, f_up, f_left, g, o are stacked in the rows of every matrix.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, slice, split, sub, tanh } from '../graph/ops.ts'
import { uniformOver } from './cell.ts'
import { defineImageCell, scanOptions } from './imageCell.ts'

export const mdLstm = defineImageCell({
  id: 'md-lstm',
  title: 'MD-LSTM',
  paper:
    'Graves, Fernandez & Schmidhuber, Multi-dimensional recurrent neural networks (2007); Leifert et al., Cells in multidimensional recurrent neural networks (2016)',
  about: 'For images: an LSTM with a forget gate for each of the two dimensions.',
  options: z.strictObject({
    ...scanOptions,
    forget: z.enum(['separate', 'stable']).default('separate').meta({ title: 'Forget gates', help: '', values: { separate: 'one per dimension as in the paper of 2007; together they can exceed 1, and cells may grow along a picture', stable: 'one forget gate and a learnt share between the two neighbours (Leifert et al. 2016), which bounds the cells' } }),
    peepholes: z.boolean().default(true).meta({ title: 'Peepholes', help: 'Gates read the cells that they gate, as in the paper.' }),
    forgetBias: z.number().min(-10).max(10).default(0).meta({ title: 'Forget bias', help: 'Initial biases of the forget gates. Two separate gates add up: above 0, cells grow with every position.', scale: 'linear' }),
  }), // prettier-ignore
  weights: ({ input, hidden }, { peepholes, forget, forgetBias }) => {
    const initializer = uniformOver(hidden)
    const rows = 5 * hidden
    // The share between the two neighbours starts at 1/2.
    const values = [0, forgetBias, forget === 'stable' ? 0 : forgetBias, 0, 0]
    const peep = (gates: number) =>
      peepholes ? { shape: [gates * hidden], role: 'gain' as const, gates, initializer } : null
    return {
      w_ih: { shape: [rows, input], role: 'input', gates: 5, initializer },
      w_up: { shape: [rows, hidden], role: 'recurrent', gates: 5, initializer },
      w_left: { shape: [rows, hidden], role: 'recurrent', gates: 5, initializer },
      b: { shape: [rows], role: 'bias', gates: 5, initializer: { kind: 'blocks', values } },
      p_i: peep(2),
      p_f: peep(2),
      p_o: peep(1),
    }
  },
  state: ['h', 'c'],
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f_up', title: 'forget gate f, column', kind: 'gate' },
    { id: 'f_left', title: 'forget gate f, row', kind: 'gate' },
    { id: 'g', title: 'candidate g', kind: 'bounded' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  step: (w, x, left, up, { peepholes, forget }) => {
    const hidden = left.c.shape[1]!
    const gates = add(linear(x, w.w_ih), w.b, linear(up.h, w.w_up), linear(left.h, w.w_left))
    const [zi, zu, zl, zg, zo] = split(gates, 5) as [Node, Node, Node, Node, Node]
    /** Peephole number `part` of `p` on cells c, added to z. */
    const see = (z: Node, p: Node, part: number, c: Node) =>
      peepholes ? add(z, mul(slice(p, 0, part * hidden, hidden), c)) : z
    const i = sigmoid(see(see(zi, w.p_i, 0, up.c), w.p_i, 1, left.c))
    const first = sigmoid(see(zu, w.p_f, 0, up.c))
    const second = sigmoid(see(zl, w.p_f, 1, left.c))
    const stable = forget === 'stable'
    const f_up = stable ? mul(first, second) : first
    const f_left = stable ? sub(first, f_up) : second
    const g = tanh(zg)
    const c = add(mul(i, g), mul(f_up, up.c), mul(f_left, left.c))
    const o = sigmoid(see(zo, w.p_o, 0, c))
    const h = mul(o, tanh(c))
    return { state: { h, c }, signals: { h, c, i, f_up, f_left, g, o } }
  },
})
