// Saliency against finite differences and changed examples, read as in training: series of numbers and symbols, answers at the end and at each step,
// whole images and single pixels.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { wavesText } from '../../../src-main/engine/data/waves.ts'
import { probabilities } from '../../../src-main/engine/generation/sample.ts'
import { input, mean } from '../../../src-main/engine/graph/ops.ts'
import { openModel } from '../../../src-main/engine/index.ts'
import { imageReadout, traceImage } from '../../../src-main/engine/nn/imageTrace.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { imageOf, sequenceOf, withWeights, type TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { saliency } from '../../../src-main/engine/probes/saliency/saliency.ts'
import { additionExamples, additionProblem } from '../../../src-main/engine/tasks/binaryAddition/heldOut.ts'
import { heldOutExamples, lengthSample } from '../../../src-main/engine/tasks/examples/batches.ts'
import type { Example, Problem } from '../../../src-main/engine/tasks/examples/example.ts'
import { inputsFor, writeExamples } from '../../../src-main/engine/tasks/examples/feed.ts'
import { traceExamples, type ExampleNetwork } from '../../../src-main/engine/tasks/examples/network.ts'
import { problemOf } from '../../../src-main/engine/tasks/memoryProblem/index.ts'
import { forecastSource } from '../../../src-main/engine/tasks/seriesForecast/source.ts'
import { imageDataOf, validationImage } from '../../../src-main/engine/tasks/images/image.ts'
import { executor, trained } from './trainedModel.ts'

const options = { example: 3, integrate: false, integrationSteps: 50 }
const full = { bptt: 'full', batch: 4, steps: 3 }

function opened(config: object, text = '') {
  const model = openModel(trained({ train: full, ...config } as RunConfigInput, 3, text), executor)
  return { model, of: { ...options, data: () => text } }
}

/** The problem of a configuration with its held-out examples and some of the training ones. */
function problemIn(
  config: RunConfig,
  text: string,
): { problem: Problem; examples: readonly Example[]; training: readonly Example[] } {
  const data = config.data as never
  if (config.task === 'binary-addition') {
    const examples = additionExamples((data as { bits: number }).bits)
    return { problem: additionProblem((data as { bits: number }).bits), examples, training: examples }
  }
  if (config.task === 'series-forecast') {
    const { problem, heldOut, lengthSample: training } = forecastSource(config, data, text)
    return { problem, examples: heldOut, training }
  }
  const problem = problemOf(data)
  return { problem, examples: heldOutExamples(problem, 1000), training: lengthSample(problem, 1000) }
}

/** A small trained model with the problem it has learnt and the example that is explained. */
function sequences(config: object, text?: string) {
  const { model, of } = opened(config, text)
  const { problem, examples, training } = problemIn(model.config, text ?? '')
  return { model, of, problem, training, example: examples[options.example]! }
}

/** Outputs (T, O) or (O) of an example, read as in training. */
function outputsOf(model: TrainedModel, problem: Problem, example: Example): number[] {
  const network = { pooling: 'last', ...sequenceOf(model) } as ExampleNetwork
  const length = {
    input: example.input.length / ('channels' in problem.input ? problem.input.channels : 1),
    answer: 1,
  }
  const { logits } = traceExamples(
    network,
    problem,
    weightNodes(network),
    inputsFor(problem, length, 1),
    false,
  )
  const executable = withWeights(model, compile({ outputs: { logits } }))
  writeExamples(executable, problem, [example])
  executable.run({ seed: [0, 0], step: 0 })
  const read = [...executable.read('logits')]
  executable.dispose()
  return read
}

const changed = (example: Example, i: number, value: number): Example => ({
  ...example,
  input: Array.from(example.input, (old, j) => (j === i ? value : old)),
})

const logOf = (p: number) => Math.log(p)
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const model = (cell: string, more = {}) => ({ cell, hidden: 4, layers: 1, ...more })

describe('saliency of a series of numbers', () => {
  it.each([
    ['a number at the end', { task: 'memory-problem', data: { problem: 'adding', length: 7 }, model: model('lstm') }, undefined, {}, ([y]: number[]) => y!],
    ['a number at the end, both directions', { task: 'memory-problem', data: { problem: 'adding', length: 5 }, model: model('gru', { bidirectional: true }) }, undefined, {}, ([y]: number[]) => y!],
    ['the mean over two steps at a time', { task: 'memory-problem', data: { problem: 'adding', length: 6 }, model: model('rnn', { pooling: 'mean', subsample: 2 }) }, undefined, {}, ([y]: number[]) => y!],
    ['a number at a step', { task: 'memory-problem', data: { problem: 'count', length: 9 }, model: model('gru') }, undefined, { at: 1 }, (y: number[]) => y[2]!],
    ['the stop output of a step', { task: 'memory-problem', data: { problem: 'count', length: 9 }, model: model('lstm') }, undefined, { at: 1, answer: 'log p(stop)' }, (y: number[]) => logOf(sigmoid(y[3]!))],
    ['a digit of a sum', { task: 'binary-addition', data: { bits: 4 }, model: model('rnn', { input: 'onehot' }) }, undefined, { at: 2, answer: '0' }, (y: number[]) => logOf(1 - sigmoid(y[2]!))],
    ['a digit against the other', { task: 'binary-addition', data: { bits: 4 }, model: model('lstm') }, undefined, { answer: '1', against: '0' }, (y: number[]) => y[4]!],
    ['the next value of a series', { task: 'series-forecast', data: { history: 6 }, model: model('gru') }, wavesText(), {}, ([y]: number[]) => y!],
  ] as [string, object, string | undefined, object, (outputs: number[]) => number][])('%s', (_, config, text, asked, answerOf) => {
    const { model, problem, training, example, of } = sequences(config, text)
    const found = saliency(model, { ...of, ...asked })
    const read = (one: Example) => answerOf(outputsOf(model, problem, one))
    const size = found.dimensions.length
    expect(found.inputs.length).toBe(example.input.length)
    expect(found.answer.value).toBeCloseTo(read(example), 10)
    const all = training.flatMap(({ input }) => Array.from(input))
    const means = found.dimensions.map((_, d) => {
      const own = all.filter((_, i) => i % size === d)
      return own.reduce((a, b) => a + b, 0) / own.length
    })
    Array.from(example.input).forEach((value, i) => {
      const slope = (read(changed(example, i, value + 1e-4)) - read(changed(example, i, value - 1e-4))) / 2e-4
      expect(found.gradient[i]).toBeCloseTo(slope, 6)
      expect(found.gradientTimesInput[i]).toBeCloseTo(slope * value, 6)
      expect(found.occlusion[i]).toBeCloseTo(read(example) - read(changed(example, i, means[i % size]!)), 6)
    })
    expect(Math.max(...found.gradient.map(Math.abs))).toBeGreaterThan(1e-4)
    const last = found.answer.at ?? example.input.length / size - 1
    expect(found.horizon).toHaveLength(last + 1)
    expect(found.horizon[0]).toBeCloseTo(
      found.gradient.slice(last * size, (last + 1) * size).reduce((s, g) => s + Math.abs(g), 0),
      6,
    )
    // Nothing after the answered step matters to a network that reads forward.
    if (found.answer.at !== null)
      expect(found.gradient.slice((last + 1) * size).every((g) => g === 0)).toBe(true)
  }) // prettier-ignore
})

describe('saliency of the flip-flop', () => {
  it('has the gradients of one channel at a step by finite differences', () => {
    const { model: network, of } = opened({
      task: 'flip-flop',
      data: { channels: 2, length: 6 },
      model: model('gru'),
    })
    const found = saliency(network, { ...of, at: 4, answer: 'channel 2', baseline: '0' })
    const read = (values: ArrayLike<number>) => {
      const x = input('x', [6, 1, 2])
      const { logits } = traceExamples(
        { pooling: 'last', ...sequenceOf(network) } as ExampleNetwork,
        { topology: 'each' },
        weightNodes(network.network),
        { x, mask: undefined },
        false,
      )
      const executable = withWeights(network, compile({ outputs: { logits } }))
      executable.write('x', values)
      executable.run({ seed: [0, 0], step: 0 })
      const value = executable.read('logits')[2 * 4 + 1]!
      executable.dispose()
      return value
    }
    const values = Float64Array.from(found.inputs)
    expect(found.answer).toMatchObject({
      kind: 'number',
      name: 'channel 2',
      at: 4,
      value: expect.closeTo(read(values), 10),
    })
    values.forEach((value, i) => {
      const slope = (read(values.with(i, value + 1e-4)) - read(values.with(i, value - 1e-4))) / 2e-4
      expect(found.gradient[i]).toBeCloseTo(slope, 6)
      expect(found.occlusion[i]).toBeCloseTo(read(values) - read(values.with(i, 0)), 6)
    })
  })
})

/** The model with the embedding of an id scaled, or one of its values changed. */
function withRow(
  model: TrainedModel,
  id: number,
  change: (value: number, at: number) => number,
): TrainedModel {
  const { shape, data } = model.weights.get('embedding.w')!
  const next = Float64Array.from(data)
  for (let i = 0; i < shape[1]!; i++) next[id * shape[1]! + i] = change(next[id * shape[1]! + i]!, i)
  return { ...model, weights: new Map(model.weights).set('embedding.w', { shape, data: next }) }
}

describe('saliency of a series of symbols', () => {
  it('has the gradients of changed embeddings, and the changes of replaced symbols', () => {
    const { model, problem, example, of } = sequences({
      task: 'memory-problem',
      data: { problem: 'copy', length: 3, delay: 2 },
      model: { cell: 'lstm', hidden: 4, layers: 1, input: 'embedding', embedding: 3 },
    })
    const at = 6
    const found = saliency(model, { ...of, at, baseline: '·' })
    const answer = problem.labels.indexOf(found.answer.name)
    const read = (by: TrainedModel, one = example) =>
      Math.log(probabilities(outputsOf(by, problem, one).slice(8 * at, 8 * at + 8), 1)[answer]!)
    expect(found.answer.value).toBeCloseTo(read(model), 10)
    expect(found.tokens).toEqual(Array.from(example.input, (id) => problem.symbols[id]))
    expect(found.dimensions).toEqual(['symbol'])
    const slope = (change: (by: number) => TrainedModel) => (read(change(1e-4)) - read(change(-1e-4))) / 2e-4
    const ids = Array.from(example.input)
    for (const id of new Set(ids)) {
      const places = ids.flatMap((one, t) => (one === id ? [t] : []))
      const scaled = slope((by) => withRow(model, id, (value) => value * (1 + by)))
      expect(places.reduce((s, t) => s + found.gradientTimesInput[t]!, 0)).toBeCloseTo(scaled, 6)
      if (places.length > 1) continue
      const gradient = [0, 1, 2].map((i) =>
        slope((by) => withRow(model, id, (value, j) => value + (i === j ? by : 0))),
      )
      expect(found.gradient[places[0]!]).toBeCloseTo(Math.hypot(...gradient), 6)
    }
    ids.forEach((_, t) => {
      expect(found.occlusion[t]).toBeCloseTo(read(model) - read(model, changed(example, t, 0)), 6)
    })
    expect(found.baseline).toBe('the symbol ·')
  })
})

describe('saliency of an image', () => {
  const data = { texture: 'digits', size: 8, levels: 3 }
  const small = { cell: 'md-lstm', hidden: 3, input: 'embedding', embedding: 2, layers: 2 }
  const extent = [8, 8, 1]
  /** log-probabilities of all classes, or of all levels of a pixel. */
  function read(model: TrainedModel, pixels: ArrayLike<number>, at?: number): number[] {
    const { features } = traceImage(imageOf(model), weightNodes(model.network), input('pixels', extent))
    const logits = imageReadout(
      weightNodes(model.network),
      at === undefined ? mean(features, [0, 1]) : features,
    )
    const executable = withWeights(model, compile({ outputs: { logits } }))
    executable.write('pixels', pixels)
    executable.run({ seed: [0, 0], step: 0 })
    const size = model.network.output.size
    const all = [...executable.read('logits')]
    executable.dispose()
    return [...probabilities(all.slice((at ?? 0) * size, ((at ?? 0) + 1) * size), 1)].map(Math.log)
  }
  it.each([
    ['its class, from four corners', 'image-classification', { options: { directions: 4 } }, {}],
    ['a pixel, from two corners', 'pixel-model', { options: { directions: 2 } }, { at: 30 }],
  ])('explains %s', (_, task, more, asked: { at?: number }) => {
    const { model, of } = opened({ task, data, model: { ...small, ...more } })
    const { at } = asked
    const found = saliency(model, { ...of, ...asked, baseline: '0' })
    const { pixels } = validationImage(imageDataOf(model.config), 3)
    const answer = Number(found.answer.name)
    const value = (by: TrainedModel, image: ArrayLike<number> = pixels) => read(by, image, at)[answer]!
    expect([...found.inputs]).toEqual([...pixels])
    expect(found.answer).toMatchObject({ kind: 'class', at: at ?? null })
    expect(found.answer.value).toBeCloseTo(value(model), 10)
    for (const level of [0, 1, 2]) {
      const scaled = (by: number) => value(withRow(model, level, (old) => old * (1 + by)))
      const products = [...pixels].reduce(
        (s, id, p) => s + (id === level ? found.gradientTimesInput[p]! : 0),
        0,
      )
      expect(products).toBeCloseTo((scaled(1e-4) - scaled(-1e-4)) / 2e-4, 6)
    }
    const bright = [...pixels].flatMap((id, p) => (id > 0 ? [p] : []))
    for (const p of [...bright.slice(0, 5), ...bright.slice(-3)])
      expect(found.occlusion[p]).toBeCloseTo(value(model) - value(model, pixels.with(p, 0)), 6)
    expect([...pixels].every((id, p) => id > 0 || found.occlusion[p] === 0)).toBe(true)
    // A pixel depends on the pixels before it alone.
    if (at !== undefined) expect(found.gradient.slice(at).every((g) => g === 0)).toBe(true)
    else expect(found.gradient.every((g) => g > 0)).toBe(true)
    expect([found.picture!.rows, found.horizon.length]).toEqual([8, 0])
  })
})

describe('integrated gradients of inputs', () => {
  const adding = { task: 'memory-problem', data: { problem: 'adding', length: 6 }, model: model('lstm') }

  it('sum to the difference from the baseline, number by number', () => {
    const { model, problem, example, of } = sequences(adding)
    const { integrated } = saliency(model, { ...of, baseline: '0.5', integrate: true, integrationSteps: 200 })
    const from = { ...example, input: Array.from(example.input, () => 0.5) }
    const [here, there] = [example, from].map((one) => outputsOf(model, problem, one)[0]!)
    expect(integrated!.difference).toBeCloseTo(here! - there!, 8)
    expect(integrated!.values!.reduce((a, b) => a + b, 0)).toBeCloseTo(here! - there!, 4)
    expect(integrated!.values).toHaveLength(12)
  })

  it('are withheld where they miss it by more than a tenth', () => {
    const { model, of } = sequences(adding)
    const { shape, data } = model.weights.get('layers.0.w_ih')!
    const steep = {
      ...model,
      weights: new Map(model.weights).set('layers.0.w_ih', { shape, data: data.map((v) => 60 * v) }),
    }
    const { integrated } = saliency(steep, { ...of, integrate: true, integrationSteps: 1 })
    expect(integrated!.completenessError).toBeGreaterThan(0.1)
    expect(integrated!.values).toBeNull()
  })
})
