// The gradient through the places of a picture: against finite differences over plain loops, against a formula, and while training.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { trendOf } from '../../../src-main/contract/gradients.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { crossEntropy, input, mean } from '../../../src-main/engine/graph/ops.ts'
import { taskOf } from '../../../src-main/engine/tasks/index.ts'
import { chooseExecutor, openTraining, readCheckpoint } from '../../../src-main/engine/index.ts'
import { corners, imageNetworkOf } from '../../../src-main/engine/nn/imageNetwork.ts'
import { imageReadout, traceImage } from '../../../src-main/engine/nn/imageTrace.ts'
import { zeroPerturbation } from '../../../src-main/engine/nn/model.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { gradientCurves } from '../../../src-main/engine/training/gradientRecord.ts'
import { stateGradientOutputs } from '../../../src-main/engine/training/stateGradients.ts'
import { TrainingPrograms, programsOf } from '../../../src-main/engine/training/trainingPrograms.ts'
import { expectClose, values } from '../check.ts'
import { plainLogits } from './plainImage.ts'

const reference = referenceExecutor()
const fastest = chooseExecutor('auto', 1).executor
const [size, batch, levels, hidden] = [3, 2, 3, 2]

describe('dL/dh at every place', () => {
  it.each([
    { cell: 'mdrnn', layers: 2, options: { directions: 2 } },
    { cell: 'md-lstm', layers: 1, options: { directions: 2, merge: 'concat' } },
    { cell: 'md-lstm', layers: 2, options: { directions: 1 }, residual: true },
  ] as const)('of $cell, $layers layers, $options: as plain loops differ', (given) => {
    const { model } = parseConfig({ seed: 1, model: { hidden, embedding: 2, ...given } })
    const network = imageNetworkOf(model, { levels, outputs: levels, causal: true })
    const feeds = Object.fromEntries(
      [...network.weights].map(([name, { shape }], i) => [name, values(shape, i + 1)]),
    )
    const ids = Float64Array.from({ length: size * size * batch }, (_, i) => (i * 7 + (i >> 2)) % levels)
    const pictures = Array.from({ length: batch }, (_, b) =>
      Array.from({ length: size }, (_, i) =>
        Array.from({ length: size }, (_, j) => ids[(i * size + j) * batch + b]!),
      ),
    )

    const weights = weightNodes(network)
    const pixels = input('pixels', [size, size, batch])
    const trace = traceImage(network, weights, pixels, { perturb: zeroPerturbation })
    const loss = mean(crossEntropy(imageReadout(weights, trace.features), pixels))
    const run = reference.load(compile({ outputs: stateGradientOutputs(loss, { network, trace }) }))
    for (const name of network.weights.keys()) run.write(name, feeds[name]!)
    run.write('pixels', ids)
    run.run({ seed: [1, 1], step: 0 })

    const nll = (row: number[], id: number) => Math.log(row.reduce((s, z) => s + Math.exp(z), 0)) - row[id]!
    for (const name of trace.perturbations.keys()) {
      const { up, left } = corners.find(({ id }) => name.endsWith(id))!
      const last = [up ? 0 : size - 1, left ? 0 : size - 1]
      /** Losses of all places, and of the last one alone, with one unit of one picture moved. */
      const lossesAt = (b: number, i: number, j: number, unit: number, by: number) => {
        const moved = pictures[b]!.map((row, r) =>
          row.map((_, c) =>
            Array.from({ length: hidden }, (_, k) => (r === i && c === j && k === unit ? by : 0)),
          ),
        )
        const z = plainLogits(network, feeds, pictures[b]!, { [name]: moved })
        const each = z.map((row, r) => row.map((outputs, c) => nll(outputs, pictures[b]![r]![c]!)))
        const share = 1 / (size * size * batch)
        return {
          norms: share * each.flat().reduce((s, v) => s + v, 0),
          last: share * each[last[0]!]![last[1]!]!,
        }
      }
      for (const kind of ['norms', 'last'] as const) {
        const expected = Float64Array.from({ length: size * size * batch }, (_, at) => {
          const [b, j, i] = [at % batch, Math.floor(at / batch) % size, Math.floor(at / batch / size)]
          const slopes = Array.from(
            { length: hidden },
            (_, k) => (lossesAt(b, i, j, k, 1e-5)[kind] - lossesAt(b, i, j, k, -1e-5)[kind]) / 2e-5,
          )
          return Math.hypot(...slopes)
        })
        expectClose(run.read(`${kind}/${name}`), expected, 1e-9, `${kind} ${name}`)
      }
    }
    // Per anti-diagonal: all its places as one vector, from the corner on, mean over the pictures.
    for (const { layer, norms } of gradientCurves(run)) {
      const { left } = corners.find(({ id }) => layer.endsWith(id))!
      const found = run.read(`norms/${layer}`)
      const onDiagonal = Array.from({ length: 2 * size - 1 }, (_, step) =>
        Array.from({ length: batch }, (_, b) =>
          Math.hypot(
            ...Array.from({ length: size * size }, (_, at) =>
              ((at / size) | 0) + (left ? size - 1 - (at % size) : at % size) === step
                ? found[at * batch + b]!
                : 0,
            ),
          ),
        ),
      )
      expectClose(
        norms,
        onDiagonal.map((each) => each.reduce((s, v) => s + v, 0) / batch),
        1e-12,
        layer,
      )
    }
  })
})

const configOf = (given: RunConfigInput): RunConfig =>
  parseConfig({
    seed: 5,
    ...given,
    data:
      given.data?.kind === 'series'
        ? given.data
        : ({ kind: 'image', size: 8, levels: 3, ...given.data } as RunConfigInput['data']),
    model: { cell: 'mdrnn', hidden: 1, embedding: 3, ...given.model },
    train: { bptt: 'full', batch: 2, steps: 4, ...given.train },
    logging: { gradientEvery: 2, evalEvery: 0, sampleEvery: 0, ...given.logging },
  }) as RunConfig

describe('what is recorded', () => {
  it.each([
    [0.4, 'vanishes'],
    [0.5, 'persists'],
    [1.2, 'explodes'],
  ] as const)('a linear unit with both weights %d: %s as paths are counted', (a, kind) => {
    const config = configOf({ data: { kind: 'image', size: 32 }, model: { options: { directions: 1 } } })
    const task = taskOf(config, '')
    const loaded = new TrainingPrograms(task, programsOf(task, config), reference)
    // Nothing comes in, so tanh stays where its slope is 1.
    for (const name of task.network.weights.keys()) {
      const value = /w_up|w_left/.test(name) ? a : name === 'readout.w' ? 1e-9 : 0
      loaded.main.write(name, new Float64Array(loaded.main.read(name).length).fill(value))
    }
    const { point, values: metrics } = loaded.gradients(1, 0, undefined)!
    const [{ layer, last }] = point.layers as [(typeof point.layers)[number]]
    expect([layer, last.length]).toEqual(['layers.0.down-right', 63])
    // n steps back k of them went up: binomial (n, k) ways to each place, and their squares add up to binomial (2n, n).
    let ways = 1
    for (let back = 0; back < 32; back++) {
      expect(last[62 - back]! / last[62]!).toBeCloseTo(
        a ** back * Math.sqrt(ways),
        7 - Math.ceil(Math.max(0, back * Math.log10(2 * a))),
      )
      ways *= (2 * (2 * back + 1)) / (back + 1)
    }
    expect(trendOf(last, 1)).toMatchObject({ steps: 62, ...(a !== 0.5 && { kind }) })
    expect(metrics['gradient_ratio/layers.0.down-right']).toBe(last[0]! / last[62]!)
    expect(point.radii.map(({ name, value }) => [name, Math.round(1e5 * value) / 1e5])).toEqual([
      ['layers.0.down-right.w_up', a],
      ['layers.0.down-right.w_left', a],
    ])
  })

  it.each([
    [
      'pixels',
      {
        data: { kind: 'image', texture: 'mixed' },
        model: { cell: 'md-lstm', hidden: 3, layers: 2 },
        regularization: { dropout: 0.2 },
      },
      4,
    ],
    [
      'classes',
      {
        data: { kind: 'image', task: 'classes', texture: 'digits' },
        model: { cell: 'md-lstm', hidden: 3, options: { directions: 4, tied: true } },
      },
      4,
    ],
  ] as const)('%s: leaves the weights their bits, native and reference agree', (_, given, curves) => {
    const train = (gradientEvery: number, executor = fastest) => {
      const training = openTraining(
        { config: configOf({ ...given, logging: { gradientEvery } }), text: '' },
        executor,
      )
      const flows = [...training.events()].filter((event) => event.kind === 'flow')
      const { tensors } = readCheckpoint(training.checkpoint())
      return { flows, weights: [...tensors].map(([name, { data }]) => [name, Array.from(data)]) }
    }
    const [with_, without, exact] = [train(2), train(0), train(4, reference)]
    expect(with_.weights).toEqual(without.weights)
    expect(with_.flows.map(({ step }) => step)).toEqual([0, 2, 4])
    const [first, second] = [with_.flows[0]!.point, exact.flows[0]!.point]
    expect(first.layers).toHaveLength(curves)
    first.layers.forEach(({ layer, norms, last }, i) => {
      for (const [found, wanted] of [
        [norms, second.layers[i]!.norms],
        [last, second.layers[i]!.last],
      ] as const)
        expectClose(
          Float64Array.from(found, (v, t) => v / wanted[t]!),
          new Float64Array(15).fill(1),
          2e-3,
          layer,
        )
    })
    const gates = first.radii.map(({ name }) => name).filter((name) => name.includes('w_up'))
    expect(gates.slice(0, 5).map((name) => name.slice(name.indexOf('w_up')))).toEqual([
      'w_up.i',
      'w_up.f_up',
      'w_up.f_left',
      'w_up.g',
      'w_up.o',
    ])
  })
})

describe("beside Elman's online rule", () => {
  it('is the gradient of the whole series at the weights of then, and changes nothing', () => {
    const series = (bptt: 'online' | 'full', gradientEvery: number) =>
      configOf({
        data: { kind: 'series', series: 3 } as never,
        model: { cell: 'elman', hidden: 4, input: 'onehot' },
        train: { bptt, window: 3, batch: 1, steps: 48 },
        optimizer: { name: 'sgd', clipNorm: 0, lr: 0.1 },
        schedule: { name: 'constant' },
        logging: { gradientEvery: gradientEvery },
      })
    const train = (config: RunConfig) => {
      const training = openTraining({ config, text: '' }, fastest)
      const flows = [...training.events()].filter((event) => event.kind === 'flow')
      return { flows, tensors: readCheckpoint(training.checkpoint()).tensors }
    }
    const online = train(series('online', 16))
    expect(online.flows.map(({ step }) => step)).toEqual([0, 16, 32, 48])
    expect(online.tensors).toEqual(train(series('online', 0)).tensors)
    // The same weights at the start, the same record as of the run by backpropagation.
    expect(online.flows[0]!.point).toEqual(train(series('full', 48)).flows[0]!.point)
    expect(online.flows[0]!.point.layers[0]!.last).toHaveLength(8)
  })
})
