// Models of pixels and classifiers of pictures through the public doors: resume, sampling that agrees with the model, learning, refusals.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { drawTexture, textureKinds } from '../../../src-main/engine/tasks/images/textures.ts'
import { validationImage } from '../../../src-main/engine/tasks/images/image.ts'
import { input } from '../../../src-main/engine/graph/ops.ts'
import { imageOf } from '../../../src-main/engine/probes/model.ts'
import { chooseExecutor, generateImages, inspectText, inspectImage, openModel, openTraining, planRun, readCheckpoint, sampleText, type Training, type TrainingEvent } from '../../../src-main/engine/index.ts' // prettier-ignore
import { imageReadout, traceImage } from '../../../src-main/engine/nn/imageTrace.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { pixelReader } from '../../../src-main/engine/generation/images.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import type { ImageNetwork } from '../../../src-main/engine/nn/imageNetwork.ts'
import { networkFor } from '../../../src-main/engine/tasks/index.ts'
import { expectClose, values } from '../check.ts'
import { plainLogits } from './plainImage.ts'
import { stripeFit } from './stripes.ts'
import { grouped } from '../../options.ts'

const reference = referenceExecutor()
const native = chooseExecutor('auto', 1).executor
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const configOf = (given: RunConfigInput): RunConfig =>
  parseConfig({
    seed: 5,
    ...given,
    data: { kind: 'image', size: 8, levels: 3, ...given.data } as RunConfigInput['data'],
    model: { cell: 'md-lstm', hidden: 4, embedding: 3, ...given.model },
    train: { bptt: 'full', batch: 2, steps: 5, ...given.train },
    logging: { gradientEvery: 0, ...given.logging },
  }) as RunConfig
const often = { logEvery: 2, evalEvery: 3, sampleEvery: 2, checkpointEvery: 2 }
const image = (more: object = {}) => ({ kind: 'image', ...more }) as RunConfigInput['data']

function finish(training: Training, into: TrainingEvent[] = []): TrainingEvent[] {
  for (const event of training.events()) if (event.kind !== 'step') into.push(event)
  return into
}

describe('training on pictures', () => {
  it.each([
    ['pixels', configOf({ data: image({ texture: 'mixed' }), ...grouped({ ...often, dropout: 0.2, activityRegularization: 0.1 }) })],
    ['classes', configOf({ data: image({ task: 'classes', texture: 'digits' }), model: { cell: 'mdrnn', options: { directions: 4 } }, ...grouped({ ...often, dropout: 0.2, dropoutMask: 'variational' }) })],
  ])('%s: resumed after every single event = uninterrupted, to the bit', (_, config) => {
    const whole = openTraining({ config, text: '' }, native)
    const expected = finish(whole)
    const events: TrainingEvent[] = []
    let resume: Uint8Array | undefined
    for (let lives = 0; lives < 100; lives++) {
      const training = openTraining({ config, text: '', ...(resume && { resume }) }, native)
      const next = training.events().next()
      resume = training.checkpoint()
      if (next.done) break
      if (next.value.kind !== 'step') events.push(next.value)
      if (next.value.kind === 'done') break
    }
    expect(events).toEqual(expected)
    expect(hash(resume!)).toBe(hash(whole.checkpoint()))
    expect(expected.some((e) => e.kind === 'sample' && e.pictures!.pictures.length === 8)).toBe(true)
  }) // prettier-ignore

  it('natively as in plain loops', () => {
    for (const cell of ['mdrnn', 'md-lstm']) {
      const config = configOf({ model: { cell, layers: 2 }, train: { steps: 3 }, optimizer: { name: 'sgd', lr: 0.1 }, logging: { evalEvery: 0, sampleEvery: 0 } }) // prettier-ignore
      const [plain, fast] = [reference, native].map((executor) => {
        const training = openTraining({ config, text: '' }, executor)
        finish(training)
        return readCheckpoint(training.checkpoint()).tensors
      })
      for (const [name, { data }] of plain!) expectClose(fast!.get(name)!.data, data, 2e-5, name)
    }
  })

  it.skipIf(native.id !== 'native')('is the same to the bit with 1 and 2 threads', () => {
    const config = configOf({ model: { hidden: 24 }, train: { batch: 16, steps: 3 }, logging: { evalEvery: 0, sampleEvery: 0 } }) // prettier-ignore
    const [one, two] = [1, 2].map((threads) => {
      const training = openTraining({ config, text: '' }, chooseExecutor('native', threads).executor)
      finish(training)
      return hash(training.checkpoint())
    })
    expect(two).toBe(one)
  })

  it('tells bits per pixel as nats over ln 2, and validates every run on the same pictures', () => {
    const measured = [5, 6].map((seed) => {
      const config = configOf({ seed, train: { steps: 1 }, logging: { sampleEvery: 0 } })
      const last = finish(openTraining({ config, text: '' }, native)).flatMap((e) =>
        e.kind === 'metrics' && e.values['val/loss'] !== undefined ? [e.values] : [],
      )[0]!
      expect(last['val/bits_per_pixel']).toBeCloseTo(last['val/loss']! / Math.LN2, 6)
      expect(last['val/accuracy']).toBeGreaterThan(0)
      return last['val/loss']
    })
    expect(measured[0]).not.toBe(measured[1])
    const data = configOf({}).data as Parameters<typeof validationImage>[0]
    expect(validationImage(data, 3)).toEqual(validationImage(data, 3))
    expect(validationImage(data, 3)).not.toEqual(validationImage(data, 4))
  })

  it('costs what the plan says', () => {
    const config = configOf({})
    const plan = planRun(config, '', native, 2 ** 32)
    const training = openTraining({ config, text: '' }, native)
    expect(plan).toMatchObject({ memoryBytes: training.memoryBytes, parameters: training.parameters, symbolsPerStep: 128, totalSteps: 5 }) // prettier-ignore
  })
})

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
    const whole = load({ outputs: { logits: imageReadout(weights, traceImage(network, weights, input('pixels', [size, size, count])).top) } }) // prettier-ignore
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
      for (const [drawn, done] of [[4, 0], [size, 1]] as const) {
        reader.write('row', known.map((id, at) => (at < drawn * count ? id : -1)))
        reader.write('done', [done])
        reader.run({ seed: [0, 0], step: 0 })
        const logits = reader.read('logits').subarray(0, drawn * count * levels)
        expectClose(logits, whole.read('logits').subarray(i * row * levels).subarray(0, logits.length), 1e-12, `row ${i}`)
      }
    }
  }) // prettier-ignore

  const model = (() => {
    const training = openTraining(
      { config: configOf({ train: { steps: 3 }, logging: { sampleEvery: 0 } }), text: '' },
      native,
    )
    finish(training)
    return openModel(training.checkpoint(), native)
  })()
  const draw = (more: object = {}) => generateImages(model, { count: 3, temperature: 1, rows: 0, picture: 0, seed: 1, ...more }) // prettier-ignore

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
    expect(draw({ rows: 32 }).drawn.pictures.map((p) => p.pixels)).toEqual(draw({ rows: 32 }).originals!.pictures.map((p) => p.pixels)) // prettier-ignore
    expect(draw().originals).toBeUndefined()
  })

  it('refuses what a model of pictures does not do, and pictures from other models', () => {
    expect(() => inspectText(model, { text: 'a', layer: 0, signal: 'h' })).toThrow(/no text to look at/)
    expect(() => sampleText(model, { prime: '', length: 3, temperature: 1, topK: 0, topP: 1, seed: 1 }).next()).toThrow(/task of this run is pixel model/) // prettier-ignore
    const classes = openTraining({ config: configOf({ data: image({ task: 'classes', texture: 'mixed' }), train: { steps: 1 }, logging: { sampleEvery: 0 } }), text: '' }, native) // prettier-ignore
    const teller = openModel(classes.checkpoint(), native)
    expect(() => generateImages(teller, { count: 1, temperature: 1, rows: 0, picture: 0, seed: 1 })).toThrow(/is image classification, which generates no images/) // prettier-ignore
  })
})

describe('looking inside', () => {
  const trained = (given: RunConfigInput) => {
    const training = openTraining({ config: configOf({ ...given, train: { steps: 2 }, logging: { sampleEvery: 0 } }), text: '' }, native) // prettier-ignore
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
        [0, 1, 2, 3].reduce((s, u) => s + weights['readout.w']![v * 4 + u]! * h[u * 64 + p]!, weights['readout.b']![v]!),
      ),
    ) // prettier-ignore
    expectClose(own.flat(), plainLogits(imageOf(model), weights, ids).flat(2), 1e-5)
  })

  it('shows each signal of each layer and direction in its range, of classifiers too', () => {
    const model = trained({ data: image({ task: 'classes', texture: 'mixed' }), model: { layers: 2, options: { directions: 4 } } }) // prettier-ignore
    const maps = [0, 1].flatMap((layer) =>
      [0, 1, 2, 3].flatMap(
        (direction) =>
        ['h', 'c', 'i', 'f_up', 'f_left', 'g', 'o'].map((signal) => inspectImage(model, { ...look, layer, direction, signal })), // prettier-ignore
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
      const model = trained({ data: image({ size: 16 }), model: { options: { forget, forgetBias: 5, peepholes: false } } }) // prettier-ignore
      return Math.max(...inspectImage(model, { ...look, signal: 'c' }).values.map(Math.abs))
    }
    // Each place adds up to 2 x 0.99 of its neighbours; a stable one at most what the larger of them holds and its own input.
    expect(largest('separate')).toBeGreaterThan(1000)
    expect(largest('stable')).toBeLessThan(32)
  })

  it('refuses what is not there', () => {
    const model = trained({})
    expect(() => inspectImage(model, { ...look, signal: 'f_lft' })).toThrow(/MD-LSTM has no "f_lft"; did you mean f_left/) // prettier-ignore
    expect(() => inspectImage(model, { ...look, direction: 2 })).toThrow(/direction: 2 is not one of 0..1/)
    expect(() => inspectImage(model, { ...look, layer: 1 })).toThrow(/layer: 1 is not one of 0..0/)
  })
})

describe('learning', () => {
  it.skipIf(native.id !== 'native')(
    'stripes: drawn and completed pictures are stripes, far from chance',
    () => {
      const config = configOf({ data: image({ texture: 'stripes', size: 12, levels: 2 }), model: { hidden: 16, embedding: 4 }, train: { batch: 16, steps: 200 }, optimizer: { lr: 0.02 }, logging: { evalEvery: 0, sampleEvery: 0 } }) // prettier-ignore
      const training = openTraining({ config, text: '' }, native)
      const last = finish(training).findLast(
        (e) => e.kind === 'metrics' && e.values['val/loss'] !== undefined,
      )
      // One bit would be a coin per pixel.
      expect(last!.kind === 'metrics' && last!.values['val/bits_per_pixel']!).toBeLessThan(0.4)
      const model = openModel(training.checkpoint(), native)
      const how = { count: 16, temperature: 1, picture: 0, seed: 1 }
      const { drawn } = generateImages(model, { ...how, rows: 0 })
      const half = generateImages(model, { ...how, rows: 6 })
      const levelsOf = ({ pixels }: { pixels: string }) => Array.from(pixels, Number)
      const mean = (list: readonly number[]) => list.reduce((s, x) => s + x, 0) / list.length
      const fit = (pictures: readonly number[][]) => mean(pictures.map((p) => stripeFit(p, 12)))
      const random = randomStream({ seed: [1, 1], step: 0 }, 1)
      const shuffled = (list: number[]) => list.map((x) => [random.uniform(), x] as const).sort(([a], [b]) => a - b).map(([, x]) => x) // prettier-ignore
      const chance = fit(half.originals!.pictures.map((p) => shuffled(levelsOf(p))))
      expect(chance).toBeLessThan(0.7)
      expect(fit(half.originals!.pictures.map(levelsOf))).toBeGreaterThan(0.9)
      expect(fit(drawn.pictures.map(levelsOf))).toBeGreaterThan(0.78)
      expect(fit(half.drawn.pictures.map(levelsOf))).toBeGreaterThan(0.84)
      const hidden = half.drawn.pictures.map(({ pixels }, b) => mean(levelsOf({ pixels }).slice(72).map((x, i) => Number(x === Number(half.originals!.pictures[b]!.pixels[72 + i]))))) // prettier-ignore
      expect(mean(hidden)).toBeGreaterThan(0.65)
    },
  )

  it.skipIf(native.id !== 'native')('which texture it is, with scans from all corners', () => {
    const config = configOf({ data: image({ task: 'classes', texture: 'mixed', size: 12, levels: 4 }), model: { hidden: 12, options: { directions: 4 } }, train: { batch: 16, steps: 120 }, optimizer: { lr: 0.02 }, logging: { evalEvery: 0, sampleEvery: 120 } }) // prettier-ignore
    const events = finish(openTraining({ config, text: '' }, native))
    const last = events.findLast((e) => e.kind === 'metrics' && e.values['val/accuracy'] !== undefined)
    expect(last!.kind === 'metrics' && last!.values['val/accuracy']!).toBeGreaterThan(0.9)
    const sample = events.find((e) => e.kind === 'sample')
    const captions = sample!.kind === 'sample' ? sample!.pictures!.pictures.map((p) => p.caption) : []
    expect(captions.every((text) => /^(stripes|checkers|blobs|digits) \(\d+ %\)/.test(text!))).toBe(true)
  })
})

describe('textures', () => {
  it('use the levels that there are, depend on chance alone, and differ', () => {
    for (const kind of textureKinds) {
      const draw = (step: number, levels: number) => drawTexture(kind, { size: 16, levels }, randomStream({ seed: [1, 0], step }, 2), 7) // prettier-ignore
      expect(draw(1, 5)).toEqual(draw(1, 5))
      expect(draw(1, 5)).not.toEqual(draw(2, 5))
      for (const levels of [2, 5, 16]) {
        const all = Array.from({ length: 20 }, (_, i) => [...draw(i, levels)]).flat()
        expect(Math.min(...all)).toBe(0)
        expect(Math.max(...all)).toBe(levels - 1)
        expect(all.every((level) => Number.isInteger(level))).toBe(true)
      }
    }
  })
})

describe('refusals', () => {
  const plan = (given: RunConfigInput) => () => planRun(configOf(given), '', reference, 2 ** 32)
  const text = (cell: string) => () =>
    planRun(parseConfig({ seed: 1, model: { cell } }) as RunConfig, 'some text, long enough. '.repeat(400), reference, 2 ** 32) // prettier-ignore

  it.each<[string, () => unknown, RegExp]>([
    ['a cell for sequences on images', plan({ model: { cell: 'lstm' } }), /model\.cell: LSTM reads sequences; images need md-lstm or mdrnn/],
    ['a cell for images on text', text('md-lstm'), /model\.cell: MD-LSTM reads images; sequences need one of lstm,/],
    ['a slip in the name', plan({ model: { cell: 'md-lstn' } }), /did you mean md-lstm/],
    ['windows', plan({ train: { bptt: 'truncated' } }), /train\.bptt: an image is one whole/],
    ['four directions in a pixel model', plan({ model: { options: { directions: 4 } } }), /model\.options\.directions: scans from below would see/],
    ['tied directions in a pixel model', plan({ model: { options: { tied: true } } }), /model\.options\.tied/],
    ['three directions', plan({ model: { options: { directions: 3 } } }), /directions/],
    ['classes of one texture', plan({ data: image({ task: 'classes', texture: 'stripes' }) }), /data\.texture: there is nothing to tell apart/],
    ['zoneout', plan({ regularization: { zoneout: 0.1 } }), /regularization\.zoneout/],
    ['recurrent dropout', plan({ regularization: { recurrentDropout: 0.1 } }), /regularization\.recurrentDropout/],
    ['a head', plan({ model: { hiddenReadout: 4 } }), /model\.hiddenReadout/],
    ['both directions of a sequence', plan({ model: { bidirectional: true } }), /model\.bidirectional/],
    ['subsampling', plan({ model: { subsample: 2 } }), /model\.subsample/],
  ])('%s', (_, act, message) => expect(act).toThrow(message)) // prettier-ignore
})
