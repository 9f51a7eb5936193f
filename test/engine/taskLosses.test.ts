// The choice of a loss for texts, binary addition and series: what is learnt is the formula over the task's outputs, weighted where that is
// asked for; what is written afterwards follows the probabilities; what does not fit is refused.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import type { Task } from '../../src-main/engine/training/task.ts'
import { input, sum } from '../../src-main/engine/graph/ops.ts'
import { chooseExecutor, openModel, openTraining, sampleText } from '../../src-main/engine/index.ts'
import { bitLosses, classLosses, logSigmoid } from '../../src-main/engine/nn/losses.ts'
import type { Executable } from '../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { checkGraph, expectClose, runCompiled, values } from './check.ts'
import { grouped } from '../options.ts'

const reference = referenceExecutor()
const fastest = chooseExecutor('auto', 1).executor
const names = ['crossentropy', 'binary', 'mse', 'sse'] as const
type Name = (typeof names)[number]
const s = (z: number) => 1 / (1 + Math.exp(-z))
const total = (list: ArrayLike<number>) => Array.from(list).reduce((a, b) => a + b, 0)

/** Loss of one row of outputs against a class, or against none (-1). */
function rowLoss(name: Name, row: number[], id: number): number {
  if (name === 'crossentropy') return Math.log(total(row.map(Math.exp))) - row[id]!
  return total(row.map((z, k) => bitLoss(name, z, Number(k === id))))
}
function bitLoss(name: Name, z: number, y: number): number {
  if (name === 'binary') return -y * Math.log(s(z)) - (1 - y) * Math.log(1 - s(z))
  return (name === 'mse' ? 1 : 0.5) * (s(z) - y) ** 2
}
const rows = (flat: ArrayLike<number>, width: number) =>
  Array.from({ length: flat.length / width }, (_, r) => Array.from(flat).slice(r * width, (r + 1) * width))

describe('losses of classes and of yes or no', () => {
  const [z, ids, bits] = [input('z', [3, 4]), input('ids', [3]), input('bits', [3, 4])]
  const feeds = { z: values([3, 4], 2), ids: [2, 0, 3], bits: [1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0] }
  it.each(names)('%s is its formula, and its gradient the slope', (name) => {
    const got = runCompiled({ losses: classLosses(name, z, ids) }, feeds).losses!
    expectClose(
      got,
      rows(feeds.z, 4).map((row, r) => rowLoss(name, row, feeds.ids[r]!)),
      1e-12,
    )
    checkGraph(sum(classLosses(name, z, ids)), [z], feeds)
    if (name === 'crossentropy') return
    const each = runCompiled({ losses: bitLosses(name, z, bits) }, feeds).losses!
    expectClose(
      each,
      Array.from(feeds.z, (v, i) => bitLoss(name, v, feeds.bits[i]!)),
      1e-12,
    )
  })
  it('log s(z) holds far from 0', () => {
    const far = input('far', [4])
    const given = { far: [-800, -1, 2, 800] }
    expectClose(
      runCompiled({ y: logSigmoid(far) }, given).y!,
      [-800, Math.log(s(-1)), Math.log(s(2)), 0],
      1e-12,
    )
    checkGraph(sum(logSigmoid(far)), [far], given)
  })
})

const text = 'the cat sat on the mat and the dog sat on the cat; '.repeat(8)
const configOf = ({ data, model, train, ...groups }: RunConfigInput): RunConfig =>
  parseConfig({
    seed: 3,
    data: data ?? { kind: 'text', validation: 0.2 },
    model: { cell: 'gru', hidden: 5, embedding: 3, ...model },
    ...grouped({ window: 7, batch: 3, steps: 4, sampleEvery: 0, ...train }),
    ...groups,
  }) as RunConfig

/** The graph of a training step, or of a validation pass, run once with weights of fixed values. */
function once(task: Task, validation = false): Executable {
  const weights = weightNodes(task.network)
  const made = validation ? task.evaluation!.graph(weights) : task.graph(weights)
  const outputs = 'loss' in made ? { loss: made.loss, z: made.outputs![0]! } : made.outputs
  const executable = reference.load(compile({ outputs }))
  ;[...weights].forEach(([name, { shape }], i) => executable.write(name, values(shape, i + 2)))
  if (validation) task.evaluation!.feed(executable, 0)
  else task.feed(executable, 0)
  executable.run({ seed: [1, 2], step: 0 })
  return executable
}
const logit = (y: number) => Math.log(y / (1 - y))
/** What the task says that its loss is a function of: outputs before squashing, but for squares. */
const logitsOf = (name: Name, executable: Executable) =>
  Array.from(executable.read('z'), (v) => (name === 'mse' || name === 'sse' ? logit(v) : v))

describe.each(['truncated', 'windows'] as const)('texts read %s', (bptt) => {
  it.each(names)('%s is the mean over what is asked, or weighted by how rare a symbol is', (loss) => {
    for (const labelWeights of ['none', 'balanced'] as const) {
      const config = configOf({ train: { bptt, loss, classWeights: labelWeights } })
      const task = taskOf(config, text)
      const executable = once(task)
      const symbols = task.vocabulary.length
      const ids = Array.from(executable.read('targets'))
      const losses = rows(logitsOf(loss, executable), symbols).map((row, r) => rowLoss(loss, row, ids[r]!))
      const train = text.slice(0, task.symbols.train)
      const counts = task.vocabulary.map((symbol) => train.split(symbol).length - 1)
      const present = counts.filter((n) => n > 0).length
      const w = ids.map((id) => (labelWeights === 'none' ? 1 : train.length / (present * counts[id]!)))
      const mean = total(losses.map((l, i) => l * w[i]!)) / total(w)
      expect(executable.scalar('loss'), labelWeights).toBeCloseTo(mean, 9)
    }
  })
  it('validation tells the loss, and bits by the share of the right symbol among all', () => {
    const task = taskOf(configOf({ train: { bptt, loss: 'mse', classWeights: 'balanced' } }), text)
    const plain = taskOf(configOf({ train: { bptt, loss: 'binary' } }), text)
    const [a, b] = [task, plain].map((t) => {
      const run = once(t, true)
      return { nats: run.scalar('nats'), loss: run.scalar('loss'), count: run.scalar('count') }
    })
    expect(a!.nats).toBeCloseTo(b!.nats, 9)
    expect(a!.loss).not.toBeCloseTo(b!.loss, 3)
    expect(task.evaluation!.metrics(a!)).toMatchObject({
      'val/loss': a!.loss / a!.count,
      'val/bpc': a!.nats / a!.count / Math.LN2,
    })
  })
})

describe('what is written afterwards', () => {
  it.each(['binary', 'mse', 'crossentropy'] as const)('%s: follows what the text says', (loss) => {
    // After a: b three times in four, else c; after b and c always a.
    const text = Array.from({ length: 1200 }, (_, i) => ((i * 7) % 4 === 0 ? 'ac' : 'ab')).join('')
    const config = configOf({
      data: { kind: 'text', validation: 0 },
      model: { cell: 'feedforward', hidden: 6 },
      train: { bptt: 'windows', window: 1, batch: 64, steps: 250, loss },
      optimizer: { lr: 0.05 },
    })
    const training = openTraining({ config, text }, fastest)
    for (const event of training.events()) void event
    const model = openModel(training.checkpoint(), fastest)
    const options = { prime: 'a', length: 1, temperature: 1, topK: 0, topP: 1, seed: 1 }
    const { alternatives } = [...sampleText(model, options)][0]!
    const p = Object.fromEntries(alternatives.map(({ text: symbol, probability }) => [symbol, probability]))
    expect(total(Object.values(p))).toBeCloseTo(1, 5)
    expect(p.b).toBeGreaterThan(0.69)
    expect(p.b).toBeLessThan(0.81)
  })
})

describe('binary addition and series', () => {
  const tasks: [string, RunConfigInput, number][] = [
    ['addition', { data: { kind: 'addition', bits: 3 }, model: { cell: 'elman' }, train: { bptt: 'full' } }, 1],
    ['series', { data: { kind: 'series', series: 2 }, model: { cell: 'elman', input: 'onehot' }, train: { bptt: 'full', batch: 1 } }, 4],
  ] // prettier-ignore
  it.each(tasks)('%s: half squares are added up, the others are means', (kind, given, width) => {
    for (const loss of ['auto', 'sse', 'binary', 'mse'] as const) {
      const config = configOf({ ...given, train: { ...given.train, loss } })
      const task = taskOf(config, '')
      const name = loss === 'auto' ? 'sse' : loss
      const weights = weightNodes(task.network)
      const { loss: node, outputs } = task.graph(weights)
      const executable = reference.load(compile({ outputs: { loss: node, z: outputs![0]! } }))
      ;[...weights].forEach(([w, { shape }], i) => executable.write(w, values(shape, i + 2)))
      task.prepare?.(executable)
      task.feed(executable, 0)
      executable.run({ seed: [1, 2], step: 0 })
      const answers = Array.from(executable.read('answers'))
      const losses = rows(logitsOf(name, executable), width).map((row, r) =>
        width === 1 ? bitLoss(name, row[0]!, answers[r]!) : rowLoss(name, row, answers[r]!),
      )
      const share = name === 'sse' ? 1 / config.train.batch : 1 / losses.length
      expect(executable.scalar('loss'), `${kind} ${loss}`).toBeCloseTo(total(losses) * share, 9)
    }
  })
  const refusals: [string, RunConfigInput, RegExp][] = [
    ['sums are no classes', { data: { kind: 'addition' }, train: { bptt: 'full', loss: 'crossentropy' } }, /train.loss: .* yes or no; take binary/],
    ['some answers of a series are none', { data: { kind: 'series' }, train: { batch: 1, bptt: 'full', loss: 'crossentropy' } }, /train.loss: some steps/],
    ["Elman's rule is made of half squares", { data: { kind: 'series' }, train: { batch: 1, bptt: 'online', loss: 'mse' }, optimizer: { clipNorm: 0, name: 'sgd' } }, /train.loss: the online rule/],
    ['pictures', { data: { kind: 'image' }, model: { cell: 'md-lstm' }, train: { bptt: 'full', loss: 'mse' } }, /train.loss: the loss of images .* take "auto" or "crossentropy"/],
    ['labels of what is generated', { data: { kind: 'addition' }, train: { bptt: 'full', classWeights: 'balanced' } }, /train.classWeights: generated/],
    ['buckets of a text', { train: { buckets: 3 } }, /train.buckets: only tasks on whole sequences/],
  ] // prettier-ignore
  it.each(refusals)('refuses what does not fit: %s', (_, given, message) => {
    expect(() => taskOf(configOf(given), text)).toThrow(message)
  })
})
