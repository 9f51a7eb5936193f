// The training loop through its public door: resume = uninterrupted to the bit, giving a step up, divergence, carried windows.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import {
  chooseExecutor,
  openTraining,
  readCheckpoint,
  type Training,
  type TrainingEvent,
} from '../../src-main/engine/index.ts'
import { writeCheckpoint } from '../../src-main/engine/checkpoint/write.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { grouped } from '../options.ts'

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(6)
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 11, ...given }) as RunConfig
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const often = { logEvery: 3, evalEvery: 5, sampleEvery: 7, gradientEvery: 5, checkpointEvery: 4 }
const cases: Record<string, RunConfigInput> = {
  'truncated LSTM, Adam': { model: { cell: 'lstm', hidden: 6, embedding: 4 }, ...grouped({ window: 8, batch: 3, steps: 14, ...often }) },
  'stride shorter than the window, two GRU layers': { model: { cell: 'gru', hidden: 5, layers: 2, embedding: 4 }, ...grouped({ window: 8, stride: 3, batch: 3, steps: 11, optimizer: 'rmsprop', ...often }) },
  'online on text, momentum': { model: { cell: 'rnn', hidden: 6, input: 'onehot' }, ...grouped({ bptt: 'online', window: 4, batch: 2, steps: 11, optimizer: 'momentum', lr: 0.05, ...often }) },
  'shuffled windows over two epochs': { model: { cell: 'gru', hidden: 6, input: 'onehot' }, ...grouped({ bptt: 'windows', window: 5, batch: 96, steps: 0, epochs: 2, schedule: 'onecycle', ...often }) },
  'words': { data: { kind: 'text', unit: 'word', vocabulary: 8 }, model: { cell: 'lstm', hidden: 6, embedding: 4 }, ...grouped({ window: 4, batch: 2, steps: 12, optimizer: 'sgd', ...often }) },
  'series, Elman\'s rule': { data: { kind: 'series', series: 2 }, model: { cell: 'elman', hidden: 6, input: 'onehot' }, train: { bptt: 'online', window: 3, batch: 1, steps: 0, epochs: 7 }, optimizer: { name: 'sgd', clipNorm: 0, lr: 0.5 }, logging: { logEvery: 9, sampleEvery: 13, checkpointEvery: 10 } },
  'series by full backpropagation': { data: { kind: 'series', series: 1 }, model: { cell: 'lstm', hidden: 4, input: 'onehot' }, ...grouped({ bptt: 'full', batch: 1, steps: 12, ...often }) },
  'every mask and penalty, residual GRU layers': { model: { cell: 'gru', hidden: 5, layers: 2, embedding: 4, residual: true }, ...grouped({ window: 8, stride: 3, batch: 3, steps: 11, dropout: 0.3, dropoutMask: 'variational', recurrentDropout: 0.2, dropoutGrowth: 0.3, zoneout: 0.1, activityRegularization: 0.5, ...often }) },
  'claims': { claims: [{ key: 'a', name: 'a', predicate: 'vowel', layer: 0, signal: 'c' }, { key: 'b', name: 'b', predicate: 'space', layer: 0, signal: 'h', unit: 2, sign: -1 }], model: { cell: 'lstm', hidden: 6, embedding: 4 }, ...grouped({ window: 8, batch: 3, steps: 14, ...often }) },
  'addition': { data: { kind: 'addition', bits: 4 }, model: { cell: 'elman', hidden: 6 }, ...grouped({ bptt: 'full', batch: 2, steps: 12, optimizer: 'sgd', clipNorm: 0, ...often }) },
  'flip-flop': { task: 'flip-flop', data: { length: 6 }, model: { cell: 'rnn', hidden: 4 }, ...grouped({ bptt: 'full', batch: 2, steps: 12, ...often }) },
} // prettier-ignore

/** Runs to the end; every event but `step` is kept. */
function finish(training: Training, into: TrainingEvent[] = []): TrainingEvent[] {
  for (const event of training.events()) if (event.kind !== 'step') into.push(event)
  return into
}

const executors: [string, Executor][] = [['reference', referenceExecutor()]]
const chosen = chooseExecutor('auto', 1).executor
if (chosen.id === 'native') executors.push(['native', chosen])

describe.each(executors)('resumed = uninterrupted on the %s', (_, executor) => {
  // The native core runs the same loop: every third case is enough there.
  it.each(Object.entries(cases).filter((_, i) => executor.id === 'reference' || i % 3 === 0))(
    '%s: stopped at every single event',
    (_name, given) => {
      const config = configOf(given)
      const whole = openTraining({ config, text }, executor)
      const expected = finish(whole)
      const end = hash(whole.checkpoint())
      expect(expected.at(-1)!.kind).toBe('done')

      // One process after another, each making a single event and leaving.
      const events: TrainingEvent[] = []
      let resume: Uint8Array | undefined
      for (let lives = 0; lives < 500; lives++) {
        const training = openTraining({ config, text, ...(resume && { resume }) }, executor)
        const next = training.events().next()
        resume = training.checkpoint()
        if (next.done) break
        if (next.value.kind !== 'step') events.push(next.value)
        if (next.value.kind === 'done') break
      }
      expect(events).toEqual(expected)
      expect(hash(resume!)).toBe(end)
    },
  )
})

describe('the loop', () => {
  it('tells a step last, so that a checkpoint taken there has nothing left to tell', () => {
    const training = openTraining(
      { config: configOf(cases['truncated LSTM, Adam']!), text },
      referenceExecutor(),
    )
    const kinds: string[] = []
    for (const event of training.events()) {
      kinds.push(event.kind)
      if (event.kind === 'step' && training.step === 12) break
    }
    expect(kinds.slice(kinds.lastIndexOf('step', kinds.length - 2) + 1)).toEqual(
      ['metrics', 'checkpoint', 'step'].filter((k) => kinds.includes(k)),
    )
  })

  it('gives a step up for the control flag without changing anything, and goes on when it is cleared', () => {
    const config = configOf(cases['truncated LSTM, Adam']!)
    const control = new Int32Array(new SharedArrayBuffer(4))
    const training = openTraining({ config, text, control }, referenceExecutor())
    const events = training.events()
    for (let i = 0; i < 5; i++) events.next()
    const before = hash(training.checkpoint())
    control[0] = 1
    for (let i = 0; i < 3; i++)
      expect(events.next().value).toMatchObject({ kind: 'step', step: training.step })
    expect(hash(training.checkpoint())).toBe(before)
    control[0] = 0
    for (const event of events) void event
    const whole = openTraining({ config, text }, referenceExecutor())
    finish(whole)
    expect(hash(training.checkpoint())).toBe(hash(whole.checkpoint()))
  })

  it('loses and repeats nothing when the flag is raised after every single event', () => {
    const config = configOf(cases['truncated LSTM, Adam']!)
    const expected = finish(openTraining({ config, text }, referenceExecutor()))
    const control = new Int32Array(new SharedArrayBuffer(4))
    const events: TrainingEvent[] = []
    for (const event of openTraining({ config, text, control }, referenceExecutor()).events()) {
      if (event.kind !== 'step') events.push(event)
      control[0] = 1 - control[0]!
    }
    expect(events).toEqual(expected)
  })

  it.each(executors)(
    'a loss that is not finite ends the run and changes nothing, on the %s',
    (_, executor) => {
      const config = configOf({
        model: { cell: 'feedforward', hidden: 8, embedding: 4, options: { activation: 'relu' } },
        train: { window: 8, batch: 2, steps: 30 },
        logging: { sampleEvery: 0, evalEvery: 0 },
      })
      const sound = readCheckpoint(openTraining({ config, text }, executor).checkpoint())
      for (const { data } of sound.tensors.values()) data.forEach((_, i) => (data[i] = (i + 1) * 1e20))
      const training = openTraining({ config, text, weights: writeCheckpoint(sound) }, executor)
      const before = hash(training.checkpoint())
      const events = [...training.events()]
      expect(events.at(-1)).toMatchObject({ kind: 'diverged', step: 0 })
      expect(hash(training.checkpoint())).toBe(before)
      expect(readCheckpoint(training.checkpoint()).warnings).toEqual([])
    },
  )

  it('is the same to the bit for the same seed and another for another', () => {
    const run = (seed: number) => {
      const training = openTraining(
        { config: { ...configOf(cases['truncated LSTM, Adam']!), seed }, text },
        referenceExecutor(),
      )
      finish(training)
      return hash(Buffer.from(readCheckpoint(training.checkpoint()).tensors.get('readout.w')!.data.buffer))
    }
    expect(run(1)).toBe(run(1))
    expect(run(1)).not.toBe(run(2))
    expect(run(1)).not.toBe(run(2 ** 32 + 1))
  })

  it.skipIf(chosen.id !== 'native')('is the same to the bit with 1 and 2 threads', () => {
    const run = (threads: number) => {
      const config = configOf({
        model: { cell: 'lstm', hidden: 96 },
        train: { window: 12, batch: 16, steps: 6 },
        logging: { evalEvery: 3, sampleEvery: 0 },
      })
      const training = openTraining({ config, text }, chooseExecutor('native', threads).executor)
      finish(training)
      return hash(training.checkpoint())
    }
    expect(run(2)).toBe(run(1))
  })

  it('forks from weights alone: step 0, the same weights, a new run of its own', () => {
    const config = configOf(cases['truncated LSTM, Adam']!)
    const parent = openTraining({ config, text }, referenceExecutor())
    finish(parent)
    const child = openTraining(
      { config: { ...config, seed: 99 }, text, weights: parent.checkpoint() },
      referenceExecutor(),
    )
    expect(child.step).toBe(0)
    const weights = (t: Training) =>
      Array.from(readCheckpoint(t.checkpoint()).tensors.get('layers.0.w_ih')!.data)
    expect(weights(child)).toEqual(weights(parent))
    expect(finish(child).at(-1)).toMatchObject({ kind: 'done', step: 14 })
    expect(() =>
      openTraining({ config, text: `${text} Ω`, weights: parent.checkpoint() }, referenceExecutor()),
    ).toThrow(/vocabulary of/)
  })

  it('carries the state between windows: one window of 2T at learning rate 0 costs as much as two of T', () => {
    const losses = (window: number, stride: number, bptt: 'truncated' | 'online' = 'truncated') => {
      const config = configOf({
        data: { kind: 'text', validation: 0 },
        model: { cell: 'lstm', hidden: 6, embedding: 4 },
        train: { bptt, window, stride, batch: 1, steps: 0, epochs: 1 },
        optimizer: { name: 'sgd' },
        logging: { logEvery: 1, sampleEvery: 0 },
      })
      config.optimizer.lr = 0
      return finish(openTraining({ config, text: text.slice(0, 49) }, referenceExecutor())).flatMap((e) =>
        e.kind === 'metrics' && e.values['train/loss'] !== undefined ? [e.values['train/loss']] : [],
      )
    }
    const long = losses(24, 0)
    const half = losses(12, 0)
    expect(half).toHaveLength(4)
    expect((half[0]! + half[1]!) / 2).toBeCloseTo(long[0]!, 12)
    expect((half[2]! + half[3]!) / 2).toBeCloseTo(long[1]!, 12)
    // Strided and online windows predict each symbol once, from the same carried state.
    const single = losses(1, 0)
    const strided = losses(12, 4)
    expect(strided[0]).toBeCloseTo((single[8]! + single[9]! + single[10]! + single[11]!) / 4, 12)
    expect(strided[1]).toBeCloseTo((single[12]! + single[13]! + single[14]! + single[15]!) / 4, 12)
    expect(losses(5, 0, 'online')[3]).toBeCloseTo(single[7]!, 12)
  })
})
