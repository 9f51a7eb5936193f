// LSTM with layer normalisation: i, f, g, o = LN(W_ih x) + LN(W_hh h') + b, h = o * tanh(LN(c)). LN uses statistics over the units of one
// step and one sequence; the sums of all four gates share theirs, as in the paper. Shifts of LN are omitted, since b takes their place.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, gather, linear, mul, sigmoid, split, tanh, transpose } from '../graph/ops.ts'
import { defineCell, gatedWeights, type Weight } from './cell.ts'
import { layerNorm } from './layerNorm.ts'

/** W x of every symbol (V, 4H) and the symbols (T, B), if x is an embedding or one-hot rows. */
function lookUp(x: Node, w: Node): { rows: Node; ids: Node } | undefined {
  if (x.op === 'oneHot') return { rows: transpose(w), ids: x.inputs[0]! }
  return x.op === 'gather' ? { rows: linear(x.inputs[0]!, w), ids: x.inputs[1]! } : undefined
}

export const layernormLstm = defineCell({
  id: 'layernorm-lstm',
  title: 'Layer-norm LSTM',
  paper: 'Ba, Kiros & Hinton, Layer normalization (2016)',
  about:
    'An LSTM whose sums and cell are normalised over the units at every step: steady over long sequences.',
  options: z.strictObject({
    epsilon: z.number().positive().max(1).default(1e-5).meta({ title: 'Epsilon', help: 'Added to the variance, so that the division is finite.', scale: 'log' }),
    forgetBias: z.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, { forgetBias }) => {
    const { w_ih, w_hh, b_ih: b } = gatedWeights(sizes, 4, [0, forgetBias, 0, 0])
    const vector = (gates: number, role: 'gain' | 'bias', value: number) =>
      ({
        shape: [gates * sizes.hidden],
        role,
        gates,
        initializer: { kind: 'blocks', values: Array<number>(gates).fill(value) },
      }) satisfies Weight
    const gains = {
      gain_ih: vector(4, 'gain', 1),
      gain_hh: vector(4, 'gain', 1),
      gain_c: vector(1, 'gain', 1),
    }
    return { w_ih, w_hh, b, ...gains, b_c: vector(1, 'bias', 0) }
  },
  state: ['h', 'c'],
  candidate: 'g',
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'ln_c', title: 'LN(c)', kind: 'free' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f', title: 'forget gate f', kind: 'gate' },
    { id: 'g', title: 'candidate g', kind: 'bounded' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  before: (w, x, _state, { epsilon }) => {
    const [steps, batch, inputs] = x.shape as [number, number, number]
    const normed = (sums: Node) => layerNorm(sums, w.gain_ih, epsilon)
    // The contribution of a symbol depends on the symbol alone: each is normalised once, not per occurrence. The step detects it by the width.
    const found = lookUp(x, w.w_ih)
    if (found && found.rows.shape[0]! <= steps * batch)
      return { x: gather(normed(found.rows), found.ids), states: {} }
    return { x: inputs === w.b.shape[0] ? normed(linear(x, w.w_ih)) : x, states: {} }
  },
  step: (w, x, state, { epsilon }) => {
    const ready = x.shape[1] === w.b.shape[0]
    const fromInput = ready ? x : layerNorm(linear(x, w.w_ih), w.gain_ih, epsilon)
    const fromState = layerNorm(linear(state.h, w.w_hh), w.gain_hh, epsilon)
    const [zi, zf, zg, zo] = split(add(fromInput, fromState, w.b), 4) as [Node, Node, Node, Node]
    const i = sigmoid(zi)
    const f = sigmoid(zf)
    const g = tanh(zg)
    const o = sigmoid(zo)
    const c = add(mul(f, state.c), mul(i, g))
    const ln_c = add(layerNorm(c, w.gain_c, epsilon), w.b_c)
    const h = mul(o, tanh(ln_c))
    return { state: { h, c }, signals: { h, c, ln_c, i, f, g, o } }
  },
})
