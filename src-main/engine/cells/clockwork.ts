// Groups of units with periods 1, 2, 4 ...: group g is updated at t mod 2^g = 0 and keeps its values exactly at other steps. A group reads
// itself and all slower ones, so its recurrent matrix is (units, units of these groups). Time is a state that counts from 0 modulo the longest
// period. Rows of the batch may be at different times; a group is skipped at steps where it is updated in no row.
import { z } from 'zod'
import {
  add,
  broadcastTo,
  concat,
  constant,
  eq,
  floor,
  ge,
  linear,
  mul,
  select,
  slice,
  sub,
  tanh,
} from '../graph/ops.ts'
import { defineCell, gatedWeights, uniformOver, type Weight } from './cell.ts'

interface Group {
  name: string
  from: number
  units: number
  period: number
}

/** Sizes of the groups, fastest first: as equal as possible, none empty. */
function groupsOf(hidden: number, wanted: number): Group[] {
  const count = Math.min(wanted, hidden)
  return Array.from({ length: count }, (_, g) => {
    const from = Math.floor((g * hidden) / count)
    return {
      name: `w_hh_${g}`,
      from,
      units: Math.floor(((g + 1) * hidden) / count) - from,
      period: 2 ** g,
    }
  })
}

export const clockwork = defineCell({
  id: 'clockwork',
  title: 'Clockwork RNN',
  paper: 'Koutník, Greff, Gomez & Schmidhuber, A clockwork RNN (2014)',
  about:
    'A tanh layer in groups that tick every 1, 2, 4 ... steps and hold in between; slow groups feed the fast ones.',
  options: z.strictObject({
    groups: z.int().min(1).max(16).default(4).meta({ title: 'Groups', help: 'Number of groups; the slowest is updated every 2^(groups - 1) steps. At most the number of units.', scale: 'linear' }),
  }), // prettier-ignore
  weights: (sizes, options): Record<string, Weight> => {
    const { hidden } = sizes
    const { w_ih, b_ih } = gatedWeights(sizes, 1)
    const recurrent = groupsOf(hidden, options.groups).map(({ name, from, units }): [string, Weight] => [
      name,
      { shape: [units, hidden - from], role: 'recurrent', gates: 1, initializer: uniformOver(hidden) },
    ])
    return { w_ih, b: b_ih, ...Object.fromEntries(recurrent) }
  },
  state: ['h', 't'],
  exact: ['t'],
  signals: [
    { id: 'h', title: 'hidden state h', kind: 'bounded' },
    { id: 'tick', title: 'renewed at this step', kind: 'gate' },
  ],
  step: (w, x, { h, t }, options) => {
    const [batch, hidden] = h.shape as [number, number]
    const groups = groupsOf(hidden, options.groups)
    const longest = groups[groups.length - 1]!.period
    const now = floor(slice(t, 1, 0, 1))
    const fromInput = add(linear(x, w['w_ih']!), w['b']!)
    const parts = groups.map(({ name, from, units, period }) => {
      const fromState = linear(slice(h, 1, from, hidden - from), w[name]!)
      const renewed = tanh(add(slice(fromInput, 1, from, units), fromState))
      if (period === 1) return { value: renewed, tick: constant(1, [batch, units]) }
      const phase = sub(now, mul(floor(mul(now, 1 / period)), period))
      const tick = eq(phase, 0)
      return {
        value: select(tick, renewed, slice(h, 1, from, units)),
        tick: broadcastTo(tick, [batch, units]),
      }
    })
    const next = concat(
      parts.map((p) => p.value),
      1,
    )
    const later = add(t, 1)
    return {
      state: { h: next, t: select(ge(later, longest), sub(later, longest), later) },
      signals: {
        h: next,
        tick: concat(
          parts.map((p) => p.tick),
          1,
        ),
      },
    }
  },
})
