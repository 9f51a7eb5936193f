// The LSTM of "LSTM: a search space odyssey" (Greff et al. 2017) and the variants studied there, in its notation: block input z, gates i, f, o,
// cell c; R x y is written W_hh h'. A removed gate is 1 and has no weights; rows of the weights keep the order i, f, z, o.
import { z as schema } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, concat, constant, linear, mul, sigmoid, slice, split, sub, tanh } from '../graph/ops.ts'
import { defineCell, gatedWeights, uniformOver } from './cell.ts'

const options = schema.strictObject({
  gates: schema.enum(['both', 'no-input', 'no-forget', 'coupled']).default('both').meta({ title: 'Input and forget gate', help: '', values: { both: 'separate input and forget gates', 'no-input': 'i = 1 (NIG)', 'no-forget': 'f = 1 (NFG)', coupled: 'i = 1 - f, one gate fewer (CIFG)' } }),
  outputGate: schema.boolean().default(true).meta({ title: 'Output gate', help: 'Off: the cell is always output, o = 1 (NOG).' }),
  inputActivation: schema.boolean().default(true).meta({ title: 'Input activation', help: 'Off: the block input z has no tanh (NIAF).' }),
  outputActivation: schema.boolean().default(true).meta({ title: 'Output activation', help: 'Off: the output has no tanh, h = o * c (NOAF).' }),
  peepholes: schema.boolean().default(true).meta({ title: 'Peepholes', help: 'Gates read the cell of their unit: i and f the old one, o the new one. Off: NP.' }),
  gateRecurrence: schema.boolean().default(false).meta({ title: 'Full gate recurrence', help: 'Every gate also reads all gates of the previous step, through full matrices (FGR).' }),
  forgetBias: schema.number().min(-10).max(10).default(1).meta({ title: 'Forget bias', help: 'Initial bias of the forget gate; above 0 the cell keeps its content at first.', scale: 'linear' }),
}) // prettier-ignore

type Options = schema.output<typeof options>
type Gate = 'i' | 'f' | 'o'

const gatesOf = ({ gates, outputGate }: Options): Gate[] => [
  ...(gates === 'both' || gates === 'no-forget' ? ['i' as const] : []),
  ...(gates === 'no-forget' ? [] : ['f' as const]),
  ...(outputGate ? ['o' as const] : []),
]
/** The blocks of rows in the weights, in order. */
const blocksOf = (given: Options) =>
  (['i', 'f', 'z', 'o'] as const).filter((b) => b === 'z' || gatesOf(given).includes(b))

export const lstmVariant = defineCell({
  id: 'lstm-variant',
  title: 'LSTM variants',
  paper: 'Greff, Srivastava, Koutník, Steunebrink & Schmidhuber, LSTM: a search space odyssey (2017)',
  about:
    'An LSTM with peepholes whose gates and squashings can be taken away, coupled or connected one by one.',
  options,
  weights: (sizes, given) => {
    const { hidden } = sizes
    const [blocks, rows] = [blocksOf(given), gatesOf(given).length]
    const start = uniformOver(hidden)
    const bias = blocks.map((b) => (b === 'f' ? given.forgetBias : 0))
    const square = [rows * hidden, rows * hidden]
    return {
      ...gatedWeights(sizes, blocks.length, bias),
      p: given.peepholes ? { shape: [rows * hidden], role: 'gain', gates: rows, initializer: start } : null,
      r: given.gateRecurrence ? { shape: square, role: 'recurrent', gates: rows, initializer: start } : null,
    }
  },
  state: ['h', 'c', 'i', 'f', 'o'],
  stateFor: (given) => ['h', 'c', ...(given.gateRecurrence ? gatesOf(given) : [])],
  exact: ['i', 'f', 'o'],
  candidate: 'z',
  signals: [
    { id: 'h', title: 'hidden state h (y in the paper)', kind: 'free' },
    { id: 'c', title: 'cell c', kind: 'free' },
    { id: 'i', title: 'input gate i', kind: 'gate' },
    { id: 'f', title: 'forget gate f', kind: 'gate' },
    { id: 'z', title: 'block input z', kind: 'free' },
    { id: 'o', title: 'output gate o', kind: 'gate' },
  ],
  blocks: blocksOf,
  step: (w, x, state, given) => {
    const hidden = state.c.shape[1]!
    const [blocks, gates] = [blocksOf(given), gatesOf(given)]
    const sums = split(add(linear(x, w.w_ih), w.b_ih, w.b_hh, linear(state.h, w.w_hh)), blocks.length)
    const before = () =>
      concat(
        gates.map((g) => state[g]),
        1,
      )
    const fromGates = given.gateRecurrence ? split(linear(before(), w.r), gates.length) : []
    const gate = (name: Gate, c: Node): Node | undefined => {
      const at = gates.indexOf(name)
      if (at < 0) return undefined
      const seen = given.peepholes ? [mul(slice(w.p, 0, at * hidden, hidden), c)] : []
      const fromAll = given.gateRecurrence ? [fromGates[at]!] : []
      return sigmoid(add(sums[blocks.indexOf(name)]!, ...seen, ...fromAll))
    }
    const zIn = sums[blocks.indexOf('z')]!
    const z = given.inputActivation ? tanh(zIn) : zIn
    const f = gate('f', state.c)
    const i = given.gates === 'coupled' ? sub(1, f!) : gate('i', state.c)
    const c = add(f ? mul(f, state.c) : state.c, i ? mul(i, z) : z)
    const o = gate('o', c)
    const shown = given.outputActivation ? tanh(c) : c
    const h = o ? mul(o, shown) : shown
    const open = constant(1, c.shape)
    const all = { i: i ?? open, f: f ?? open, o: o ?? open }
    return { state: { h, c, ...all }, signals: { h, c, z, ...all } }
  },
})
