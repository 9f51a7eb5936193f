// The answers to all held-out texts, against the run's own metric and the answers to the same texts as new ones; pages, filters and refusals.
import { describe, expect, it } from 'vitest'
import { classScores } from '../../../src-main/contract/heldOutAnswers.ts'
import { openModel } from '../../../src-main/engine/index.ts'
import { applyToTexts } from '../../../src-main/engine/probes/applyToTexts.ts'
import { heldOutAnswers, type AnswerFilter } from '../../../src-main/engine/probes/heldOutAnswers.ts'
import { heldOutText } from '../../../src-main/engine/probes/heldOutTexts.ts'
import { configOf, fastest, labelled, learn, pairs, tagged } from '../examples/learnt.ts'

const every: AnswerFilter = {
  wrong: false,
  least: 0,
  most: 1,
  contains: '',
  order: 'number',
  offset: 0,
  limit: 1000,
}

/** A run that is trained too little to be right everywhere. */
function trained(task: string, text: string, data: object = {}) {
  const config = configOf({
    task,
    data: { validation: 0.4, ...data },
    model: { cell: 'lstm', hidden: 5 },
    train: { batch: 8, steps: 4, evalEvery: 4 },
    optimizer: { lr: 0.02 },
  } as never)
  const { training, last } = learn(config, text)
  const model = openModel(training.checkpoint(), fastest)
  const answers = (filter: Partial<AnswerFilter> = {}) =>
    heldOutAnswers(model, { ...every, ...filter, data: () => text })
  return {
    model,
    last,
    answers,
    example: (example: number) => heldOutText(model, { example, data: () => text }),
  }
}

describe('the answers to held-out texts', () => {
  const run = trained('sequence-classification', labelled)

  it('are those to the same texts as new ones, and their accuracy is the metric of the run', () => {
    const { model, last, answers, example } = run
    const all = answers()
    expect(all).toMatchObject({ examples: 18, answers: 18, matching: 18, of: 'texts', step: 4 })
    all.rows.forEach((row, i) => {
      expect(row).toMatchObject({ example: i, place: null, before: '', after: '' })
      expect(example(i)).toMatchObject({ text: row.text, expected: row.expected, example: i, examples: 18 })
      const [{ answer }] = applyToTexts(model, { texts: [row.text] }).answers as [never] as [
        { answer: { classes: { name: string; probability: number }[] } },
      ]
      const probabilityOf = (wanted: string) =>
        answer.classes.find(({ name }) => name === wanted)!.probability
      expect(row.answer).toBe(answer.classes[0]!.name)
      expect(row.probability).toBeCloseTo(probabilityOf(row.answer), 5)
      expect(row.expectedProbability).toBeCloseTo(probabilityOf(row.expected), 5)
    })
    expect(classScores(all.confusion).accuracy).toBeCloseTo(last['val/accuracy']!, 6)
  })

  it('are counted over all, and listed by filter, order and page', () => {
    const { answers } = run
    const all = answers()
    const [first] = all.rows as [(typeof all.rows)[0]]
    for (const filter of [
      { expected: 'up' },
      { answer: first.answer },
      { wrong: true },
      { contains: 'YES' },
      { example: 3 },
      { least: first.probability, most: first.probability },
    ]) {
      const { rows, matching, confusion } = answers(filter)
      const wanted = all.rows.filter(
        (row) =>
          row.expected === (filter.expected ?? row.expected) &&
          row.answer === (filter.answer ?? row.answer) &&
          (!filter.wrong || row.answer !== row.expected) &&
          row.text.includes(filter.contains?.toLowerCase() ?? '') &&
          row.example === (filter.example ?? row.example) &&
          row.probability >= (filter.least ?? 0) &&
          row.probability <= (filter.most ?? 1),
      )
      expect([rows, matching, confusion]).toEqual([wanted, wanted.length, all.confusion])
      expect(wanted.length).toBeGreaterThan(0)
    }
    const sure = answers({ order: 'most sure' }).rows.map(({ probability }) => probability)
    expect(sure).toEqual([...sure].sort((a, b) => b - a))
    expect(answers({ order: 'least sure' }).rows[0]!.probability).toBe(sure.at(-1))
    expect(answers({ offset: 4, limit: 3 }).rows).toEqual(all.rows.slice(4, 7))
  })

  it('of a tagger are one per symbol, with the symbols around it', () => {
    const { last, answers, example } = trained('sequence-labelling', tagged)
    const all = answers()
    const symbols = Array.from({ length: all.examples }, (_, i) => example(i).expected.split(' ')).flat()
    expect(all.of).toBe('symbols')
    expect(all.rows.map(({ text, expected }) => `${text}/${expected}`)).toEqual(symbols)
    const of = all.rows.filter((row) => row.example === 0)
    const words = of.map(({ text }) => text)
    of.forEach((row, place) => {
      const around = [words.slice(0, place).join(' '), words.slice(place + 1).join(' ')]
      expect([row.place, row.before, row.after]).toEqual([place, ...around])
    })
    expect(classScores(all.confusion).accuracy).toBeCloseTo(last['val/accuracy']!, 6)
    expect(answers({ contains: 'dog' }).rows.every(({ text }) => text === 'dog')).toBe(true)
  })

  it('are refused where an answer is a text, and beyond the last text', () => {
    const { answers, example } = trained('sequence-to-sequence', pairs, { unit: 'char' })
    expect(() => answers()).toThrow(
      /^id: the task of this run is sequence to sequence, whose answers are no classes/,
    )
    expect(example(0).expected).toMatch(/^[12]+$/)
    expect(() => example(16)).toThrow('example: there is no held-out text 16; the run has 16, from 0 on.')
  })
})
