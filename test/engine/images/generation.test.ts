// Generated images: pixel by pixel as the network sees the whole image, the same for the same seed.
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { validationImage } from '../../../src-main/engine/tasks/images/image.ts'
import { input } from '../../../src-main/engine/graph/ops.ts'
import {
  generateImages,
  inspectText,
  openModel,
  openTraining,
  sampleText,
} from '../../../src-main/engine/index.ts'
import { imageReadout, traceImage } from '../../../src-main/engine/nn/imageTrace.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { pixelReader } from '../../../src-main/engine/generation/images.ts'
import type { ImageNetwork } from '../../../src-main/engine/nn/imageNetwork.ts'
import { networkFor } from '../../../src-main/engine/tasks/index.ts'
import { expectClose, values } from '../check.ts'
import { reference, native, configOf, image, finish } from './imageRuns.ts'

describe('drawing', () => {
  it.each([1, 2])('row by row, in %i layers, gives the outputs of the whole picture', (layers) => {
    const config = configOf({ model: { layers, residual: layers > 1 } })
    const network = networkFor(config, 0, 0) as ImageNetwork
    const [size, count, levels] = [8, 3, 3]
    const ids = Float64Array.from({ length: size * size * count }, (_, i) => (i * 5 + (i >> 3)) % levels)
    const feeds = [...network.weights].map(([name, { shape }], i) => [name, values(shape, i + 1)] as const)
    const load = (spec: Parameters<typeof compile>[0]) => {
      const executable = reference.load(compile(spec))
      for (const [name, value] of feeds) executable.write(name, value)
      return executable
    }
    const weights = weightNodes(network)
    const whole = load({
      outputs: {
        logits: imageReadout(
          weights,
          traceImage(network, weights, input('pixels', [size, size, count])).features,
        ),
      },
    })
    whole.write('pixels', ids)
    whole.run({ seed: [0, 0], step: 0 })
    const { outputs, carry } = pixelReader(network, weightNodes(network), size, count)
    const reader = load({ outputs, updates: carry })
    const row = size * count
    for (let i = 0; i < size; i++) {
      const known = ids.slice(i * row, (i + 1) * row)
      reader.write('above', i > 0 ? ids.slice((i - 1) * row, i * row) : new Float64Array(row).fill(-1))
      reader.write('first', [i === 0 ? 1 : 0])
      // Pixels not drawn yet make no difference to the outputs before them, nor does reading a row twice.
      for (const [drawn, done] of [
        [4, 0],
        [size, 1],
      ] as const) {
        reader.write(
          'row',
          known.map((id, at) => (at < drawn * count ? id : -1)),
        )
        reader.write('done', [done])
        reader.run({ seed: [0, 0], step: 0 })
        const logits = reader.read('logits').subarray(0, drawn * count * levels)
        expectClose(
          logits,
          whole
            .read('logits')
            .subarray(i * row * levels)
            .subarray(0, logits.length),
          1e-12,
          `row ${i}`,
        )
      }
    }
  })

  const model = (() => {
    const training = openTraining(
      { config: configOf({ train: { steps: 3 }, logging: { sampleEvery: 0 } }), text: '' },
      native,
    )
    finish(training)
    return openModel(training.checkpoint(), native)
  })()
  const draw = (more: object = {}) =>
    generateImages(model, { count: 3, temperature: 1, rows: 0, picture: 0, seed: 1, ...more })

  it('same seed, same pictures, however many are drawn; another seed, others', () => {
    const three = draw().drawn.pictures
    expect(draw().drawn.pictures).toEqual(three)
    expect(draw({ count: 2 }).drawn.pictures).toEqual(three.slice(0, 2))
    expect(draw({ seed: 2 }).drawn.pictures).not.toEqual(three)
    expect(new Set(three.map((p) => p.pixels)).size).toBe(3)
    expect(three.every((p) => /^[0-2]{64}$/.test(p.pixels) && p.given === undefined)).toBe(true)
    const likeliest = draw({ temperature: 0 }).drawn.pictures
    expect(draw({ temperature: 0, seed: 9 }).drawn.pictures).toEqual(likeliest)
  })

  it('keeps given rows and draws the rest', () => {
    const { drawn, originals } = draw({ rows: 3, picture: 7 })
    const data = model.config.data as Parameters<typeof validationImage>[0]
    originals!.pictures.forEach(({ pixels }, b) => {
      expect(pixels).toBe([...validationImage(data, 7 + b).pixels].join(''))
      expect(drawn.pictures[b]!.given).toBe(3)
      expect(drawn.pictures[b]!.pixels.slice(0, 24)).toBe(pixels.slice(0, 24))
    })
    expect(draw({ rows: 32 }).drawn.pictures.map((p) => p.pixels)).toEqual(
      draw({ rows: 32 }).originals!.pictures.map((p) => p.pixels),
    )
    expect(draw().originals).toBeUndefined()
  })

  it('refuses what a model of pictures does not do, and pictures from other models', () => {
    expect(() => inspectText(model, { text: 'a', layer: 0, signal: 'h' })).toThrow(
      /cannot read or generate text/,
    )
    expect(() =>
      sampleText(model, { prime: '', length: 3, temperature: 1, topK: 0, topP: 1, seed: 1 }).next(),
    ).toThrow(/task of this run is pixel model/)
    const classes = openTraining(
      {
        config: configOf({
          data: image({ task: 'classes', texture: 'mixed' }),
          train: { steps: 1 },
          logging: { sampleEvery: 0 },
        }),
        text: '',
      },
      native,
    )
    const teller = openModel(classes.checkpoint(), native)
    expect(() => generateImages(teller, { count: 1, temperature: 1, rows: 0, picture: 0, seed: 1 })).toThrow(
      /is image classification, which generates no images/,
    )
  })
})
