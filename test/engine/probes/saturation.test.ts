// The saturation of gates equals the shares of the values of their signals.
import { gateSaturation } from '../../../src-main/engine/probes/saturation.ts'
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { executor, text, trained, model } from './trainedModel.ts'

describe('the saturation of gates', () => {
  it('is counted for every gate of every layer, as the values say', () => {
    const read = text.slice(0, 120)
    const { positions, units, step } = gateSaturation(model, { text: read })
    expect([positions, step]).toEqual([120, 30])
    expect(new Set(units.map(({ layer, signal }) => `${layer}${signal}`))).toEqual(
      new Set(['0i', '0f', '0o', '1i', '1f', '1o']),
    )
    const { values } = inspectText(model, { text: read, layer: 1, signal: 'f' })
    const own = [...values].filter((_, i) => i % 6 === 4)
    const found = units.find((one) => one.layer === 1 && one.signal === 'f' && one.unit === 4)!
    expect(found.closed).toBeCloseTo(own.filter((v) => v < 0.1).length / 120, 12)
    expect(found.open).toBeCloseTo(own.filter((v) => v > 0.9).length / 120, 12)
  })
  it('is that of chosen gates alone, and refused for a cell without any', () => {
    expect(gateSaturation(model, { text: 'went', signals: ['o'] }).units).toHaveLength(12)
    const plain = openModel(trained({ model: { cell: 'rnn', hidden: 3 } }, 1), executor)
    expect(() => gateSaturation(plain, { text: 'went' })).toThrow(/is a gate/)
    expect(() => gateSaturation(model, { text: 'went', signals: ['z'] })).toThrow(/signal: a .* has no "z"/)
  })
})
