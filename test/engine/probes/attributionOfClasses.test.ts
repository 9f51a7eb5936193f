// Attribution of classifiers against independent readings: texts with padding and a mask as in training, changed embeddings, replaced symbols; and a
// trained network in which "not" turns a word around.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { reviewsText } from '../../../src-main/engine/data/reviews.ts'
import { encodeTyped, probabilities } from '../../../src-main/engine/generation/sample.ts'
import { input } from '../../../src-main/engine/graph/ops.ts'
import { chooseExecutor, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { attribute } from '../../../src-main/engine/probes/attribution/attribute.ts'
import { withWeights, type TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { traceExamples, type ExampleNetwork } from '../../../src-main/engine/tasks/examples/network.ts'
import { executor, trained } from './trainedModel.ts'

const options = { replacements: 3, integrate: false, integrationSteps: 50 }
const lines = 'good\tena bono\nbad\tota male\ngood\tno ota\nbad\tno ena\n'.repeat(20)
const text = 'no bona meto'

/** A small classifier of characters or words. */
const classifier = (model: object, unit: 'char' | 'word' = 'char') =>
  openModel(
    trained(
      {
        task: 'sequence-classification',
        data: { dataset: 'mine', unit, validation: 0 },
        model: { cell: 'lstm', hidden: 5, embedding: 4, ...model },
        train: { bptt: 'full', batch: 8, steps: 25 },
      } as RunConfigInput,
      25,
      lines,
    ),
    executor,
  )

/** log p of every class, read as in training: ids, padded by three symbols under a mask. */
function logP(model: TrainedModel, read: string): number[] {
  const network = model.network as ExampleNetwork
  const { ids } = encodeTyped(read, model.symbols, 'text')
  const length = ids.length + 3
  const inputs = { x: input('ids', [length, 1]), mask: input('mask', [length, 1]) }
  const { logits } = traceExamples(network, { topology: 'one' }, weightNodes(network), inputs, false)
  const executable = withWeights(model, compile({ outputs: { logits } }))
  executable.write('ids', [...ids, -1, -1, -1])
  executable.write('mask', [...ids.map(() => 1), 0, 0, 0])
  executable.run({ seed: [0, 0], step: 0 })
  const found = [...probabilities(executable.read('logits'), 1)].map(Math.log)
  executable.dispose()
  return found
}

/** The model with one value of the embedding of a symbol changed. */
function nudged(model: TrainedModel, symbol: string, index: number, by: number): TrainedModel {
  const { shape, data } = model.weights.get('embedding.w')!
  const next = Float64Array.from(data)
  next[model.symbols.ids.get(symbol)! * shape[1]! + index]! += by
  return { ...model, weights: new Map(model.weights).set('embedding.w', { shape, data: next }) }
}

describe('attribution of a class', () => {
  it.each([
    ['the last step', { pooling: 'last' }],
    ['the mean', { pooling: 'mean' }],
    ['the maximum', { pooling: 'max', cell: 'gru' }],
    ['attention', { pooling: 'attention', layers: 2 }],
    ['both directions', { pooling: 'last', bidirectional: true }],
    ['the mean of both directions', { pooling: 'mean', bidirectional: true }],
    ['two symbols per step', { pooling: 'last', subsample: 2 }],
  ])('over %s has the gradients of finite differences and the changes of re-reading', (_, network) => {
    const model = classifier(network)
    const found = attribute(model, { ...options, text })
    const plain = logP(model, text)
    const target = plain.indexOf(Math.max(...plain))
    expect([found.label, found.symbol, found.target]).toEqual([model.labels[target], null, text.length])
    expect(found.logProbability).toBeCloseTo(plain[target]!, 10)
    expect(found.classes.map(({ label, probability }) => [label, probability.toFixed(8)])).toEqual(
      [target, 1 - target].map((id) => [model.labels[id], Math.exp(plain[id]!).toFixed(8)]),
    )
    // Symbols that occur once, so that changing their embedding changes one position.
    const once = [...text].flatMap((s, t) => (text.split(s).length === 2 ? [t] : []))
    expect(once.length).toBeGreaterThan(2)
    const { shape, data } = model.weights.get('embedding.w')!
    for (const t of once) {
      const gradient = Array.from({ length: shape[1]! }, (_, i) => {
        const at = (by: number) => logP(nudged(model, text[t]!, i, by), text)[target]!
        return (at(1e-4) - at(-1e-4)) / 2e-4
      })
      const id = model.symbols.ids.get(text[t]!)!
      const product = gradient.reduce((sum, g, i) => sum + g * data[id * shape[1]! + i]!, 0)
      expect(Math.hypot(...gradient)).toBeGreaterThan(1e-6)
      expect(found.gradient[t]! / Math.hypot(...gradient)).toBeCloseTo(1, 4)
      expect(found.gradientTimesInput[t]).toBeCloseTo(product, 6)
    }
    ;[...text].forEach((own, t) => {
      expect(found.replacements[t]).toHaveLength(3)
      const changes = found.replacements[t]!.map(({ symbol, change }) => {
        expect(symbol).not.toBe(own)
        const other = text.slice(0, t) + symbol + text.slice(t + 1)
        expect(change).toBeCloseTo(plain[target]! - logP(model, other)[target]!, 8)
        return change
      })
      expect(found.occlusion[t]).toBeCloseTo(changes.reduce((a, b) => a + b, 0) / 3, 6)
    })
  })

  it('replaces by the most frequent symbols of the text, words too, and explains the class that is given', () => {
    const model = classifier({}, 'word')
    const read = 'no ota no ena male no ota'
    const found = attribute(model, { ...options, text: read, replacements: 2, label: 'bad' })
    expect(found.tokens).toEqual(read.split(' '))
    expect(found.spaces.join('|')).toBe('| | | | | | ')
    expect(found.logProbability).toBeCloseTo(logP(model, read)[model.labels.indexOf('bad')]!, 10)
    expect(found.replacements[4]!.map(({ symbol }) => symbol)).toEqual(['no', 'ota'])
    const good = attribute(model, { ...options, text: read, label: 'good' })
    expect(Math.exp(good.logProbability) + Math.exp(found.logProbability)).toBeCloseTo(1, 10)
  })

  it.each(['last', 'mean'])('has the gradient by states of finite differences, %s pooling', (pooling) => {
    // The recurrence of one tanh unit, written out.
    const model = classifier({ cell: 'rnn', hidden: 1, embedding: 1, pooling })
    const { horizon, noHorizon, label } = attribute(model, { ...options, text: 'bona' })
    expect(noHorizon).toBeNull()
    expect(horizon.map(({ state }) => state)).toEqual(['0.h'])
    const w = (name: string) => [...model.weights.get(name)!.data]
    const rows = w('embedding.w')
    const bias = [...model.weights.keys()].filter((name) => name.startsWith('layers.0.b'))
    const xs = [...'bona'].map((s) => rows[model.symbols.ids.get(s)!]!)
    /** log p with h after symbol `at` shifted for the steps after it. */
    const read = (at: number, by: number) => {
      let h = 0
      const features = xs.map((x, t) => {
        const before = h + (t === at + 1 ? by : 0)
        const sum = bias.reduce((s, name) => s + w(name)[0]!, 0)
        return (h = Math.tanh(w('layers.0.w_ih')[0]! * x + w('layers.0.w_hh')[0]! * before + sum))
      })
      const pooled = pooling === 'last' ? features.at(-1)! : features.reduce((a, b) => a + b) / 4
      const logits = w('readout.w').map((v, i) => v * pooled + w('readout.b')[i]!)
      return Math.log(probabilities(logits, 1)[model.labels.indexOf(label!)]!)
    }
    const { norms } = horizon[0]!
    expect(norms[3]).toBeNaN()
    for (const t of [0, 1, 2]) {
      const gradient = (read(t, 1e-4) - read(t, -1e-4)) / 2e-4
      expect(norms[t]! / Math.abs(gradient)).toBeCloseTo(1, 4)
    }
  })

  it('gives the reason where no state follows each symbol', () => {
    const both = attribute(classifier({ bidirectional: true }), { ...options, text })
    expect([both.horizon, both.noHorizon]).toEqual([[], expect.stringContaining('both directions')])
    const windows = attribute(classifier({ subsample: 2 }), { ...options, text })
    expect([windows.horizon, windows.noHorizon]).toEqual([[], expect.stringContaining('2 symbols per step')])
  })

  it('gives integrated gradients with their completeness error, and none where it is above a tenth', () => {
    const model = classifier({ pooling: 'mean', bidirectional: true })
    const zero = model.weights.get('embedding.w')!
    const blind = {
      ...model,
      weights: new Map(model.weights).set('embedding.w', { ...zero, data: zero.data.map(() => 0) }),
    }
    const fine = { ...options, text, integrate: true, integrationSteps: 200 }
    const { integrated, label } = attribute(model, fine)
    const target = model.labels.indexOf(label!)
    const difference = logP(model, text)[target]! - logP(blind, text)[target]!
    expect(integrated!.difference).toBeCloseTo(difference, 8)
    expect(integrated!.completenessError).toBeLessThan(0.01)
    const sum = integrated!.values!.reduce((a, b) => a + b, 0)
    expect(Math.abs(sum - difference) / Math.abs(difference)).toBeCloseTo(integrated!.completenessError, 4)
    const steep = {
      ...model,
      weights: new Map(model.weights).set('embedding.w', { ...zero, data: zero.data.map((v) => 60 * v) }),
    }
    const coarse = attribute(steep, { ...options, text, integrate: true, integrationSteps: 1 }).integrated!
    expect(coarse.completenessError).toBeGreaterThan(0.1)
    expect(coarse.values).toBeNull()
  })

  it('refuses unknown classes and symbols, positions, long texts and empty ones', () => {
    const model = classifier({})
    const given = (more: object) => () => attribute(model, { ...options, text, ...more })
    expect(given({ label: 'gooood' })).toThrow(
      /label: "gooood" is not a class of this run; did you mean "good"/,
    )
    expect(given({ label: 'xyzxyz' })).toThrow(/Classes: bad, good/)
    expect(given({ at: 3 })).toThrow(/at: this run classifies the whole text/)
    expect(given({ symbol: 'a' })).toThrow(/symbol: this run classifies the whole text/)
    expect(given({ text: 'Ж' })).toThrow(/text: the model has never seen "Ж"/)
    expect(given({ text: 'no '.repeat(334) })).toThrow(/text: 1\d{3} symbols; at most 1000/)
    expect(() => attribute(classifier({}, 'word'), { ...options, text: ' ' })).toThrow(
      /text: it has no symbols/,
    )
  })
})

it('shows that "not" turns the adjective of a review around', () => {
  const config = parseConfig({
    seed: 1,
    task: 'sequence-classification',
    data: { dataset: 'reviews', unit: 'word' },
    model: { cell: 'lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 32 },
    train: { bptt: 'full', batch: 32, steps: 250 },
    optimizer: { lr: 0.01 },
    logging: { sampleEvery: 0, evalEvery: 0 },
  }) as RunConfig
  const { executor: native } = chooseExecutor('native', 1)
  const training = openTraining({ config, text: reviewsText() }, native)
  for (const event of training.events()) void event
  const model = openModel(training.checkpoint(), native)
  const wanted = { ...options, replacements: 5, integrate: true, label: 'positive' }
  const of = (read: string) => {
    const found = attribute(model, { ...wanted, text: read })
    const at = found.tokens.findIndex((token) => ['brilliant', 'dull'].includes(token))
    return { found, adjective: found.occlusion[at]! }
  }
  for (const [word, sign] of [['brilliant', 1], ['dull', -1]] as const) {
    const plain = of(`the film is ${word} .`)
    const negated = of(`the film is not ${word} .`)
    expect(sign * plain.adjective).toBeGreaterThan(0.2)
    expect(sign * negated.adjective).toBeLessThan(-0.2)
    expect(sign * (plain.found.logProbability - negated.found.logProbability)).toBeGreaterThan(2)
  }
}, 60_000) // prettier-ignore
