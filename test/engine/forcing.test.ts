// Whose symbols a network reads while it is trained: schedules, the two ends of the mixture, own symbols.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { argmax, indices } from '../../src-main/engine/graph/argmax.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { sequenceOf } from '../../src-main/engine/probes/model.ts'
import { openModel, openTraining, sampleText } from '../../src-main/engine/index.ts'
import { freeRunning, ownInputs, sigmoidScale, truthShare } from '../../src-main/engine/nn/forcing.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { outputsOf, traceNetwork, zeroStates } from '../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { expectClose, values } from './check.ts'
import { grouped, type FlatOptions } from '../options.ts'
import { executor, native, text, configOf, trained, expectSame } from './forced.ts'

describe('argmax', () => {
  it('is the first of the largest, and indices count', () => {
    const a = input('a', [2, 3, 4])
    const run = executor.load(compile({ outputs: { at: argmax(a), i: indices(5) } }))
    run.write('a', [1, 9, 9, 2, -3, -2, -1, -8, 0, 0, 0, 0, 5, 4, 3, 2, 7, 7, 1, 8, -1, -1, -2, -1])
    run.run({ seed: [0, 0], step: 0 })
    expect(Array.from(run.read('at'))).toEqual([1, 2, 0, 0, 3, 0])
    expect(Array.from(run.read('i'))).toEqual([0, 1, 2, 3, 4])
  })
})

describe('the share of true symbols', () => {
  const at = (forcing: RunConfig['forcing']['mode'], step: number, more = {}) =>
    truthShare(configOf({ forcing, halfLife: 400, ...more }).forcing, step)

  it('is one half after halfLife updates in every schedule, and falls', () => {
    for (const forcing of ['linear', 'exponential', 'invsigmoid'] as const) {
      expect(at(forcing, 400)).toBeCloseTo(0.5, 9)
      for (let step = 0; step < 1200; step += 100)
        expect(at(forcing, step + 100)).toBeLessThanOrEqual(at(forcing, step))
    }
    expect(at('linear', 200)).toBeCloseTo(0.75, 12)
    expect(at('exponential', 800)).toBeCloseTo(0.25, 12)
    const k = sigmoidScale(400)
    expect(k * Math.log(k)).toBeCloseTo(400, 9)
    expect(at('invsigmoid', 100)).toBeCloseTo(k / (k + Math.exp(100 / k)), 12)
  })

  it('keeps to its floor, and is constant without a schedule', () => {
    expect(at('linear', 1e6, { floor: 0.2 })).toBe(0.2)
    expect([at('teacher', 7), at('free', 7), at('ratio', 7, { ratio: 0.3 })]).toEqual([1, 0, 0.3])
  })
})

describe('own inputs', () => {
  it.each(['lstm', 'gru', 'clockwork'])('%s: with ratio 1 training is teacher forcing', (cell) => {
    const model = { cell, layers: 2 }
    expectSame(trained({}, model), trained({ forcing: 'ratio', ratio: 1 }, model))
  })

  it.each(['token', 'sequence'] as const)('with ratio 0 training runs free (mixing unit %s)', (unit) => {
    const free = trained({ forcing: 'free' })
    expectSame(free, trained({ forcing: 'ratio', ratio: 0, unit }))
    expect(free.metrics[0]!['train/teacher_forcing_ratio']).toBe(0)
    expect(() => expectSame(free, trained({}))).toThrow()
  })

  it('reads exactly what the trained model would write by itself', () => {
    const config = configOf({ steps: 60, lr: 0.03 }, { hidden: 12 })
    const training = openTraining({ config, text }, executor)
    for (const event of training.events()) void event
    const model = openModel(training.checkpoint(), executor)
    const options = { prime: 't', length: 12, temperature: 0, topK: 0, topP: 1, seed: 1 }
    const written = [...sampleText(model, options)].map((token) => token.id)

    const network = sequenceOf(model)
    const weights = weightNodes(network)
    const own = freeRunning({ ownSymbol: 'argmax' }, 12, 1, -1)
    const trace = traceNetwork(network, weights, input('ids', [12, 1]), zeroStates(network, 1), { own })
    const run = executor.load(compile({ outputs: { next: argmax(outputsOf(network, weights, trace)) } }))
    for (const name of weights.keys()) run.write(name, model.weights.get(name)!.data)
    // All but the first true symbols are wrong on purpose.
    run.write('ids', [model.vocabulary.indexOf('t'), ...Array<number>(11).fill(0)])
    run.run({ seed: [0, 0], step: 0 })
    expect(Array.from(run.read('next'))).toEqual(written)
  })

  /** The next symbols that one step of a network with fixed logits reads, over many sequences. */
  function drawn(options: FlatOptions, batch: number) {
    const config = configOf(options, { cell: 'rnn', hidden: 2, input: 'onehot' })
    const network = networkOf(config.model, { symbols: 3, outputs: 3, outputBias: true })
    const weights = weightNodes(network)
    const own = ownInputs(config.forcing, 3, batch, -1)!
    const read: typeof own = { ...own, pick: (logits) => own.pick(logits) }
    const trace = traceNetwork(network, weights, input('ids', [3, batch]), zeroStates(network, batch), {
      own: read,
      watch: () => true,
    })
    const run = executor.load(compile({ outputs: { h: trace.signals.get('0.h')!, truth: own.truth } }))
    for (const [name, { attrs, shape }] of weights) {
      const zero = values(shape, 1).map(() => 0)
      run.write(
        attrs.name!,
        name === 'readout.b'
          ? [0, Math.log(2), Math.log(5)]
          : name === 'layers.0.w_ih'
            ? [0.5, 1, 1.5, 0, 0, 0]
            : zero,
      )
    }
    run.write('ids', Array<number>(3 * batch).fill(0))
    run.run({ seed: [7, 8], step: 4 })
    // tanh of 0.5, 1 or 1.5 tells which symbol was read.
    const ids = Array.from(run.read('h')).flatMap((h, i) =>
      i % 2 === 0 ? [Math.round(Math.atanh(h) / 0.5) - 1] : [],
    )
    return { ids, truth: Array.from(run.read('truth')) }
  }

  it('draws own symbols with the softmax probabilities', () => {
    const { ids } = drawn({ forcing: 'free' }, 4000)
    expect(ids.slice(0, 4000).every((id) => id === 0)).toBe(true)
    for (const t of [1, 2]) {
      const counts = [0, 0, 0]
      for (const id of ids.slice(t * 4000, (t + 1) * 4000)) counts[id]!++
      expectClose(
        counts.map((n) => n / 4000),
        [1 / 8, 2 / 8, 5 / 8],
        0.03,
        `t ${t}`,
      )
    }
  })

  it('tosses per symbol or per sequence, the first symbol always true', () => {
    const perStep = drawn({ forcing: 'ratio', ratio: 0.7 }, 2000).truth
    const perSequence = drawn({ forcing: 'ratio', ratio: 0.7, unit: 'sequence' }, 2000).truth
    for (const truth of [perStep, perSequence]) {
      expect(truth.slice(0, 2000).every((t) => t === 1)).toBe(true)
      const rest = truth.slice(2000)
      expect(rest.reduce((a, b) => a + b, 0) / 4000).toBeCloseTo(0.7, 1)
    }
    const agree = (truth: number[]) =>
      truth.slice(2000, 4000).filter((t, b) => t === truth[4000 + b]).length / 2000
    expect(agree(perSequence)).toBe(1)
    expect(agree(perStep)).toBeCloseTo(0.58, 1)
  })

  it.runIf(!('unavailable' in native))('trains natively as in plain loops, all schedules', () => {
    for (const forcing of ['linear', 'exponential', 'invsigmoid'] as const) {
      const train = { forcing, halfLife: 3, steps: 3, optimizer: 'sgd', ownSymbol: 'argmax' } as const
      expectSame(trained(train), trained(train, {}, native as Executor), 1e-4)
    }
  })

  it.each<[FlatOptions, RegExp, object?]>([
    [{ bptt: 'windows' }, /or train.bptt to "truncated" or "online"/],
    [{ bptt: 'full' }, /does not read its own predictions/, { kind: 'addition' }],
    [{ forcing: 'professor', optimizer: 'hessianfree' }, /first-order/],
  ])('is refused where nothing of its own could be read', (options, message, data = { kind: 'text' }) => {
    const config = parseConfig({ seed: 1, data, ...grouped({ forcing: 'free', ...options }) }) as RunConfig
    expect(() => openTraining({ config, text }, executor)).toThrow(message)
  })
})

describe('a decoder', () => {
  const losses = (forcing: RunConfig['forcing']['mode'], more: FlatOptions = {}) => {
    const config = parseConfig({
      seed: 3,
      data: { kind: 'memory', problem: 'reverse', length: 4 },
      model: { cell: 'gru', hidden: 8, embedding: 4 },
      ...grouped({
        bptt: 'full',
        batch: 4,
        steps: 3,
        logEvery: 1,
        evalEvery: 0,
        sampleEvery: 0,
        forcing,
        ...more,
      }),
    }) as RunConfig
    const list: number[] = []
    for (const event of openTraining({ config, text: '' }, executor).events())
      if (event.kind === 'metrics' && 'train/loss' in event.values) list.push(event.values['train/loss'])
    return list
  }

  it('reads true symbols, its own, or both', () => {
    const teacher = losses('teacher')
    expectClose(losses('ratio', { ratio: 1 }), teacher, 1e-9, 'ratio 1')
    const free = losses('free')
    expect(free[1]).not.toBeCloseTo(teacher[1]!, 9)
    expectClose(losses('ratio', { ratio: 0 }), free, 1e-9, 'ratio 0')
  })

  it('is judged by a professor, who changes nothing without weight', () => {
    const teacher = losses('teacher')
    for (const discriminatorInput of ['both', 'states'] as const)
      expectClose(
        losses('professor', { discriminatorUnits: 3, discriminatorWeight: 0, discriminatorInput }),
        teacher,
        1e-9,
        discriminatorInput,
      )
  })
})
