// The signals of one unit: what the cell's own formula gives from the state before.
import { describe, expect, it } from 'vitest'
import { valueAt, type CellValues } from '@contract/cellValues.ts'
import type { RunConfig } from '@contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { inspectText, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { cellValues } from '../../../src-main/engine/probes/cellValues.ts'
import { executor, model, text } from './trainedModel.ts'

const part = text.slice(0, 150)
const at = (found: CellValues, id: string, t: number) =>
  valueAt(
    found,
    found.signals.findIndex((one) => one.id === id),
    t,
  )

describe('the signals of a unit', () => {
  it('are those of the reading, and fit the formula of the LSTM with the state before', () => {
    const found = cellValues(model, { text: part, layer: 1, unit: 4 })
    expect(found.back).toBe(1)
    const c = inspectText(model, { text: part, layer: 1, signal: 'c' })
    for (let t = 0; t < part.length; t++) {
      expect(at(found, 'c', t)).toBe(c.values[t * c.units + 4])
      const [i, f, g, o] = ['i', 'f', 'g', 'o'].map((id) => at(found, id, t)) as [
        number,
        number,
        number,
        number,
      ]
      expect(at(found, 'c', t)).toBeCloseTo(f * at(found, 'c', t - 1) + i * g, 5)
      expect(at(found, 'h', t)).toBeCloseTo(o * Math.tanh(at(found, 'c', t)), 5)
    }
    expect(Object.fromEntries(found.signals.map(({ id, role }) => [id, role]))).toEqual({
      h: 'state', c: 'state', tanh_c: 'other', i: 'gate', f: 'gate', g: 'candidate', o: 'gate',
    }) // prettier-ignore
  })

  it('of the reverse scan have the state before at the symbol after', () => {
    const config = parseConfig({
      seed: 4,
      task: 'sequence-labelling',
      data: { dataset: 'sentences' },
      model: { cell: 'gru', hidden: 3, layers: 1, input: 'embedding', embedding: 4, bidirectional: true },
      train: { batch: 2, steps: 2 },
      logging: { sampleEvery: 0, evalEvery: 0 },
    }) as RunConfig
    const lines = 'the/DT cat/NN sat/VB\na/DT dog/NN ran/VB off/RB\n'.repeat(20)
    const training = openTraining({ config, text: lines }, executor)
    for (const event of training.events()) void event
    const both = openModel(training.checkpoint(), executor)
    const words = 'the dog sat off'
    const found = cellValues(both, { text: words, layer: 0, unit: 5 })
    expect(found.back).toBe(-1)
    for (let t = 0; t < 4; t++) {
      const [z, n] = [at(found, 'z', t), at(found, 'n', t)]
      expect(at(found, 'h', t)).toBeCloseTo(n + z * (at(found, 'h', t + 1) - n), 5)
    }
  })

  it('of a unit that is not there are refused', () => {
    expect(() => cellValues(model, { text: part, layer: 0, unit: 6 })).toThrow(/unit: 6 is not one of 0\.\.5/)
  })
})
