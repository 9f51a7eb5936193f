import fc from 'fast-check'
import { expect, it } from 'vitest'
import { catalog } from '../../../src-main/engine/index.ts'
import { unitOrders } from '@/heatmaps/heatmap.ts'
import {
  lengthsFor,
  inspectionOf,
  mostCells,
  openedSignal,
  panes,
  queryOf,
  start,
  type Inspection,
} from '@/views/neurons/inspection.ts'

it('comes back from its link whole', () => {
  const inspection = fc.record({
    layer: fc.nat(15),
    signal: fc.constantFrom('', 'h', 'c', 'f'),
    unit: fc.option(fc.nat(16_000)),
    step: fc.option(fc.nat(1e6)),
    offset: fc.nat(1e8),
    length: fc.integer({ min: 1, max: 100_000 }),
    text: fc.string({ maxLength: 40 }),
    caret: fc.nat(1e5),
    order: fc.constantFrom(...unitOrders),
    pane: fc.constantFrom(...panes),
    map: fc.boolean(),
    surprisal: fc.boolean(),
    ownRange: fc.boolean(),
    find: fc.string({ maxLength: 40 }),
    other: fc.option(
      fc.record({
        run: fc.constantFrom('', '01k1aaaaaaaaaaaaaaaaaaaaaa'),
        step: fc.option(fc.nat(1e6)),
        layer: fc.nat(15),
        signal: fc.constantFrom('', 'h', 'f'),
        unit: fc.option(fc.nat(16_000)),
      }),
    ),
  })
  fc.assert(
    fc.property(inspection, (given) => {
      const expected: Inspection = given.text
        ? { ...given, offset: start.offset, length: start.length }
        : given
      expect(inspectionOf(queryOf(given))).toEqual(expected)
    }),
  )
})

it('takes nothing malformed from a link', () => {
  expect(
    inspectionOf({
      layer: '-1',
      unit: 'x',
      step: '1e9',
      length: '999999999',
      offset: ['1'],
      at: '1.5',
      order: 'age',
      pane: 'x',
      map: 'no',
    }),
  ).toEqual({ ...start, length: 100_000 })
})

it('leaves long texts out of the link and keeps the plain inspection empty', () => {
  expect(queryOf({ ...start, text: 'a'.repeat(5000) })).toEqual({})
  expect(queryOf(start)).toEqual({})
})

it('opens every cell on its state: c where there is one, else h', () => {
  const opened = new Map(catalog().cells.map(({ id, signals }) => [id, openedSignal(signals)]))
  for (const id of [
    'lstm',
    'peephole',
    'lstm-variant',
    'mi-lstm',
    'bn-lstm',
    'layernorm-lstm',
    'qrnn',
    'hm-lstm',
    'md-lstm',
  ])
    expect([id, opened.get(id)]).toEqual([id, 'c'])
  for (const id of ['gru', 'rnn', 'elman', 'irnn', 'clockwork', 'leaky', 'feedforward', 'hm-rnn'])
    expect([id, opened.get(id)]).toEqual([id, 'h'])
})

it('offers only lengths whose cells can be fetched', () => {
  expect(lengthsFor(128)).toEqual([500, 2000, 10_000, 50_000, 100_000])
  for (const units of [1, 512, 4096, 16_384])
    for (const n of lengthsFor(units).slice(1)) expect(n * units).toBeLessThanOrEqual(mostCells)
})
