// What trained networks answer to new texts: on the held-out lines the run's own answers; and which texts are refused.
import { describe, expect, it } from 'vitest'
import { openModel } from '../../../src-main/engine/index.ts'
import { applyToTexts } from '../../../src-main/engine/probes/applyToTexts.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { configOf, fastest, labelled, learn, pairs, tableOf, tagged } from '../examples/learnt.ts'

/** A run on lines, trained a little, with the table of its answers to the first held-out lines. */
function trained(task: string, text: string, data: object = {}, model: object = {}) {
  const train = { batch: 8, steps: 60, sampleEvery: 60 }
  const config = configOf({
    task,
    data: { validation: 0.3, ...data },
    model: { cell: 'lstm', hidden: 12, ...model },
    train,
    optimizer: { lr: 0.02 },
  } as never)
  const { events, training } = learn(config, text)
  return { model: openModel(training.checkpoint(), fastest), rows: tableOf(events).rows }
}
const heldOut = (text: string, count: number): string[] => {
  const lines = text.split('\n')
  return lines.slice(lines.length - Math.round(lines.length * 0.3)).slice(0, count)
}
const percent = (p: number) => `${Math.round(100 * p)} %`
const message = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return 'no error'
}

describe('new texts', () => {
  it('get the class of the run, with the probabilities of all classes, the largest first', () => {
    const { model, rows } = trained('sequence-classification', labelled, {}, { pooling: 'mean' })
    const texts = heldOut(labelled, rows.length).map((line) => line.split('\t')[1]!)
    const { answers, step } = applyToTexts(model, { texts })
    expect(step).toBe(60)
    const said = answers.map(({ answer }) => {
      if (answer.kind !== 'class') throw new Error(answer.kind)
      const [first, second] = answer.classes
      expect(first!.probability + second!.probability).toBeCloseTo(1, 6)
      expect(first!.probability).toBeGreaterThanOrEqual(second!.probability)
      return `${first!.name} (${percent(first!.probability)})`
    })
    expect(said).toEqual(rows.map(({ predicted }) => predicted))
    const [{ answer: one }] = applyToTexts(model, { texts: ['yes'], top: 1 }).answers as [(typeof answers)[0]]
    expect(one).toMatchObject({ kind: 'class', classes: [{ name: 'up' }] })
  })

  it('get a tag per symbol', () => {
    const { model, rows } = trained('sequence-labelling', tagged, {}, { bidirectional: true })
    const texts = heldOut(tagged, rows.length).map((line) => line.replaceAll(/\/\S+/g, ''))
    const { answers } = applyToTexts(model, { texts, top: 2 })
    const said = answers.map(({ answer, symbols }) => {
      if (answer.kind !== 'tags') throw new Error(answer.kind)
      expect(answer.tags).toHaveLength(symbols.length)
      expect(answer.tags.every((tags) => tags.length === 2)).toBe(true)
      return answer.tags.map(([tag]) => tag!.name).join(' ')
    })
    expect(said).toEqual(rows.map(({ predicted }) => predicted))
  })

  it('get the output text of greedy decoding, with the probability of each symbol', () => {
    const { model, rows } = trained('sequence-to-sequence', pairs, { unit: 'char' })
    const texts = heldOut(pairs, rows.length).map((line) => line.split('\t')[0]!)
    const { answers } = applyToTexts(model, { texts })
    answers.forEach(({ answer }, i) => {
      if (answer.kind !== 'text') throw new Error(answer.kind)
      const { predicted } = rows[i]!
      // The run's own decoder stops at its longest answer.
      if (predicted.endsWith(' …')) expect(answer.text.startsWith(predicted.slice(0, -2))).toBe(true)
      else expect([answer.text, answer.ended]).toEqual([predicted, true])
      const product = answer.symbols.reduce((sum, { logProbability }) => sum + logProbability, 0)
      expect(answer.logProbability).toBeLessThanOrEqual(product)
      expect(answer.symbols.every((one) => one.logProbability === Math.log(one.probability))).toBe(true)
    })
    expect(answers.some(({ answer }) => answer.kind === 'text' && answer.ended)).toBe(true)
  })

  it('get the outputs of a beam search with their alignments', () => {
    const options = { bidirectional: true, attention: 'additive' }
    const { model, rows } = trained('sequence-to-sequence', pairs, { unit: 'char' }, options)
    const texts = heldOut(pairs, rows.length).map((line) => line.split('\t')[0]!)
    const outputs = (given: object) =>
      applyToTexts(model, { texts, ...given }).answers.map(({ answer, symbols }) => {
        if (answer.kind !== 'text') throw new Error(answer.kind)
        return { ...answer, read: symbols }
      })
    const greedy = outputs({})
    outputs({ beam: 1, lengthPenalty: 0 }).forEach(({ text, logProbability, others, alignment }, i) => {
      expect([text, others]).toEqual([greedy[i]!.text, []])
      expect(logProbability).toBeCloseTo(greedy[i]!.logProbability, 4)
      expect(alignment).toEqual(greedy[i]!.alignment)
      expect(rows[i]!.alignment!.source).toEqual(greedy[i]!.read)
    })
    for (const [i, { alignment, symbols, read, logProbability, others }] of outputs({
      beam: 4,
      lengthPenalty: 0,
    }).entries()) {
      expect([alignment!.source, alignment!.output]).toEqual([read, symbols.map(({ name }) => name)])
      for (const row of alignment!.weights) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 1)
      if (greedy[i]!.ended) expect(logProbability).toBeGreaterThan(greedy[i]!.logProbability - 1e-4)
      const ranked = others!.filter(({ ended }) => ended).map((one) => one.logProbability)
      expect(ranked).toEqual(ranked.toSorted((a, b) => b - a))
      expect(others).toHaveLength(3)
    }
    expect(outputs({ alignments: false })[0]!.alignment).toBeUndefined()
  })

  it('are answered in any number and order as one by one', () => {
    const { model } = trained('sequence-labelling', tagged)
    const words = ['the', 'dog', 'ate', 'a', 'cat']
    const texts = Array.from({ length: 150 }, (_, i) =>
      Array.from({ length: 1 + ((i * 37) % 40) }, (_w, k) => words[(i + k) % 5]).join(' '),
    )
    const together = applyToTexts(model, { texts }).answers
    for (const i of [0, 1, 39, 77, 149]) {
      const [alone] = applyToTexts(model, { texts: [texts[i]!] }).answers
      expect(together[i]!.symbols).toEqual(texts[i]!.split(' '))
      const [a, b] = [together[i]!.answer, alone!.answer]
      if (a.kind !== 'tags' || b.kind !== 'tags') throw new Error(a.kind)
      a.tags.forEach(([tag], t) => {
        expect(tag!.name).toBe(b.tags[t]![0]!.name)
        expect(tag!.probability).toBeCloseTo(b.tags[t]![0]!.probability, 5)
      })
    }
  })

  it('are read as those of the run: lower case, truncation, unknown words', () => {
    const data = { lowercase: true, maxLength: 3, truncate: 'beginning', vocabulary: 3 }
    const { model } = trained('sequence-classification', labelled, data)
    const { answers } = applyToTexts(model, { texts: [' Never\tNO yes Maybe no ', 'YES'] })
    expect(answers).toMatchObject([
      { symbols: ['yes', 'maybe', 'no'], unknown: [1], omitted: 2 },
      { symbols: ['yes'], unknown: [], omitted: 0 },
    ])
  })

  it('are refused if they are empty, have unknown characters, or the task answers none', () => {
    const { model } = trained('sequence-to-sequence', pairs, { unit: 'char', maxLength: 7 })
    const failure = (texts: string[], of: TrainedModel = model) => message(() => applyToTexts(of, { texts }))
    expect(failure(['one', ' \t'])).toBe('texts.1: the text is empty. Leave it out.')
    expect(failure(['one', 'two', 'öne %'])).toMatch(/^texts\.2: the model has never seen "ö", "%"/)
    const { training } = learn(
      configOf({ data: { kind: 'series' }, train: { steps: 1 }, model: { hidden: 3 } } as never),
    )
    expect(failure(['one one%'])).toBe('no error')
    expect(message(() => applyToTexts(model, { texts: ['one'], lengthPenalty: 1 }))).toMatch(
      /^lengthPenalty: greedy/,
    )
    const tagger = trained('sequence-labelling', tagged).model
    expect(message(() => applyToTexts(tagger, { texts: ['the'], beam: 2 }))).toMatch(
      /^beam: .*no output texts/,
    )
    expect(failure(['1'], openModel(training.checkpoint(), fastest))).toMatch(
      /^id: the task of this run is .*, which answers no texts/,
    )
  })
})
