// The gradient through time held to what is known of it: geometric in a linear network, central differences in gated ones and in both
// directions, the same on both executors, harmless to training, there when it is due.
import { describe, expect, it } from 'vitest'
import type { LayerGradients } from '../../src-main/contract/gradients.ts'
import { layerKey, type LayerPath } from '../../src-main/contract/layerPath.ts'
import { modelConfig, type RunConfig, type RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import {
  add,
  crossEntropy,
  input,
  linear,
  mul,
  slice,
  state,
  sum,
  zeros,
} from '../../src-main/engine/graph/ops.ts'
import { scan } from '../../src-main/engine/graph/scan.ts'
import { openTraining, planRun, readCheckpoint, type TrainingEvent } from '../../src-main/engine/index.ts'
import { readout } from '../../src-main/engine/nn/ends.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { meanCrossEntropy } from '../../src-main/engine/nn/losses.ts'
import { zeroPerturbation } from '../../src-main/engine/nn/model.ts'
import { atStep, traceNetwork, zeroStates } from '../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { gradientCurves, gradientRecord } from '../../src-main/engine/training/gradientRecord.ts'
import { stateGradientOutputs } from '../../src-main/engine/training/stateGradients.ts'
import { Learner, programsOf } from '../../src-main/engine/training/learner.ts'
import { expectClose, values } from './check.ts'

const executors: [string, Executor][] = [['reference', referenceExecutor()]]
const native = chooseExecutor('auto', 1).executor
if (native.id === 'native') executors.push(['native', native])
const run = { seed: [1, 2] as const, step: 3 }

/** h_t = W h_{t-1} + x_t over 2 units, and the gradient by h of sum(v . h_T) or of sum over t of it. */
function linearGradients(executor: Executor, w: number[], steps: number): Record<'norms' | 'last', number[]> {
  const [weight, x] = [state('w', [2, 2]), input('x', [steps, 1, 2])]
  const perturbation = zeros([steps, 1, 2])
  const result = scan({ xs: [x, perturbation], init: [zeros([1, 2])] }, ([xt, n], [h]) => {
    const next = add(linear(h!, weight), xt!, n!)
    return { state: [next], ys: [next] }
  })
  const top = result.ys[0]!
  const loss = mul(sum(slice(top, 2, 0, 1)), 3)
  const path = { index: 0 }
  const outputs = stateGradientOutputs(loss, {
    network: { layers: [{ hidden: 2, outputSize: 2, scans: [{ path, owner: path }] }] },
    trace: {
      top,
      final: result.state,
      finalReverse: [],
      masks: [],
      signals: new Map(),
      perturbations: new Map([[layerKey(path), perturbation]]),
      penalty: undefined,
    },
  })
  const executable = executor.load(compile({ outputs: { loss, ...outputs } }))
  executable.write('w', w)
  executable.write('x', new Float64Array(2 * steps).fill(0.1))
  executable.run(run)
  // One sequence: (T, 1).
  const read = (name: string) => Array.from(executable.read(`${name}/layers.0`))
  return { norms: read('norms'), last: read('last') }
}

describe.each(executors)('a linear network on the %s', (_, executor) => {
  const tolerance = executor.id === 'native' ? 1e-5 : 1e-12
  const steps = 60

  it.each([
    ['vanishes below 1', 0.5],
    ['stays at 1', 1],
    ['explodes above 1', 1.25],
    ['vanishes further than squares of f32 reach', 0.25],
  ])('%s: |dL/dh_t| is geometric', (_what, size) => {
    // Both eigenvalues are size e^(+-i), so every step multiplies the norm by exactly `size`.
    const [c, s] = [size * Math.cos(1), size * Math.sin(1)]
    const { last } = linearGradients(executor, [c, -s, s, c], steps)
    const expected = Float64Array.from({ length: steps }, (_, t) => 3 * size ** (steps - 1 - t))
    last.forEach((norm, t) =>
      expect(Math.abs(norm / expected[t]! - 1), `t ${t}`).toBeLessThan(tolerance * steps),
    )
  })

  it('sums up the losses of all later steps', () => {
    const { norms } = linearGradients(executor, [0.5, 0, 0, 0.5], 8)
    expectClose(
      norms,
      Float64Array.from({ length: 8 }, (_, t) => 3 * (2 - 0.5 ** (7 - t))),
      tolerance,
    )
  })
})

describe('gated networks', () => {
  const [steps, batch] = [5, 3]
  const sizes = { symbols: 4, outputs: 4, outputBias: true }

  it.each([
    ['LSTM', { cell: 'lstm', hidden: 3, embedding: 2 }],
    ['two GRU layers', { cell: 'gru', hidden: 3, layers: 2, embedding: 2 }],
    [
      'LSTM in both directions with a head',
      { cell: 'lstm', hidden: 2, layers: 2, embedding: 2, bidirectional: true, head: 3 },
    ],
    [
      'peephole LSTM with residual links',
      { cell: 'peephole', hidden: 3, layers: 2, embedding: 2, residual: true },
    ],
    ['Jordan, which reads its own outputs', { cell: 'jordan', hidden: 3, embedding: 2 }],
  ])('%s: equals central differences of the loss and of its last step', (_, model) => {
    const network = networkOf(modelConfig.parse(model), sizes)
    const weights = weightNodes(network)
    const x = input('ids', [steps, batch])
    const y = input('targets', [steps, batch])
    const trace = traceNetwork(network, weights, x, zeroStates(network, batch), { perturb: (scan, shape) => input(`add ${layerKey(scan)}`, shape) }) // prettier-ignore
    const logits = trace.logits ?? readout(network, weights, trace.top)
    const loss = meanCrossEntropy(logits, y)
    // The part that is read at one step alone: the mean over all symbols, of which only those of that step count.
    const at = (t: number) => mul(meanCrossEntropy(atStep(logits, t), atStep(y, t)), 1 / steps)
    const parts = { loss, end: at(steps - 1), start: at(0) }
    const outputs = stateGradientOutputs(loss, { network, trace })
    const executable = referenceExecutor().load(compile({ outputs: { ...parts, ...outputs } }))
    let salt = 1
    for (const [name, { kind, shape }] of executable.program.slots) {
      if (kind === 'state') executable.write(name, values(shape, salt++))
    }
    executable.write(
      'ids',
      Array.from({ length: steps * batch }, (_, i) => (i * 7) % 4),
    )
    executable.write(
      'targets',
      Array.from({ length: steps * batch }, (_, i) => (i * 5 + 1) % 4),
    )
    const zero = ({ hidden }: { hidden: number }) => new Float64Array(steps * batch * hidden)
    for (const layer of network.layers)
      for (const { path } of layer.scans) executable.write(`add ${layerKey(path)}`, zero(layer))
    executable.run(run)
    /** Mean over the batch. */
    const read = (name: string) => {
      const norms = Float64Array.from(executable.read(name))
      return Float64Array.from({ length: steps }, (_, t) => norms.subarray(t * batch, (t + 1) * batch).reduce((a, b) => a + b, 0) / batch) // prettier-ignore
    }
    const found = Object.fromEntries(Object.keys(outputs).map((name) => [name, read(name)]))
    /** mean over the batch of |d part / d h_t| over the units of a scan, by central differences. */
    const differences = (part: keyof typeof parts, layer: { hidden: number }, scan: LayerPath) =>
      Float64Array.from({ length: steps }, (_, t) => {
        const width = layer.hidden
        const name = `add ${layerKey(scan)}`
        let total = 0
        for (let b = 0; b < batch; b++) {
          let squares = 0
          for (let u = 0; u < width; u++) {
            const moved = zero(layer)
            const value = (delta: number) => {
              moved[(t * batch + b) * width + u] = delta
              executable.write(name, moved)
              executable.run(run)
              return executable.scalar(part)
            }
            squares += ((value(1e-4) - value(-1e-4)) / 2e-4) ** 2
          }
          total += Math.sqrt(squares) / batch
        }
        executable.write(name, zero(layer))
        return total
      })
    for (const layer of network.layers) {
      for (const { path } of layer.scans) {
        const name = layerKey(path)
        const end = path.direction === 'reverse' ? 'start' : 'end'
        expectClose(found[`norms/${name}`]!, differences('loss', layer, path), 1e-7, `norms of ${name}`)
        expectClose(found[`last/${name}`]!, differences(end, layer, path), 1e-7, `last of ${name}`)
      }
    }
  })
})

describe('padded sequences', () => {
  const sizes = { symbols: 4, outputs: 4, outputBias: true }
  const lengths = [6, 3, 4]

  it.each([
    ['a loss at every step, two GRU layers', { cell: 'gru', hidden: 3, layers: 2, embedding: 2 }, false],
    ['a loss at the end, LSTM', { cell: 'lstm', hidden: 3, embedding: 2 }, true],
    [
      'a loss at every step, LSTM in both directions',
      { cell: 'lstm', hidden: 3, embedding: 2, bidirectional: true },
      false,
    ],
  ])('%s: are followed back from their own ends, as without padding', (_, model, atTheEnd) => {
    const network = networkOf(modelConfig.parse(model), sizes)
    /** Curves of these sequences, padded to the longest of them. */
    const curves = (columns: readonly number[]) => {
      const [steps, batch] = [Math.max(...columns.map((c) => lengths[c]!)), columns.length]
      const weights = weightNodes(network)
      const [x, y] = [input('ids', [steps, batch]), input('targets', [steps, batch])]
      const [mask, asked] = [input('mask', [steps, batch]), input('asked', [steps, batch])]
      const trace = traceNetwork(network, weights, x, zeroStates(network, batch), { perturb: zeroPerturbation, mask }) // prettier-ignore
      const loss = sum(mul(crossEntropy(readout(network, weights, trace.top), y), asked))
      const outputs = stateGradientOutputs(loss, { network, trace })
      const executable = referenceExecutor().load(compile({ outputs: { loss, ...outputs } }))
      let salt = 1
      for (const [name, { kind, shape }] of executable.program.slots) if (kind === 'state') executable.write(name, values(shape, salt++)) // prettier-ignore
      const each = (value: (t: number, column: number) => number) =>
        Array.from({ length: steps * batch }, (_, i) => value(Math.floor(i / batch), columns[i % batch]!))
      executable.write(
        'ids',
        each((t, c) => (t * 3 + c) % 4),
      )
      executable.write(
        'targets',
        each((t, c) => (t * 5 + c + 1) % 4),
      )
      executable.write(
        'mask',
        each((t, c) => Number(t < lengths[c]!)),
      )
      executable.write(
        'asked',
        each((t, c) => Number(atTheEnd ? t === lengths[c]! - 1 : t < lengths[c]!)),
      )
      executable.run(run)
      return gradientRecord(0, gradientCurves(executable), undefined).point.layers
    }
    const alone = lengths.map((_, column) => curves([column]))
    curves([0, 1, 2]).forEach(({ layer, norms, last }, i) => {
      for (const kind of ['norms', 'last'] as const) {
        const expected = Float64Array.from({ length: 6 }, (_, at) => {
          const back = 5 - at
          const long = alone.map((layers) => layers[i]![kind]).filter((curve) => curve.length > back)
          return long.reduce((total, curve) => total + curve.at(-1 - back)!, 0) / long.length
        })
        expectClose(kind === 'norms' ? norms : last, expected, 1e-12, `${kind} of ${layer}`)
      }
    })
  })
})

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(6)
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 11, ...given }) as RunConfig
const tasks: Record<string, RunConfigInput> = {
  'carried windows with a stride, dropout and zoneout': { model: { cell: 'gru', hidden: 5, layers: 2, embedding: 4 }, train: { window: 8, stride: 3, batch: 3, steps: 12, dropout: 0.3, zoneout: 0.1 } },
  'shuffled windows': { model: { cell: 'lstm', hidden: 6, embedding: 4 }, train: { bptt: 'windows', window: 9, batch: 8, steps: 12 } },
  'a series by full backpropagation': { data: { kind: 'series' }, model: { cell: 'lstm', hidden: 4, input: 'onehot' }, train: { bptt: 'full', batch: 1, steps: 12, stopWhenSolved: false } },
  'padded examples of several lengths, both directions': { data: { kind: 'memory', problem: 'parity', length: 9 }, model: { cell: 'gru', hidden: 5, input: 'onehot', bidirectional: true }, train: { bptt: 'full', batch: 6, buckets: 3, steps: 12 } },
  'encoder and decoder': { data: { kind: 'memory', problem: 'reverse', length: 4 }, model: { cell: 'lstm', hidden: 5, input: 'onehot' }, train: { bptt: 'full', batch: 6, steps: 12 } },
  'addition': { data: { kind: 'addition', bits: 6 }, model: { cell: 'elman', hidden: 6 }, train: { bptt: 'full', batch: 4, steps: 12 } },
} // prettier-ignore
const recording = (given: RunConfigInput, flowEvery: number) =>
  configOf({ ...given, train: { ...given.train, flowEvery, evalEvery: 0, sampleEvery: 0 } })

function train(config: RunConfig, executor: Executor, given = text) {
  const training = openTraining({ config, text: given }, executor)
  const events: TrainingEvent[] = [...training.events()]
  const { tensors } = readCheckpoint(training.checkpoint())
  const weights = Object.fromEntries([...tensors].map(([name, { data }]) => [name, Array.from(data)]))
  const flows = events.filter((event) => event.kind === 'flow')
  return { flows, weights, memoryBytes: training.memoryBytes }
}

describe('while training', () => {
  it.each(Object.entries(tasks))(
    '%s: the weights are the same bits with and without, on both executors',
    (_, given) => {
      for (const [, executor] of executors) {
        const { flows, weights } = train(recording(given, 4), executor)
        expect(flows.map((event) => event.step)).toEqual([0, 4, 8, 12])
        expect(weights).toEqual(train(recording(given, 0), executor).weights)
      }
    },
  )

  it.each(Object.entries(tasks))('%s: native and reference agree', (_, given) => {
    const config = recording(given, 4)
    const [first, second] = executors.map(([, executor]) => {
      const task = taskOf(config, text)
      const learner = new Learner(task, programsOf(task, config), executor)
      learner.initialise(config)
      return learner.gradients(config.seed, 5, undefined)!
    })
    if (!second) return
    second.point.layers.forEach(({ norms, last }, i) => {
      const exact = first!.point.layers[i]!
      for (const [found, wanted] of [
        [norms, exact.norms],
        [last, exact.last],
      ] as const)
        found.forEach((norm, t) => expect(Math.abs(norm / wanted[t]! - 1), `t ${t}`).toBeLessThan(2e-4))
    })
    second.point.radii.forEach(({ value }, i) => expect(value).toBeCloseTo(first!.point.radii[i]!.value, 5))
  })

  it('tells the first over the last as a metric beside the radii', () => {
    const { flows } = train(recording(tasks['shuffled windows']!, 6), referenceExecutor())
    const { point, values: metrics } = flows[1]!
    const { last, norms } = point.layers[0]!
    expect(last).toHaveLength(9)
    // The loss is of the last symbol alone.
    expect([...last]).toEqual([...norms])
    expect(metrics['flow/layers.0/first_over_last']).toBe(last[0]! / last[8]!)
    expect(Object.keys(metrics).filter((name) => name.startsWith('radius/'))).toEqual(
      point.radii.map(({ name }) => `radius/${name}`),
    )
  })

  it('follows the decoder back, and from its start the encoder', () => {
    const { flows } = train(recording(tasks['encoder and decoder']!, 12), referenceExecutor())
    for (const event of flows)
      for (const { last } of event.point.layers) expect(Math.min(...last)).toBeGreaterThan(0)
    const { point } = flows[1]!
    expect(point.layers.map(({ layer }) => layer)).toEqual(['encoder.layers.0', 'layers.0'])
    // All that reaches the encoder comes through its last state.
    const [encoder, decoder] = point.layers as [LayerGradients, LayerGradients]
    expectClose(encoder.last, encoder.norms, 1e-12)
    expect(decoder.last[0]).toBeLessThan(decoder.norms[0]!)
    expect(point.radii.map(({ name }) => name)).toContain('encoder.layers.0.w_hh.f')
  })

  it('begins with the weights of the start, and not in runs shorter than its interval', () => {
    const given = tasks['addition']!
    expect(train(recording(given, 12), referenceExecutor()).flows.map((event) => event.step)).toEqual([0, 12])
    expect(train(recording(given, 13), referenceExecutor()).flows).toEqual([])
  })

  it('is counted in the plan', () => {
    const given = tasks['shuffled windows']!
    const bytes = (cell: string, flowEvery: number) =>
      planRun(recording({ ...given, model: { cell } }, flowEvery), text, referenceExecutor(), 2 ** 30)
        .memoryBytes
    for (const cell of ['lstm', 'rnn']) {
      const { memoryBytes } = train(recording({ ...given, model: { cell } }, 4), referenceExecutor())
      expect(bytes(cell, 4)).toBe(memoryBytes)
    }
    // It runs on the memory of training, so it costs at most what it needs beyond that.
    expect(bytes('rnn', 4)).toBeGreaterThan(bytes('rnn', 0))
    expect(bytes('rnn', 4)).toBeLessThan(2 * bytes('rnn', 0))
  })

  it('keeps at most 512 entries of a long window: every so many steps back from the last', () => {
    const steps = 700
    const long = recording({ model: { cell: 'rnn', hidden: 3, embedding: 2 }, train: { bptt: 'windows', window: steps, batch: 1, steps: 4 } }, 4) // prettier-ignore
    const point = train(long, referenceExecutor(), text.repeat(3)).flows[0]!.point
    const { last } = point.layers[0]!
    expect([point.stride, last.length]).toEqual([2, steps / 2])
    expect(last.at(-1)).toBeGreaterThan(last.at(-2)!)
  })
})
