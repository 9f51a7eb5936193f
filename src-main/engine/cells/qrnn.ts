// Quasi-recurrent layer: z, f, o (and i) are sums over the last `width` inputs, computed for all steps before the loop, which contains only
// the elementwise pooling: h = f h' + (1 - f) z, or c alike (c = f c' + i z) and h = o c. The inputs before the first step are a state.
import { z as schema } from 'zod'
import type { Node } from '../graph/node.ts'
import {
  add,
  concat,
  constant,
  linear,
  mul,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  tanh,
} from '../graph/ops.ts'
import { defineCell, gatedWeights, uniformOver, type Weight } from './cell.ts'

type Pooling = 'f' | 'fo' | 'ifo'
/** Rows of the weights, in their order. */
const gatesOf = { f: ['z', 'f'], fo: ['z', 'f', 'o'], ifo: ['z', 'f', 'o', 'i'] } as const
const countOf = (pooling: Pooling) => gatesOf[pooling].length

/**
 * The contribution of x (T, B, I), delayed by `lag` steps, through one filter tap w; `past`: the `lag` inputs before the first step,
 * (1, B, I) each, oldest first. In a reverse layer time runs backwards.
 */
function tap(x: Node, past: readonly Node[], w: Node, lag: number, reverse: boolean): Node {
  const steps = x.shape[0]!
  if (lag === 0) return linear(x, w)
  const seen = Math.min(lag, steps)
  const old = linear(concat(reverse ? past.toReversed().slice(lag - seen) : past.slice(0, seen), 0), w)
  if (seen === steps) return old
  const rest = linear(slice(x, 0, reverse ? lag : 0, steps - lag), w)
  return concat(reverse ? [rest, old] : [old, rest], 0)
}

export const qrnn = defineCell({
  id: 'qrnn',
  title: 'QRNN',
  paper: 'Bradbury, Merity, Xiong & Socher, Quasi-recurrent neural networks (2017)',
  about:
    'A convolution over the last inputs makes all gates at once; only a gated sum runs through time. Faster than an LSTM of its size.',
  options: schema.strictObject({
    width: schema.int().min(1).max(16).default(2).meta({ title: 'Filter width', help: 'Number of inputs that a gate reads: the current one and those before it.', unit: 'steps', scale: 'linear' }),
    pooling: schema.enum(['fo', 'f', 'ifo']).default('fo').meta({ title: 'Pooling', help: '', values: { fo: 'c = f c\' + (1 - f) z and h = o c', f: 'h = f h\' + (1 - f) z', ifo: 'c = f c\' + i z with a separate input gate, and h = o c' } }),
    forgetBias: schema.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, { width, pooling, forgetBias }) => {
    const gates = countOf(pooling)
    const rows = gates * sizes.hidden
    const start = uniformOver(width * sizes.input)
    const { b_ih: b } = gatedWeights(
      sizes,
      gates,
      gatesOf[pooling].map((g) => (g === 'f' ? forgetBias : 0)),
    )
    const taps = Array.from({ length: width }, (_, lag): [string, Weight] => [
      `w_${lag}`,
      { shape: [rows, sizes.input], role: 'input', gates, initializer: start },
    ])
    return { ...Object.fromEntries(taps), b } as Record<string, Weight>
  },
  state: ['c', 'past'],
  stateFor: ({ width }) => (width > 1 ? ['c', 'past'] : ['c']),
  stateSize: ({ input }, { width }) => ({ past: (width - 1) * input }),
  exact: ['past'],
  candidate: 'z',
  zoneoutGate: 'f',
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'free' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'z', title: 'candidate z', kind: 'bounded' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f', title: 'forget gate f', kind: 'gate' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  blocks: ({ pooling }) => gatesOf[pooling],
  before: (w, x, state, { width }, { reverse }) => {
    const [steps, batch, inputs] = x.shape as [number, number, number]
    const taps = (past: readonly Node[]) =>
      Array.from({ length: width }, (_, lag) =>
        tap(x, past.slice(width - 1 - lag), w[`w_${lag}`]!, lag, reverse),
      )
    if (width === 1) return { x: add(w['b']!, ...taps([])), states: {} }
    const past = split(state.past, width - 1).map((p) => reshape(p, [1, batch, inputs]))
    const all = concat(reverse ? [x, ...past.toReversed()] : [...past, x], 0)
    // After step t: the inputs from t - width + 2 to t.
    const remembered = Array.from({ length: width - 1 }, (_, k) =>
      slice(all, 0, reverse ? width - 2 - k : k + 1, steps),
    )
    return { x: add(w['b']!, ...taps(past)), states: { past: concat(remembered, 2) } }
  },
  step: (_w, x, state, { pooling }) => {
    const sums = split(x, countOf(pooling))
    const gate = (name: 'f' | 'o' | 'i') =>
      sigmoid(sums[(gatesOf[pooling] as readonly string[]).indexOf(name)]!)
    const z = tanh(sums[0]!)
    const f = gate('f')
    const i = pooling === 'ifo' ? gate('i') : sub(1, f)
    const c = add(mul(f, state.c), mul(i, z))
    const o = pooling === 'f' ? undefined : gate('o')
    const h = o ? mul(o, c) : c
    return {
      state: { c } as Record<'c' | 'past', Node>,
      signals: { h, c, z, i, f, o: o ?? constant(1, f.shape) },
    }
  },
})
