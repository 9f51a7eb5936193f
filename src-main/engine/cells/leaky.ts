// h = a * h' + (1 - a) * s(W_ih x + b_ih + W_hh h' + b_hh): every unit is a moving average with its own memory of 1 / (1 - a) steps.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, concat, constant, linear, mul, sigmoid, slice, sub, tanh } from '../graph/ops.ts'
import { defineCell, gatedWeights } from './cell.ts'

const squashes = { tanh, sigmoid }

/** 1, q, q^2 ... (n), by doubling, in log2(n) nodes. */
function powers(n: number, q: number): Node {
  let row = constant(1, [1])
  for (let length = 1; length < n; length *= 2) row = concat([row, mul(row, q ** length)], 0)
  return slice(row, 0, 0, n)
}

export const leaky = defineCell({
  id: 'leaky',
  title: 'Leaky integrator',
  paper:
    'Mozer, Induction of multiscale temporal structure (1992); Bengio, Boulanger-Lewandowski & Pascanu, Advances in optimizing recurrent networks (2013)',
  about:
    'A simple recurrent layer whose units change slowly: each keeps the fraction a of its previous value.',
  options: z.strictObject({
    leak: z.enum(['fixed', 'spaced', 'learned']).default('fixed').meta({ title: 'Leak', help: '', values: { fixed: 'the same a for all', spaced: 'time constants from 1 step to the slowest, evenly spaced on a log scale', learned: 'learned per unit, initially a' } }),
    a: z.number().min(0.001).max(0.999).default(0.9).meta({ title: 'Share kept a', help: 'Fraction of its previous value that a unit keeps; its time constant is about 1 / (1 - a) steps.', scale: 'linear', when: { path: 'model.options.leak', in: ['fixed', 'learned'] } }),
    slowest: z.number().min(1).max(1e5).default(100).meta({ title: 'Slowest unit', help: 'Time constant of the slowest unit, with spaced leaks.', scale: 'log', unit: 'steps', when: { path: 'model.options.leak', in: ['spaced'] } }),
    activation: z.enum(['tanh', 'sigmoid']).default('tanh').meta({ title: 'Activation', help: 'Activation function s of the new value.', values: { tanh: 'tanh x', sigmoid: '1 / (1 + exp(-x))' } }),
  }), // prettier-ignore
  weights: (sizes, { leak, a }) => ({
    ...gatedWeights(sizes, 1),
    // a = sigmoid(leak)
    leak:
      leak === 'learned'
        ? {
            shape: [sizes.hidden],
            role: 'gain',
            gates: 1,
            initializer: { kind: 'blocks', values: [Math.log(a / (1 - a))] },
          }
        : null,
  }),
  state: ['h'],
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 's', title: 'what comes in s', kind: 'bounded' },
  ],
  step: (w, x, state, { leak, a, slowest, activation }) => {
    const hidden = state.h.shape[1]!
    const s = squashes[activation](add(linear(x, w.w_ih), w.b_ih, w.b_hh, linear(state.h, w.w_hh)))
    // Unit k of n remembers slowest^(k / (n - 1)) steps.
    const kept = {
      fixed: () => a,
      spaced: () => sub(1, powers(hidden, slowest ** (-1 / Math.max(1, hidden - 1)))),
      learned: () => sigmoid(w.leak),
    }[leak]()
    const h = add(s, mul(kept, sub(state.h, s)))
    return { state: { h }, signals: { h, s } }
  },
})
