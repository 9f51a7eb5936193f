// Signals of image networks, as the maps of units show them.
import { describe, expect, it } from 'vitest'
import type { RunConfigInput } from '../../../src-main/contract/config.ts'
import { validationImage } from '../../../src-main/engine/tasks/images/image.ts'
import { imageOf } from '../../../src-main/engine/probes/model.ts'
import { inspectImage, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { expectClose } from '../check.ts'
import { plainLogits } from './plainImage.ts'
import { native, configOf, image, finish } from './imageRuns.ts'

describe('looking inside', () => {
  const trained = (given: RunConfigInput) => {
    const training = openTraining(
      { config: configOf({ ...given, train: { steps: 2 }, logging: { sampleEvery: 0 } }), text: '' },
      native,
    )
    finish(training)
    return openModel(training.checkpoint(), native)
  }
  const look = { picture: 3, layer: 0, direction: 0, signal: 'h' }

  it('gives h of every unit and pixel: what the readout reads', () => {
    const model = trained({ model: { options: { directions: 1 } } })
    const { values: h, units, picture, lo, hi, directions } = inspectImage(model, look)
    expect([units, lo, hi, directions]).toEqual([4, -1, 1, ['down-right']])
    const data = model.config.data as Parameters<typeof validationImage>[0]
    const { pixels } = validationImage(data, 3)
    expect(picture).toEqual({ rows: 8, columns: 8, levels: 3, pictures: [{ pixels: [...pixels].join('') }] })
    const weights = Object.fromEntries([...model.weights].map(([name, { data }]) => [name, data]))
    const ids = Array.from({ length: 8 }, (_, i) => [...pixels.subarray(8 * i, 8 * i + 8)])
    const own = Array.from({ length: 64 }, (_, p) =>
      Array.from({ length: 3 }, (_, v) =>
        [0, 1, 2, 3].reduce(
          (s, u) => s + weights['readout.w']![v * 4 + u]! * h[u * 64 + p]!,
          weights['readout.b']![v]!,
        ),
      ),
    )
    expectClose(own.flat(), plainLogits(imageOf(model), weights, ids).flat(2), 1e-5)
  })

  it('shows each signal of each layer and direction in its range, of classifiers too', () => {
    const model = trained({
      data: image({ task: 'classes', texture: 'mixed' }),
      model: { layers: 2, options: { directions: 4 } },
    })
    const maps = [0, 1].flatMap((layer) =>
      [0, 1, 2, 3].flatMap((direction) =>
        ['h', 'c', 'i', 'f_up', 'f_left', 'g', 'o'].map((signal) =>
          inspectImage(model, { ...look, layer, direction, signal }),
        ),
      ),
    )
    for (const { values, units, lo, hi, signal } of maps) {
      expect(values).toHaveLength(4 * 64)
      expect(units).toBe(4)
      const outside = values.filter((v) => !(v >= lo && v <= hi)).length
      expect(outside, signal).toBeLessThanOrEqual(signal === 'c' ? 2 : 0)
    }
    expect(new Set(maps.map(({ values }) => values.join())).size).toBe(maps.length)
  })

  it('cells grow along a picture when both forget gates are open, unless they are of the stable kind', () => {
    const largest = (forget: string) => {
      const model = trained({
        data: image({ size: 16 }),
        model: { options: { forget, forgetBias: 5, peepholes: false } },
      })
      return Math.max(...inspectImage(model, { ...look, signal: 'c' }).values.map(Math.abs))
    }
    // Each place adds up to 2 x 0.99 of its neighbours; a stable one at most what the larger of them holds and its own input.
    expect(largest('separate')).toBeGreaterThan(1000)
    expect(largest('stable')).toBeLessThan(32)
  })

  it('refuses what is not there', () => {
    const model = trained({})
    expect(() => inspectImage(model, { ...look, signal: 'f_lft' })).toThrow(
      /MD-LSTM has no "f_lft"; did you mean f_left/,
    )
    expect(() => inspectImage(model, { ...look, direction: 2 })).toThrow(/direction: 2 is not one of 0..1/)
    expect(() => inspectImage(model, { ...look, layer: 1 })).toThrow(/layer: 1 is not one of 0..0/)
  })
})
