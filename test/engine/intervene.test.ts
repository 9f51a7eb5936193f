// Interventions inside a step: what is set is recorded as set, everything computed from it follows, and the values of a run put back into
// it change nothing.
import { describe, expect, it } from 'vitest'
import type { LayerPath } from '../../src-main/contract/layerPath.ts'
import { cellById, cells } from '../../src-main/engine/cells/index.ts'
import { constant, input, zeros } from '../../src-main/engine/graph/ops.ts'
import type { Intervene } from '../../src-main/engine/nn/intervene.ts'
import { signalKey } from '../../src-main/engine/nn/model.ts'
import { outputsOf, type SequenceTraceOptions } from '../../src-main/engine/nn/trace.ts'
import { expectClose } from './check.ts'
import { evaluate } from './evaluate.ts'
import { batch, range, setUp, type Feeds } from './wrapped.ts'

const [steps, hidden] = [5, 3]
const each = cells.flatMap(({ id, signals }) => signals.map((signal) => [id, signal.id] as const))
const model = (cell: string) => ({ cell, hidden, layers: cellById(cell).coupled ? 2 : 1 })

/** Scale and shift over all steps as inputs, for one signal of layer 0. */
const onInputs =
  (signal: string): Intervene =>
  ({ index }, shape) =>
    index === 0 ? [{ signal, scale: input('scale', shape), shift: input('shift', shape) }] : []
const size = steps * batch * hidden
const perUnit = (of: (unit: number) => number) => Float64Array.from(range(size), (i) => of(i % hidden))

function run(cell: string, look: SequenceTraceOptions, added: Feeds) {
  const s = setUp(model(cell), steps)
  const trace = s.trace({ watch: () => true, ...look })
  const keys = [...trace.signals.keys()]
  const [y, ...values] = evaluate([outputsOf(s.network, s.weights, trace), ...trace.signals.values()], {
    ...s.feeds,
    ...added,
  })
  return { y: y!, signals: new Map(keys.map((key, i) => [key, values[i]!])) }
}

describe('an intervention', () => {
  it.each(each)('%s %s: scale 1 and shift 0 change nothing, a set unit has its value', (cell, signal) => {
    const key = signalKey({ index: 0 }, signal)
    const plain = run(cell, {}, {})
    const intervene = onInputs(signal)
    const same = run(cell, { intervene }, { scale: perUnit(() => 1), shift: perUnit(() => 0) })
    expectClose(same.y, plain.y, 1e-12)
    const set = run(
      cell,
      { intervene },
      { scale: perUnit((u) => +(u !== 1)), shift: perUnit((u) => (u === 1 ? 0.37 : 0)) },
    )
    const values = set.signals.get(key)!
    for (let i = 1; i < size; i += hidden) expect(values[i]).toBeCloseTo(0.37, 12)
    // Other units of the first step cannot know yet.
    for (const i of range(batch * hidden).filter((n) => n % hidden !== 1))
      expect(values[i]).toBeCloseTo(plain.signals.get(key)![i]!, 12)
  })

  it.each(each)('%s %s: the values of a run, put back, give the same run', (cell, signal) => {
    const plain = run(cell, {}, {})
    const shift = plain.signals.get(signalKey({ index: 0 }, signal))!
    const again = run(cell, { intervene: onInputs(signal) }, { scale: perUnit(() => 0), shift })
    expectClose(again.y, plain.y, 1e-12)
    for (const [key, values] of plain.signals) expectClose(again.signals.get(key)!, values, 1e-12, key)
  })

  it('on c of an LSTM changes h = o tanh(c) at the same step, and c from there on', () => {
    const look = { intervene: onInputs('c') }
    // Unit 0 is set to -0.8 at step 2 alone.
    const at = (i: number) => Math.floor(i / batch / hidden) === 2 && i % hidden === 0
    const { signals } = run('lstm', look, {
      scale: Float64Array.from(range(size), (i) => +!at(i)),
      shift: Float64Array.from(range(size), (i) => (at(i) ? -0.8 : 0)),
    })
    const plain = run('lstm', {}, {}).signals
    const [c, h, i, f, g, o] = ['c', 'h', 'i', 'f', 'g', 'o'].map((id) => signals.get(`0.${id}`)!)
    for (const n of range(size)) {
      const before = n - batch * hidden
      const expected = at(n) ? -0.8 : before < 0 ? c![n]! : f![n]! * c![before]! + i![n]! * g![n]!
      expect(c![n]).toBeCloseTo(expected, 12)
      expect(h![n]).toBeCloseTo(o![n]! * Math.tanh(c![n]!), 12)
      if (n < 2 * batch * hidden) expect(h![n]).toBeCloseTo(plain.get('0.h')![n]!, 12)
    }
  })

  it.each(['lstm', 'hm-lstm'])('%s: a held signal stays what it was at the step before', (cell) => {
    const shape = [steps, batch, hidden]
    const intervene = ({ index }: LayerPath) =>
      index > 0
        ? []
        : ['c', 'i'].map((signal) => ({
            signal,
            scale: constant(1, shape.slice(1)),
            shift: zeros(shape.slice(1)),
            hold: { where: input('where', shape), start: constant(0.25, shape.slice(1)) },
          }))
    // Unit 0 from the first step on, unit 1 from step 2 on, unit 2 never.
    const where = Float64Array.from(
      range(size),
      (n) => +(n % hidden === 0 || (n % hidden === 1 && n >= 2 * batch * hidden)),
    )
    const { signals } = run(cell, { intervene }, { where })
    const plain = run(cell, {}, {}).signals
    for (const key of ['0.c', '0.i'])
      for (const n of range(size)) {
        const value = signals.get(key)![n]!
        if (n % hidden === 0) expect(value).toBe(0.25)
        if (n % hidden === 1 && n >= 2 * batch * hidden)
          expect(value).toBe(signals.get(key)![n - batch * hidden])
        if (n < batch * hidden && n % hidden !== 0) expect(value).toBeCloseTo(plain.get(key)![n]!, 12)
      }
  })

  it.each(['forward', 'reverse'])('reaches one direction of a bidirectional layer: %s', (direction) => {
    const s = setUp({ cell: 'gru', hidden, bidirectional: true }, steps)
    const intervene: Intervene = ({ direction: d = 'forward' }, shape) =>
      d === direction ? [{ signal: 'h', scale: constant(0, shape), shift: constant(0.5, shape) }] : []
    const trace = s.trace({ watch: () => true, intervene })
    const found = evaluate([...trace.signals.values()], s.feeds)
    const values = new Map([...trace.signals.keys()].map((key, i) => [key, found[i]!]))
    const set = direction === 'forward' ? '0.h' : '0.reverse.h'
    for (const key of ['0.h', '0.reverse.h'])
      expect(values.get(key)!.every((v) => v === 0.5)).toBe(key === set)
  })
})
