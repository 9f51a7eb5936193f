// Claims on networks: AUCs against plain loops over the values that inspect.text shows, on pieces of a text and on lines in both directions; and at
// the validations of a training, which they leave as it is.
import { describe, expect, it } from 'vitest'
import { claimMetric, claimSchema, type Claim } from '../../../src-main/contract/claim.ts'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parsePredicate } from '../../../src-main/contract/predicate/parse.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { inspectText, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { testClaims } from '../../../src-main/engine/probes/claims/testClaims.ts'
import { claimLayout } from '../../../src-main/engine/probes/claims/claimText.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { predicateValues } from '../../../src-main/engine/probes/predicates/index.ts'
import { readText } from '../../../src-main/engine/probes/predicates/readText.ts'
import { validationExcerpt, validationLines } from '../../../src-main/engine/tasks/index.ts'
import { grouped } from '../../options.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const claimOf = (given: Partial<Claim>): Claim =>
  claimSchema.parse({ key: 'a', name: 'a', predicate: 'vowel', layer: 0, signal: 'c', ...given })

/** Values of all units at the symbols `from` .. `to` of a text that is read from `begin` on, (T, units), by another way. */
function valuesAt(
  network: TrainedModel,
  read: string,
  { layer, signal }: Claim,
  [begin, from, to]: readonly number[],
) {
  const { values, units } = inspectText(network, { text: read.slice(begin, to), layer, signal })
  return Array.from({ length: to! - from! }, (_, t) => [
    ...values.subarray((from! - begin! + t) * units, (from! - begin! + t + 1) * units),
  ])
}

/** The share of pairs in which the value with the label 1 is larger, ties counting half. */
function pairsInOrder(values: readonly number[], labels: ArrayLike<number>): number {
  let [order, pairs] = [0, 0]
  values.forEach((x, i) =>
    values.forEach((y, j) => {
      if (!labels[i] || labels[j]) return
      pairs++
      order += x > y ? 1 : x === y ? 0.5 : 0
    }),
  )
  return order / pairs
}

const labelsOf = (predicate: string, symbols: readonly string[]) =>
  predicateValues(
    parsePredicate(predicate),
    readText({ symbols, spaces: symbols.map(() => ''), words: false }),
  )

/** AUC by plain loops: of the unit, or of the best one of the first half on the second. */
function plainAuc(claim: Claim, values: readonly number[][], labels: ArrayLike<number>) {
  const column = (unit: number, from = 0, to = values.length) =>
    values.slice(from, to).map((row) => row[unit]!)
  const directed = (area: number, sign: number) => (sign > 0 ? area : 1 - area)
  if (claim.unit !== null)
    return { auc: directed(pairsInOrder(column(claim.unit), labels), claim.sign), unit: claim.unit }
  const cut = values.length >> 1
  const [first, second] = [Array.from(labels).slice(0, cut), Array.from(labels).slice(cut)]
  const ranks = values[0]!.map((_, unit) => pairsInOrder(column(unit, 0, cut), first))
  const unit = ranks.reduce(
    (best, rank, u) => (Math.abs(rank - 0.5) > Math.abs(ranks[best]! - 0.5) ? u : best),
    0,
  )
  const sign = ranks[unit]! >= 0.5 ? 1 : -1
  return { auc: directed(pairsInOrder(column(unit, cut), second), sign), unit, sign }
}

const targets: Partial<Claim>[] = [
  { unit: null },
  { unit: 3, sign: -1 },
  { layer: 1, signal: 'h', unit: null },
  { predicate: 'quote', layer: 1, unit: 0 },
]

describe('on a running text', () => {
  it.each(targets)('%j has the AUC of plain loops', (target) => {
    const claim = claimOf(target)
    const read = text.slice(0, 300)
    const { results, step } = testClaims(model, { claims: [claim], text: read })
    const skip = 30
    const expected = plainAuc(
      claim,
      valuesAt(model, read, claim, [0, skip, read.length]),
      labelsOf(claim.predicate, [...read]).subarray(skip),
    )
    expect(results[0]).toMatchObject({ unit: expected.unit, positions: read.length - skip, reason: null })
    expect(results[0]!.auc).toBeCloseTo(expected.auc, 4)
    expect(step).toBe(model.step)
  })

  it('is cut into pieces that are read side by side, each after the 128 symbols before it', () => {
    const read = text.repeat(4)
    const claim = claimOf({ predicate: 'quote', unit: 2 })
    const { results } = testClaims(model, { claims: [claim], text: read })
    const skip = 100
    const counted = read.length - skip
    const bounds = Array.from({ length: 9 }, (_, r) => skip + Math.floor((counted * r) / 8))
    const values = bounds.slice(0, -1).flatMap((start, r) => {
      const begin = r === 0 ? 0 : Math.max(0, start - 128)
      return valuesAt(model, read, claim, [begin, start, bounds[r + 1]!])
    })
    const expected = plainAuc(claim, values, labelsOf('quote', [...read]).subarray(skip))
    expect(results[0]!.positions).toBe(counted)
    expect(results[0]!.auc).toBeCloseTo(expected.auc, 4)
  })
})

describe('on lines', () => {
  const lines = Array.from(
    { length: 60 },
    (_, i) => `${i % 2 ? 'good' : 'bad'}\t${'abcde fgh'.slice(i % 3, 4 + (i % 6))}`,
  ).join('\n')
  it.each([{ bidirectional: true }, {}])(
    '%j: every symbol is counted once, each line from a zero state',
    (given) => {
      const model = { cell: 'lstm', hidden: 4, embedding: 3, ...given } as const
      const options = {
        task: 'sequence-classification',
        data: { validation: 0.5, unit: 'char' },
        model,
        ...grouped({ bptt: 'full', batch: 4, steps: 6, sampleEvery: 0, evalEvery: 0, gradientEvery: 0 }),
      }
      const network = openModel(trained(options, 6, lines), executor)
      const held = validationLines(lines, network.config, 8000)!
      const claim = claimOf({ predicate: 'vowel', unit: 1 })
      const { results } = testClaims(network, { claims: [claim], text: '', lines: () => held })
      const values = held.flatMap(({ source: { symbols } }) =>
        valuesAt(network, symbols.join(''), claim, [0, 0, symbols.length]),
      )
      const labels = held.flatMap(({ source: { symbols } }) => [...labelsOf('vowel', symbols)])
      expect(results[0]!.positions).toBe(values.length)
      expect(results[0]!.auc).toBeCloseTo(plainAuc(claim, values, labels).auc, 4)
    },
  )
})

describe('a claim that cannot be tested', () => {
  it.each([
    [{ layer: 2 }, /no layer 3; the network has 2 layers/],
    [{ signal: 'z' }, /the cell lstm has no signal z; it has .*c/],
    [{ unit: 6 }, /no unit 6; layer 1 has units 0 to 5/],
    [{ predicate: 'char("%")' }, /never holds in one half/],
    [{ predicate: 'position >= 0', unit: 0 }, /always holds/],
    [{ predicate: 'line_label("good")' }, /label/],
  ])('%j has a reason', (target, reason) => {
    const claims = [claimOf(target), claimOf({ key: 'b' })]
    const found = testClaims(model, { claims, text })
    expect(found.results[0]).toMatchObject({ auc: null, reason: expect.stringMatching(reason) as string })
    expect(found.results[1]!.auc).toBeGreaterThan(0)
  })
})

it('the pieces of a text cover every counted position once', () => {
  const network = { ...(model.network as Parameters<typeof claimLayout>[0]) }
  for (const length of [1, 10, 250, 1999, 8000]) {
    const { groups, skip, positions } = claimLayout(network, [new Int32Array(length)])
    const seen = groups
      .flat()
      .flatMap(({ start, end, at }) => Array.from({ length: end - start }, (_, i) => at + i))
    expect([length, seen.toSorted((a, b) => a - b)]).toEqual([
      length,
      Array.from({ length: positions }, (_, i) => i),
    ])
    expect(positions).toBe(length - skip)
  }
})

describe('while training', () => {
  const claims = [
    claimOf({ key: 'best', predicate: 'vowel' }),
    claimOf({ key: 'one', predicate: 'space', unit: 2 }),
    claimOf({ key: 'none', layer: 7 }),
  ]
  const options = (more: RunConfigInput): RunConfigInput => ({
    seed: 4,
    data: { validation: 0.3 },
    model: { cell: 'lstm', hidden: 6, embedding: 5 },
    ...grouped({
      window: 12,
      batch: 2,
      steps: 20,
      lr: 0.02,
      evalEvery: 10,
      sampleEvery: 5,
      gradientEvery: 5,
    }),
    ...more,
  })
  function run(more: RunConfigInput) {
    const config = parseConfig(options(more)) as RunConfig
    const training = openTraining({ config, text }, executor)
    const metrics = new Map<number, Record<string, number>>()
    for (const event of training.events())
      if (event.kind === 'metrics') metrics.set(event.step, { ...metrics.get(event.step), ...event.values })
    return {
      config,
      metrics,
      model: openModel(training.checkpoint(), executor),
      memory: training.memoryBytes,
    }
  }

  it('is measured at every validation, as on a checkpoint of that step, and leaves weights and losses as they are', () => {
    const [tested, plain] = [run({ claims }), run({})]
    expect([...tested.model.weights]).toEqual([...plain.model.weights])
    const names = [claimMetric('best'), claimMetric('best', 'unit'), claimMetric('one')]
    for (const [step, values] of tested.metrics) {
      const { [names[0]!]: best, [names[1]!]: unit, [names[2]!]: one, ...others } = values
      expect(others).toEqual(plain.metrics.get(step))
      expect([best, unit, one].map((value) => value !== undefined)).toEqual(Array(3).fill(step % 10 === 0))
    }
    const excerpt = validationExcerpt(text, tested.config, 0, 8000)!
    const { results } = testClaims(tested.model, { claims, text: excerpt.text })
    const last = tested.metrics.get(20)!
    expect(results.map(({ auc }) => auc)).toEqual([last[names[0]!], last[names[2]!], null])
    expect(results[0]!.unit).toBe(last[names[1]!])
  })

  it('is not tested where nothing is held out or no claim applies', () => {
    for (const more of [{ claims: [claims[2]!] }, { claims, data: { validation: 0 } }]) {
      const names = [...run(more).metrics.values()].flatMap((values) => Object.keys(values))
      expect(names.filter((name) => name.startsWith('claim/'))).toEqual([])
    }
  })
})
