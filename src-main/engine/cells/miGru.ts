// A GRU with multiplicative integration of input and state: z and r over h', the candidate n over r * h'.
// h = (1 - z) * h' + z * n as in the paper; rows r, z, n as in gru.ts.
import { z as schema } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, linear, mul, sigmoid, slice, split, sub, tanh } from '../graph/ops.ts'
import { defineCell } from './cell.ts'
import { integrate, integrationOptions, integrationPaper, integrationWeights } from './integration.ts'

export const miGru = defineCell({
  id: 'mi-gru',
  title: 'MI-GRU',
  paper: integrationPaper,
  about: 'A GRU whose gates and candidate read the product of input and state as well as their sum.',
  options: schema.strictObject(integrationOptions),
  weights: (sizes, options) => integrationWeights(sizes, 3, options),
  state: ['h'],
  candidate: 'n',
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'r', title: 'reset gate r', kind: 'gate' },
    { id: 'z', title: 'update gate z', kind: 'gate' },
    { id: 'n', title: 'candidate n', kind: 'bounded' },
  ],
  step: (w, x, { h }) => {
    const hidden = h.shape[1]!
    const wx = linear(x, w.w_ih)
    const part = (from: number, count: number, state: Node) => {
      const rows = (v: Node) => slice(v, 0, from * hidden, count * hidden)
      const own = { alpha: rows(w.alpha), beta1: rows(w.beta1), beta2: rows(w.beta2), b: rows(w.b) }
      return integrate(own, slice(wx, 1, from * hidden, count * hidden), linear(state, rows(w.w_hh)))
    }
    const [r, z] = split(sigmoid(part(0, 2, h)), 2) as [Node, Node]
    const n = tanh(part(2, 1, mul(r, h)))
    const next = add(h, mul(z, sub(n, h)))
    return { state: { h: next }, signals: { h: next, r, z, n } }
  },
})
