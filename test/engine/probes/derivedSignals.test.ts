// Derived signals: pre-activations give the gates that they belong to, and gradients are those of finite differences.
import { beforeEach, describe, expect, it } from 'vitest'
import { cells } from '../../../src-main/engine/cells/index.ts'
import { catalog } from '../../../src-main/engine/catalog.ts'
import { openModel } from '../../../src-main/engine/index.ts'
import { changeOf } from '../../../src-main/engine/probes/changes.ts'
import { columnLosses } from '../../../src-main/engine/probes/columns.ts'
import { forgetAll } from '../../../src-main/engine/probes/recordings/kept.ts'
import { inspectText } from '../../../src-main/engine/probes/textSignals.ts'
import { unitCard } from '../../../src-main/engine/probes/unitCard.ts'
import { findUnits } from '../../../src-main/engine/probes/unitSearch/findUnits.ts'
import { encodeTyped } from '../../../src-main/engine/generation/sample.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const short = text.slice(0, 60)
const read = (signal: string, layer = 0, given = short, of = model) =>
  inspectText(of, { text: given, layer, signal }).values
const { ids } = encodeTyped(short, model.symbols, 'text')

/** The sum of -log p over the text if a signal of one unit is moved at one position. */
function lossWith(signal: string, layer: number, unit: number, at: number, by: number): number {
  const change = changeOf(
    model,
    { layer, signal, units: [unit], operation: { kind: 'add', value: by }, at },
    () => ({ valuesOf: () => new Float32Array() }),
  )
  const losses = columnLosses(model, { ids, variants: [[change]], labels: new Map(), parts: 1 })
  return losses.subarray(1).reduce((sum, loss) => sum + loss, 0)
}

beforeEach(forgetAll)

describe('a gradient of the loss by a state', () => {
  it.each([
    ['h', 0],
    ['c', 0],
    ['h', 1],
    ['c', 1],
  ] as const)('%s of layer %i is that of finite differences, through all later steps', (state, layer) => {
    const gradient = read(`grad_${state}`, layer)
    const by = 1e-2
    for (const [unit, at] of [
      [0, 3],
      [4, 20],
      [5, 57],
    ] as const) {
      const slope = (lossWith(state, layer, unit, at, by) - lossWith(state, layer, unit, at, -by)) / (2 * by)
      expect(gradient[at * 6 + unit]).toBeCloseTo(slope, 3)
      expect(Math.abs(slope)).toBeGreaterThan(1e-4)
    }
  })

  it('is 0 at the last symbol, after which nothing is predicted', () => {
    for (const state of ['h', 'c'])
      expect([...read(`grad_${state}`, 1).subarray(59 * 6)]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('is that of the text as it goes on, not of a longer one that was read before', () => {
    const alone = read('grad_c')
    forgetAll()
    read('grad_c', 0, text)
    expect(read('grad_c')).toEqual(alone)
    expect(read('grad_c', 0, text).subarray(0, short.length * 6)).not.toEqual(alone)
  })

  it('is refused for a text that is too long to be read at once, and for a run without such a loss', () => {
    const long = text.repeat(1700)
    expect(() => read('grad_h', 0, long)).toThrow(
      /a gradient needs the whole text at once; .* at most 699050/,
    )
    const tagger = openModel(
      trained(
        { task: 'sequence-classification', data: { dataset: 'reviews', validation: 0.2, unit: 'char' } },
        2,
        'a good film\tgood\na bad film\tbad\n'.repeat(20),
      ),
      executor,
    )
    expect(() => read('grad_h', 0, 'good', tagger)).toThrow(/does not predict the next symbol/)
  })
})

describe('a pre-activation', () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  it.each([
    ['i', sigmoid],
    ['f', sigmoid],
    ['o', sigmoid],
    ['g', Math.tanh],
  ] as const)('of %s gives the gate', (gate, activation) => {
    const [before, after] = [read(`pre_${gate}`, 1), read(gate, 1)]
    before.forEach((x, i) => expect(activation(x)).toBeCloseTo(after[i]!, 5))
  })

  it('is refused where the cell has none, with what it has', () => {
    expect(() => read('pre_c')).toThrow(/no "pre_c"/)
    expect(() => read('grad_i')).toThrow(/no "grad_i"/)
  })
})

it('are what searches and cards take, too', () => {
  const found = findUnits(model, { text, predicate: 'quote', signals: ['pre_f', 'grad_c'], top: 24 })
  expect(new Set(found.scores.map(({ signal }) => signal))).toEqual(new Set(['pre_f', 'grad_c']))
  const card = unitCard(model, {
    text,
    layer: 0,
    signal: 'grad_c',
    unit: 1,
    offset: 0,
    around: 5,
    seed: 1,
  })
  expect(card.top[0]!.value).toBe(read('grad_c', 0, text)[card.top[0]!.position * 6 + 1])
})

it('are listed for every cell of a text, gradients for its states', () => {
  const listed = catalog().cells
  const of = (cell: string) => listed.find(({ id }) => id === cell)!.derived.map(({ id }) => id)
  expect(of('lstm')).toEqual(['pre_i', 'pre_f', 'pre_g', 'pre_o', 'grad_h', 'grad_c'])
  expect(of('gru')).toEqual(['pre_r', 'pre_z', 'pre_n', 'grad_h'])
  expect(of('rnn')).toEqual(['pre_h', 'grad_h'])
  for (const { id, coupled, outputFeedback } of cells)
    expect(of(id).length > 0, id).toBe(!coupled && !outputFeedback)
})
