// The networks of examples: padding changes nothing, gradients equal finite differences for every topology.
import { linesOf } from '../linesOf.ts'
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { cells } from '../../../src-main/engine/cells/index.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import type { Program } from '../../../src-main/engine/compile/program.ts'
import type { Length } from '../../../src-main/engine/tasks/examples/batches.ts'
import {
  answerSteps,
  stepsOf,
  type Example,
  type Problem,
} from '../../../src-main/engine/tasks/examples/example.ts'
import {
  problemOf as generated,
  type MemoryData,
} from '../../../src-main/engine/tasks/memoryProblem/index.ts'
import { readExamples } from '../../../src-main/engine/tasks/examples/lines.ts'
import { inputsFor, writeExamples } from '../../../src-main/engine/tasks/examples/feed.ts'
import { lossOf } from '../../../src-main/engine/tasks/examples/loss.ts'
import { weightedMean } from '../../../src-main/engine/nn/losses.ts'
import {
  exampleNetwork,
  lossFor,
  traceExamples,
  traceGreedy,
} from '../../../src-main/engine/tasks/examples/network.ts'
import { initialValues } from '../../../src-main/engine/nn/initialise.ts'
import type { Executable, Executor } from '../../../src-main/engine/run/executor.ts'
import { loadNative } from '../../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { checkGraph, expectClose, values } from '../check.ts'
import type { Feeds } from '../evaluate.ts'
import { grouped } from '../../options.ts'

const reference = referenceExecutor()
const native = loadNative()
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 5, ...given }) as RunConfig

/** Lines with texts of 1 to 5 words, so that every batch is padded. */
const labelled = 'x\ta b c\ny\tb\nx\tc c a b d\n'
const tagged = 'a/X b/Y c/X\nb/Y\nc/X d/Z a/X a/X\n'
const pairs = 'a b\tx y z\nc\ty\nb b a\tz\n'
const problemOf = (text: string, format: 'labelled' | 'tagged' | 'pairs') => {
  const { problem, train } = readExamples(text, linesOf({ kind: 'examples', format, validation: 0 }))
  return { problem, examples: train }
}

/** Inputs of a program as a writer would leave them. */
function feedsOf(program: Program, problem: Problem, examples: readonly Example[]): Feeds {
  const feeds: Record<string, ArrayLike<number>> = {}
  const stand = { program, write: (name: string, v: ArrayLike<number>) => (feeds[name] = v) }
  writeExamples(stand as unknown as Executable, problem, examples)
  return feeds as Feeds
}

interface Case {
  config: RunConfig
  problem: Problem
  examples: readonly Example[]
  length?: Length
  executor?: Executor
}

/** Loss, logits and gradients of examples side by side, padded to a length; weights as the seed gives them. */
function run({ config, problem, examples, length = problem.maxLength, executor = reference }: Case) {
  const network = exampleNetwork(config, problem)
  const weights = weightNodes(network)
  const inputs = inputsFor(problem, length, examples.length)
  const { logits } = traceExamples(network, problem, weights, inputs, false)
  const losses = lossOf(lossFor(config, problem), problem, logits, inputs.targets)
  const loss = weightedMean(losses, inputs.targets.given)
  const trained = [...weights].filter(([name]) => network.weights.get(name)!.role !== 'buffer')
  const gradients = grad(
    loss,
    trained.map(([, node]) => node),
  )
  const named = Object.fromEntries(gradients.map((g, i) => [`d ${trained[i]![0]}`, g]))
  const executable = executor.load(compile({ outputs: { loss, logits, ...named } }))
  let index = 0
  for (const [name, weight] of network.weights) {
    const first = initialValues(weight, 'default', 5, index++)
    if (executable.program.slots.has(name)) executable.write(name, first)
  }
  writeExamples(executable, problem, examples)
  executable.run({ seed: [1, 2], step: 0 })
  return {
    loss: executable.scalar('loss'),
    logits: executable.read('logits'),
    gradients: new Map(trained.map(([name]) => [name, executable.read(`d ${name}`)])),
  }
}

const exact = (problem: Problem, example: Example): Length => ({
  input: stepsOf(problem, example),
  answer: answerSteps(problem, example),
})

/** Each example alone without padding: the same logits, and together the same loss and gradients. */
function checkPadding(config: RunConfig, problem: Problem, examples: readonly Example[]): void {
  const length = { input: problem.maxLength.input + 2, answer: problem.maxLength.answer + 1 }
  const together = run({ config, problem, examples, length })
  const outputs =
    together.logits.length /
    examples.length /
    (problem.topology === 'one' ? 1 : problem.topology === 'pair' ? length.answer : length.input)
  const single = examples.map((example) =>
    run({ config, problem, examples: [example], length: exact(problem, example) }),
  )
  const counts = examples.map(
    (e) => Array.from(e.answer).filter((v) => v >= 0).length + (problem.topology === 'pair' ? 1 : 0),
  )
  const all = counts.reduce((a, b) => a + b)
  single.forEach(({ logits }, b) => {
    for (let t = 0; t * outputs < logits.length; t++) {
      const at = (t * examples.length + b) * outputs
      expectClose(
        together.logits.subarray(at, at + outputs),
        logits.subarray(t * outputs, (t + 1) * outputs),
        1e-10,
        `example ${b} step ${t}`,
      )
    }
  })
  const mean = single.reduce((sum, { loss }, b) => sum + (loss * counts[b]!) / all, 0)
  expect(together.loss).toBeCloseTo(mean, 10)
  for (const [name, gradient] of together.gradients) {
    const expected = gradient.map((_, i) =>
      single.reduce((sum, { gradients }, b) => sum + (gradients.get(name)![i]! * counts[b]!) / all, 0),
    )
    expectClose(gradient, expected, 1e-9, name)
  }
}

const train = { bptt: 'full' } as const
const small = { hidden: 4, embedding: 3 }

describe('padded = unpadded', () => {
  it.each(cells.map((cell) => [cell.id, cell] as const))(
    '%s, in both directions where it can',
    (id, cell) => {
      const bidirectional = !cell.coupled && !cell.outputFeedback
      const options: Record<string, number> = id === 'clockwork' ? { groups: 2 } : {}
      const { problem, examples } = problemOf(labelled, 'labelled')
      checkPadding(
        configOf({
          data: { kind: 'examples' },
          model: { cell: id, ...small, options, bidirectional },
          train,
        }),
        problem,
        examples,
      )
    },
  )
  it.each(['mean', 'max', 'attention'] as const)(
    '%s over two layers, and over both directions read in windows of two',
    (pooling) => {
      const { problem, examples } = problemOf(labelled, 'labelled')
      const model = { cell: 'gru', ...small, layers: 2, pooling }
      checkPadding(configOf({ data: { kind: 'examples' }, model, train }), problem, examples)
      const other = { cell: 'rnn', ...small, head: 3, bidirectional: true, subsample: 2, pooling }
      checkPadding(configOf({ data: { kind: 'examples' }, model: other, train }), problem, examples)
    },
  )
  it.each([false, true])('tags and pairs, bidirectional %s', (bidirectional) => {
    for (const [text, format] of [
      [tagged, 'tagged'],
      [pairs, 'pairs'],
    ] as const) {
      const { problem, examples } = problemOf(text, format)
      const model = { cell: 'lstm', ...small, layers: 2, bidirectional }
      checkPadding(configOf({ data: { kind: 'examples', format }, model, train }), problem, examples)
    }
  })
})

const topologies: [string, RunConfigInput, string | null][] = [
  ['many to one, attention, both directions', { data: { kind: 'examples' }, model: { cell: 'rnn', hidden: 2, embedding: 2, pooling: 'attention', bidirectional: true } }, labelled],
  ['many to one, mean squares of classes', { data: { kind: 'examples' }, model: { cell: 'rnn', hidden: 3, embedding: 2, pooling: 'mean' }, train: { loss: 'mse' } }, labelled],
  ['many to one, largest, each class by itself', { data: { kind: 'examples' }, model: { cell: 'rnn', hidden: 3, input: 'onehot', pooling: 'max' }, train: { loss: 'binary' } }, labelled],
  ['tags, half squares', { data: { kind: 'examples', format: 'tagged' }, model: { cell: 'rnn', hidden: 2, embedding: 2, bidirectional: true }, train: { loss: 'sse' } }, tagged],
  ['pairs, a learnt bridge', { data: { kind: 'examples', format: 'pairs' }, model: { cell: 'rnn', hidden: 2, embedding: 2, bidirectional: true } }, pairs],
  ['pairs, states handed over', { data: { kind: 'examples', format: 'pairs' }, model: { cell: 'lstm', hidden: 2, input: 'onehot' } }, pairs],
  ['a sum', { data: { kind: 'memory', problem: 'adding', length: 5 }, model: { cell: 'lstm', hidden: 3 } }, null],
  ['a yes or no', { data: { kind: 'memory', problem: 'parity', length: 4 }, model: { cell: 'gru', hidden: 3, input: 'onehot' } }, null],
  ['values and where to stop', { data: { kind: 'memory', problem: 'count', length: 4 }, model: { cell: 'lstm', hidden: 3 } }, null],
] // prettier-ignore

describe.each(topologies)('%s', (_, given, text) => {
  const config = configOf({ ...given, ...grouped({ ...train, ...given.train }) })
  const { data } = config
  const source = () => {
    const { format = 'labelled' } = given.data as { format?: 'labelled' | 'tagged' | 'pairs' }
    if (text !== null) return problemOf(text, format)
    const task = generated(data as MemoryData)
    let n = 0
    const random = {
      uniform: () => ((n += 7) % 11) / 11,
      below: (k: number) => (n += 3) % k,
      normal: () => 0,
    }
    return { problem: task as Problem, examples: [0, 1, 2].map(() => task.draw(random)) }
  }

  it('has gradients that equal finite differences', () => {
    const { problem, examples } = source()
    const network = exampleNetwork(config, problem)
    const weights = weightNodes(network)
    const inputs = inputsFor(problem, problem.maxLength, examples.length)
    const { logits } = traceExamples(network, problem, weights, inputs, false)
    const loss = weightedMean(
      lossOf(lossFor(config, problem), problem, logits, inputs.targets),
      inputs.targets.given,
    )
    const feeds = { ...feedsOf(compile({ outputs: { loss } }), problem, examples) }
    let salt = 1
    for (const [name, { shape }] of network.weights) feeds[name] = values(shape, salt++)
    const wrt = [...weights.values()]
    checkGraph(loss, wrt, feeds as Feeds)
  })

  it.skipIf('unavailable' in native)('runs natively as in the reference', () => {
    const { problem, examples } = source()
    const [exactly, fast] = [reference, native as Executor].map((executor) =>
      run({ config, problem, examples, executor }),
    )
    expect(fast!.loss).toBeCloseTo(exactly!.loss, 5)
    for (const [name, gradient] of exactly!.gradients)
      expectClose(fast!.gradients.get(name)!, gradient, 1e-5, name)
  })
})

describe('a decoder by itself', () => {
  it('goes on from its own likeliest symbols: greedy outputs are those it would be taught with', () => {
    const { problem, examples } = problemOf(pairs, 'pairs')
    const config = configOf({
      data: { kind: 'examples', format: 'pairs' },
      model: { cell: 'lstm', ...small, bidirectional: true },
      train,
    })
    const network = exampleNetwork(config, problem)
    const weights = weightNodes(network)
    const length = { input: problem.maxLength.input, answer: 6 }
    const { x, mask } = inputsFor(problem, length, examples.length)
    const executable = reference.load(
      compile({
        outputs: { logits: traceGreedy(network, weights, { x, mask, steps: 6, unknown: -1 }).logits },
      }),
    )
    let index = 0
    const first = new Map(
      [...network.weights].map(([name, w]) => [name, initialValues(w, 'xavier', 9, index++)]),
    )
    for (const [name, v] of first) if (executable.program.slots.has(name)) executable.write(name, v)
    writeExamples(executable, problem, examples)
    executable.run({ seed: [1, 2], step: 0 })
    const greedy = executable.read('logits')
    const size = greedy.length / 6 / examples.length
    const said = (t: number, b: number): number => {
      const row = Array.from(
        greedy.subarray((t * examples.length + b) * size, (t * examples.length + b + 1) * size),
      )
      return row.indexOf(Math.max(...row))
    }
    const taught = examples.map(({ input: from }, b) => ({
      input: from,
      answer: [0, 1, 2, 3, 4].map((t) => said(t, b)),
    }))
    const inputs = inputsFor(problem, length, examples.length)
    const again = reference.load(
      compile({ outputs: { logits: traceExamples(network, problem, weights, inputs, false).logits } }),
    )
    for (const [name, v] of first) if (again.program.slots.has(name)) again.write(name, v)
    writeExamples(again, problem, taught)
    again.run({ seed: [1, 2], step: 0 })
    expectClose(greedy, again.read('logits'), 1e-10)
  })
})
