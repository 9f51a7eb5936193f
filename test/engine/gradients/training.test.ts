// The gradient record of a training: it changes no weight, is the same on both executors, and is there when it is due.
import { describe, expect, it } from 'vitest'
import type { LayerGradients } from '../../../src-main/contract/gradients.ts'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { taskOf } from '../../../src-main/engine/tasks/index.ts'
import { openTraining, planRun, readCheckpoint, type TrainingEvent } from '../../../src-main/engine/index.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { TrainingPrograms, programsOf } from '../../../src-main/engine/training/trainingPrograms.ts'
import { expectClose } from '../check.ts'
import { executors } from './executors.ts'

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(6)
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 11, ...given }) as RunConfig
const tasks: Record<string, RunConfigInput> = {
  'carried windows with a stride, dropout and zoneout': {
    model: { cell: 'gru', hidden: 5, layers: 2, embedding: 4 },
    train: { window: 8, stride: 3, batch: 3, steps: 12 },
    regularization: { dropout: 0.3, zoneout: 0.1 },
  },
  'shuffled windows': {
    model: { cell: 'lstm', hidden: 6, embedding: 4 },
    train: { bptt: 'windows', window: 9, batch: 8, steps: 12 },
  },
  'a series by full backpropagation': {
    data: { kind: 'series' },
    model: { cell: 'lstm', hidden: 4, input: 'onehot' },
    train: { bptt: 'full', batch: 1, steps: 12, stopWhenSolved: false },
  },
  'padded examples of several lengths, both directions': {
    data: { kind: 'memory', problem: 'parity', length: 9 },
    model: { cell: 'gru', hidden: 5, input: 'onehot', bidirectional: true },
    train: { bptt: 'full', batch: 6, buckets: 3, steps: 12 },
  },
  'encoder and decoder': {
    data: { kind: 'memory', problem: 'reverse', length: 4 },
    model: { cell: 'lstm', hidden: 5, input: 'onehot' },
    train: { bptt: 'full', batch: 6, steps: 12 },
  },
  addition: {
    data: { kind: 'addition', bits: 6 },
    model: { cell: 'elman', hidden: 6 },
    train: { bptt: 'full', batch: 4, steps: 12 },
  },
}

const recording = (given: RunConfigInput, gradientEvery: number) =>
  configOf({
    ...given,
    train: { ...given.train },
    logging: { ...given.logging, gradientEvery, evalEvery: 0, sampleEvery: 0 },
  })

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
      const loaded = new TrainingPrograms(task, programsOf(task, config), executor)
      loaded.initialise(config)
      return loaded.gradients(config.seed, 5, undefined)!
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
    expect(metrics['gradient_ratio/layers.0']).toBe(last[0]! / last[8]!)
    expect(Object.keys(metrics).filter((name) => name.startsWith('spectral_radius/'))).toEqual(
      point.radii.map(({ name }) => `spectral_radius/${name}`),
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
    const bytes = (cell: string, gradientEvery: number) =>
      planRun(recording({ ...given, model: { cell } }, gradientEvery), text, referenceExecutor(), 2 ** 30)
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
    const long = recording(
      {
        model: { cell: 'rnn', hidden: 3, embedding: 2 },
        train: { bptt: 'windows', window: steps, batch: 1, steps: 4 },
      },
      4,
    )
    const point = train(long, referenceExecutor(), text.repeat(3)).flows[0]!.point
    const { last } = point.layers[0]!
    expect([point.stride, last.length]).toEqual([2, steps / 2])
    expect(last.at(-1)).toBeGreaterThan(last.at(-2)!)
  })
})
