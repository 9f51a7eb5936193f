// Finding units of a run on lines: every held-out line is read from a zero state, with its label or tags.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import {
  builtinText,
  findUnits,
  inspectText,
  openModel,
  openTraining,
} from '../../../src-main/engine/index.ts'
import { validationLines } from '../../../src-main/engine/tasks/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { areaUnderCurve, rankValues } from './exactSeparation.ts'

const executor = referenceExecutor()

function trainedOnLines(given: RunConfigInput & { data: { dataset: string } }, steps: number) {
  const config = parseConfig({
    seed: 2,
    train: { steps, batch: 16, bptt: 'full' },
    optimizer: { lr: 0.02 },
    logging: { sampleEvery: 0, evalEvery: 0 },
    ...given,
  }) as RunConfig
  const text = builtinText(given.data.dataset)!
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) void event
  const model = openModel(training.checkpoint(), executor)
  return { model, lines: (length: number) => validationLines(text, config, length)! }
}

const reviews = trainedOnLines(
  {
    task: 'sequence-classification',
    data: { dataset: 'reviews' },
    model: { cell: 'lstm', hidden: 4, layers: 1, input: 'embedding', embedding: 4 },
  },
  20,
)
const tags = trainedOnLines(
  {
    task: 'sequence-labelling',
    data: { dataset: 'sentences' },
    model: { cell: 'gru', hidden: 3, layers: 1, input: 'embedding', embedding: 4, bidirectional: true },
  },
  20,
)

/** The score that exact ranks give a unit, whose values are read line by line. */
function exactScore(
  { model, lines }: typeof reviews,
  length: number,
  { layer, signal, unit, sign }: { layer: number; signal: string; unit: number; sign: number },
  labels: Uint8Array,
): number {
  const values = lines(length).flatMap(({ source }) => {
    const text = source.symbols.map((symbol, i) => source.spaces[i]! + symbol).join('')
    const seen = inspectText(model, { text, layer, signal })
    return [...seen.values.filter((_, i) => i % seen.units === unit)]
  })
  expect(values).toHaveLength(labels.length)
  const middle = Math.floor(values.length / 2)
  const auc = areaUnderCurve(rankValues(Float32Array.from(values.slice(middle))), labels.subarray(middle))
  return sign > 0 ? auc : 1 - auc
}

describe('finding units of a run on lines', () => {
  it('knows the label of each line', () => {
    const lines = reviews.lines(800)
    const names = [...new Set(lines.map(({ label }) => label!))]
    expect(names.length).toBeGreaterThan(1)
    const found = findUnits(reviews.model, {
      text: 'x',
      lines: () => lines,
      predicate: `line_label("${names[0]}")`,
      signals: ['h', 'c'],
      top: 8,
    })
    if (found.kind !== 'boolean') throw new Error('not labels')
    const labels = Uint8Array.from(
      lines.flatMap(({ source, label }) => source.symbols.map(() => Number(label === names[0]))),
    )
    expect(found.positions).toBe(labels.length)
    expect(found.positions).toBeLessThanOrEqual(800)
    expect(found.positives).toBe(labels.reduce((sum, label) => sum + label, 0))
    for (const score of found.scores)
      expect(Math.abs(score.auc - exactScore(reviews, 800, score, labels))).toBeLessThan(2e-3)
    expect(found.scores).toHaveLength(8)
    expect(() =>
      findUnits(reviews.model, { text: 'x', lines: () => lines, predicate: 'line_label("nosuch")', top: 3 }),
    ).toThrow(/line_label: no line has "nosuch"; there are "/)
  })

  it('knows the tag of each word, in a network that reads both ways', () => {
    const lines = tags.lines(500)
    const tag = lines[0]!.tags![0]!
    const found = findUnits(tags.model, {
      text: 'x',
      lines: () => lines,
      predicate: `tag("${tag}")`,
      top: 100,
    })
    if (found.kind !== 'boolean') throw new Error('not labels')
    const labels = Uint8Array.from(lines.flatMap((line) => line.tags!.map((one) => Number(one === tag))))
    expect(found.positions).toBe(labels.length)
    expect(new Set(found.scores.map(({ unit }) => unit)).size).toBe(6)
    for (const score of found.scores.slice(0, 8))
      expect(Math.abs(score.auc - exactScore(tags, 500, score, labels))).toBeLessThan(2e-3)
    expect(found.scores[0]!.auc).toBeGreaterThan(0.9)
  })

  it('counts positions, words and quotations within each line', () => {
    const lines = tags.lines(300)
    const found = findUnits(tags.model, { text: 'x', lines: () => lines, predicate: 'position = 0', top: 3 })
    expect(found).toMatchObject({ kind: 'boolean', positives: lines.length })
  })

  it('reads at least one line, and whole lines only', () => {
    expect(tags.lines(1)).toHaveLength(1)
    const some = tags.lines(100)
    expect(some.reduce((sum, { source }) => sum + source.symbols.length, 0)).toBeLessThanOrEqual(100)
    expect(tags.lines(1e9).length).toBeGreaterThan(some.length)
  })
})
