// Attention in the encoder-decoder against PyTorch (test/fixtures/attention.json, written by scripts/oracle/attention.py in f64), and the
// search for outputs: greedy and beam.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { cells } from '../../../src-main/engine/cells/index.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import { beamPaths } from '../../../src-main/engine/nn/beam.ts'
import { initialValues } from '../../../src-main/engine/nn/initialise.ts'
import { weightedMean } from '../../../src-main/engine/nn/losses.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import type { Executable, Executor } from '../../../src-main/engine/run/executor.ts'
import { loadNative } from '../../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import type { Example, Problem } from '../../../src-main/engine/tasks/examples/example.ts'
import { inputsFor, writeExamples } from '../../../src-main/engine/tasks/examples/feed.ts'
import { lineProblem } from '../../../src-main/engine/tasks/examples/lines.ts'
import type { LinesData } from '../../../src-main/engine/tasks/examples/linesData.ts'
import { lossOf } from '../../../src-main/engine/tasks/examples/loss.ts'
import { exampleNetwork, traceBeam, traceExamples, traceGreedy } from '../../../src-main/engine/tasks/examples/network.ts' // prettier-ignore
import { pairLines } from '../../../src-main/engine/formats/pairLines.ts'
import { expectClose } from '../check.ts'

interface Numbers {
  shape: number[]
  data: number[]
}
interface Case {
  kind: 'additive' | 'multiplicative'
  weights: Record<string, Numbers>
  gradients: Record<string, Numbers>
  alignments: Numbers[]
  loss: number
}
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/attention.json', import.meta.url), 'utf8'),
) as { sources: number[][]; answers: number[][]; cases: Case[] }

const native = loadNative()
const executors: [string, Executor, number][] = [['reference', referenceExecutor(), 1e-10]]
if (!('unavailable' in native)) executors.push(['native', native, 1e-5])

const names = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`)
const problem: Problem = lineProblem({ format: pairLines, unit: 'word' } as LinesData, names(5), names(3), {
  input: 4,
  answer: 3,
})
/** Without the end token, which the feed adds. */
const examples: Example[] = fixture.sources.map((input, i) => ({
  input,
  answer: fixture.answers[i]!.slice(0, -1),
}))
const networkFor = (model: RunConfig['model'] | object) =>
  exampleNetwork(
    parseConfig({
      seed: 1,
      data: { kind: 'examples', format: 'pairs' },
      model: { cell: 'gru', hidden: 4, embedding: 3, ...model },
      train: { bptt: 'full' },
    }) as RunConfig,
    problem,
  )

describe.each(fixture.cases)('$kind attention', ({ kind, weights: given, gradients, alignments, loss }) => {
  it.each(executors)('is that of PyTorch: %s', (_, executor, near) => {
    const network = networkFor({ bidirectional: true, attention: kind })
    const weights = weightNodes(network)
    expect([...weights.keys()].sort()).toEqual(Object.keys(given).sort())
    const inputs = inputsFor(problem, { input: 6, answer: 4 }, 2)
    const outputs = traceExamples(network, problem, weights, inputs, false)
    const mean = weightedMean(
      lossOf('crossentropy', problem, outputs.logits, inputs.targets),
      inputs.targets.given,
    )
    const own = [...weights]
    const found = grad(mean, own.map(([, node]) => node)) // prettier-ignore
    const executable = executor.load(
      compile({
        outputs: {
          loss: mean,
          alignments: outputs.traces[1]!.trace.alignments!,
          ...Object.fromEntries(own.map(([name], i) => [`d ${name}`, found[i]!])),
        },
      }),
    )
    for (const [name, { data }] of Object.entries(given)) executable.write(name, data)
    writeExamples(executable, problem, examples)
    executable.run({ seed: [1, 2], step: 0 })
    expect(Math.abs(executable.scalar('loss') - loss)).toBeLessThan(near)
    for (const [name, { data }] of Object.entries(gradients))
      expectClose(executable.read(`d ${name}`), data, near, name)
    const shares = executable.read('alignments')
    alignments.forEach(({ shape: [steps, symbols], data }, b) => {
      for (let t = 0; t < steps!; t++)
        for (let s = 0; s < 6; s++)
          expect(shares[(t * 6 + s) * 2 + b]).toBeCloseTo(s < symbols! ? data[t * symbols! + s]! : 0, 5)
    })
  })
})

/** Programs of a network with the same random weights. */
function programsOf(network: ReturnType<typeof networkFor>, executor: Executor) {
  const values = new Map(
    [...network.weights].map(([name, w], i) => [name, initialValues(w, 'xavier', 9, i).map((v) => 3 * v)]),
  )
  return (outputs: Parameters<typeof compile>[0]['outputs'], feed: readonly Example[]): Executable => {
    const executable = executor.load(compile({ outputs }))
    for (const [name, v] of values) if (executable.program.slots.has(name)) executable.write(name, v)
    writeExamples(executable, problem, feed)
    executable.run({ seed: [1, 2], step: 0 })
    return executable
  }
}

const end = 3
const steps = 4

describe.each(['none', 'additive', 'multiplicative'] as const)('decoding with attention %s', (attention) => {
  const network = networkFor({ bidirectional: true, attention, layers: 2, hiddenReadout: 3 })
  const weights = weightNodes(network)
  const executor = executors.at(-1)![1]
  const run = programsOf(network, executor)
  const unknown = 1

  /** log p of an output with its end token if it has one, by teacher forcing. */
  function logProbability(input: ArrayLike<number>, ids: readonly number[]): number {
    const inputs = inputsFor(problem, { input: 4, answer: steps }, 1)
    const { logits } = traceExamples(network, problem, weights, inputs, false)
    const read = run({ logits }, [{ input, answer: ids.filter((id) => id !== end) }]).read('logits')
    return ids.reduce((sum, id, t) => {
      const row = Array.from(read.subarray(t * 4, t * 4 + 4), (z, o) => (o === unknown ? 0 : Math.exp(z)))
      return sum + Math.log(row[id]! / row.reduce((a, b) => a + b))
    }, 0)
  }

  function search(width: number, lengthPenalty: number) {
    const { x, mask } = inputsFor(problem, { input: 4, answer: steps }, 2)
    const { alignments: _, ...outputs } = traceBeam(
      network,
      weights,
      { x, mask, steps, unknown },
      { width, lengthPenalty },
    )
    const executable = run(outputs, examples)
    const read = (name: string) => executable.read(name)
    const record = {
      columns: 2 * width,
      symbols: read('symbols'),
      parents: read('parents'),
      totals: read('totals'),
    }
    return examples.map((_one, b) => beamPaths(record, { width, lengthPenalty }, b, end))
  }

  it('a beam of 1 is greedy decoding', () => {
    const { x, mask } = inputsFor(problem, { input: 4, answer: steps }, 2)
    const { logits } = traceGreedy(network, weights, { x, mask, steps, unknown })
    const read = run({ logits }, examples).read('logits')
    search(1, 0).forEach(([path], b) => {
      const greedy = Array.from({ length: steps }, (_, t) => {
        const row = Array.from(read.subarray((t * 2 + b) * 4, (t * 2 + b) * 4 + 4))
        return row.indexOf(Math.max(...row))
      })
      expect(path!.ids).toEqual(greedy.slice(0, path!.ids.length))
      expect(path!.ids).not.toContain(unknown)
    })
  })

  it.each([0, 1.5])('a beam as wide as all outputs finds the best one, length penalty %s', (alpha) => {
    const symbols = [0, 2]
    const outputs = (length: number): number[][] =>
      length === 0 ? [[]] : outputs(length - 1).flatMap((head) => symbols.map((id) => [...head, id]))
    const all = [0, 1, 2, 3].flatMap((n) => outputs(n).map((ids) => [...ids, end]))
    const found = search(16, alpha)
    examples.forEach(({ input }, b) => {
      const scored = all.map((ids) => ({
        ids,
        score: logProbability(input, ids) / ((5 + ids.length) / 6) ** alpha,
      }))
      const best = scored.reduce((a, one) => (one.score > a.score ? one : a))
      const [path] = found[b]!
      expect(path!.ids).toEqual(best.ids)
      expect(path!.score).toBeCloseTo(best.score, 4)
      const total = path!.logProbabilities.reduce((sum, p) => sum + p, 0)
      expect(total).toBeCloseTo(logProbability(input, path!.ids), 4)
    })
  })
})

describe('any cell', () => {
  const takes = cells.filter(({ outputFeedback }) => !outputFeedback)
  it.each(takes.map(({ id }) => id))('%s reads its greedy outputs as it would be taught them', (cell) => {
    for (const attention of ['additive', 'multiplicative'] as const) {
      const options: Record<string, number> = cell === 'clockwork' ? { groups: 2 } : {}
      const make = () => networkFor({ cell, attention, layers: 2, options })
      if (cell === 'feedforward' && attention === 'additive') {
        expect(make).toThrow(/no state/)
        continue
      }
      const network = make()
      const weights = weightNodes(network)
      const run = programsOf(network, executors.at(-1)![1])
      const { x, mask } = inputsFor(problem, { input: 4, answer: steps }, 2)
      const greedy = traceGreedy(network, weights, { x, mask, steps, unknown: -1 })
      const { logits } = greedy
      const program = run({ logits, alignments: greedy.alignments! }, examples)
      const [first, shares] = [program.read('logits'), program.read('alignments')]
      const said = (b: number) =>
        Array.from({ length: steps - 1 }, (_, t) => {
          const row = Array.from(first.subarray((t * 2 + b) * 4, (t * 2 + b) * 4 + 4))
          return row.indexOf(Math.max(...row))
        })
      const taught = examples.map(({ input }, b) => ({ input, answer: said(b) }))
      const inputs = inputsFor(problem, { input: 4, answer: steps }, 2)
      const again = traceExamples(network, problem, weights, inputs, false)
      const second = run({ logits: again.logits, alignments: again.traces[1]!.trace.alignments! }, taught)
      expectClose(second.read('logits'), first, 1e-4, `${attention} logits`)
      expectClose(second.read('alignments'), shares, 1e-4, `${attention} alignments`)
    }
  })
})
