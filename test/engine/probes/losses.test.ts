// Where the loss is: the n-gram model against counts by plain loops, error classes on a hand-made text, and rows that sum to the whole.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { peelErrors, wordCounts } from '../../../src-main/engine/probes/losses/errorClasses.ts'
import { losses } from '../../../src-main/engine/probes/losses/losses.ts'
import { ngramModel } from '../../../src-main/engine/probes/losses/ngram.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const idsOf = (read: string) => Int32Array.from(read, (symbol) => symbol.charCodeAt(0) - 97)

/** P(symbol | context) after Witten and Bell, counted in the text by plain loops. */
function plain(training: string, context: string, symbol: string, vocabulary: number): number {
  const shorter = context === '' ? 1 / vocabulary : plain(training, context.slice(1), symbol, vocabulary)
  const after: string[] = []
  for (let t = 0; t + context.length < training.length; t++)
    if (training.startsWith(context, t)) after.push(training[t + context.length]!)
  if (after.length === 0) return shorter
  const types = new Set(after).size
  return (after.filter((one) => one === symbol).length + types * shorter) / (after.length + types)
}

describe('the n-gram model', () => {
  const training = 'abracadabraabracadabracadaabrac'
  const read = 'abracadbacab'
  it('has the probabilities of plain counts at every order', () => {
    const { probabilities } = ngramModel(idsOf(training), idsOf(read), { order: 4, vocabulary: 26 })
    probabilities.forEach((p, k) => {
      expect(p[0]).toBeNaN()
      for (let t = 1; t < read.length; t++)
        expect(p[t]).toBeCloseTo(plain(training, read.slice(Math.max(0, t - k), t), read[t]!, 26), 12)
    })
  })

  it('gives probabilities that sum to 1 over the vocabulary, and leaves unknown symbols of the training text out', () => {
    const clean = [...'abcde'].reduce(
      (total, symbol) =>
        total +
        ngramModel(idsOf('abcabdabe'), idsOf(`ab${symbol}`), { order: 3, vocabulary: 5 }).probabilities.at(
          -1,
        )![2]!,
      0,
    )
    expect(clean).toBeCloseTo(1, 12)
    const gap = ngramModel(Int32Array.of(0, -1, 1), Int32Array.of(0, 1), { order: 2, vocabulary: 2 })
    // a is never followed by b: between them stands an unknown symbol.
    expect(gap.probabilities[1]![1]).toBe(gap.probabilities[0]![1])
  })
})

describe('error classes', () => {
  const symbols = [...'the cat, the cat dog']
  const p = new Float64Array(symbols.length).fill(0.9)
  const none = [new Float64Array(symbols.length)]
  const errorsAt = (...places: number[]) => {
    const lower = p.slice()
    for (const t of places) lower[t] = 0.2
    return lower
  }
  const peel = (low: Float64Array, ngrams = none, known = wordCounts('the the the the the the cat')) =>
    Object.fromEntries(
      peelErrors({ symbols, p: low, ngrams, known, from: 1 }).flatMap(({ name, errors }) =>
        errors ? [[name, errors]] : [],
      ),
    )

  it('take each error once, by the first remedy that mends it', () => {
    // h of the second "the", a of the second "cat", o of "dog", the comma, the d of "dog", h of the first "the".
    expect(peel(errorsAt(10, 14, 18, 7, 17, 1))).toEqual({
      'the word was read within 100 symbols': 2,
      'a rare word, at most 5 times in the training text': 1,
      'the first letter of a word': 1,
      'white space and marks': 1,
      '0.3 more probability is enough': 1,
    })
    const ngrams = [none[0]!, none[0]!.map((_, t) => (t === 10 ? 0.6 : 0))]
    expect(peel(errorsAt(10, 14), ngrams)).toEqual({
      'an n-gram model of order 1 to 2 is right': 1,
      'the word was read within 100 symbols': 1,
    })
  })
})

describe('losses of a text', () => {
  const training = () => text
  const found = losses(model, { text, predicates: ['quote'], ngram: 5, training })

  it('are the surprisals of the network, and the rows of classes and of a predicate each sum to all symbols', () => {
    const { surprisal } = inspectText(model, { text, layer: 0, signal: 'h' })
    expect([...found.network.subarray(1)]).toEqual([...surprisal.subarray(1)])
    const [all, ...rows] = found.rows
    expect(all!.count).toBe(text.length - found.from)
    for (const kind of ['symbols', 'predicate'] as const)
      for (const column of ['network', 'ngram'] as const) {
        const some = rows.filter((row) => row.kind === kind)
        expect(some.reduce((sum, { count }) => sum + count, 0)).toBe(all!.count)
        const sum = some.reduce((total, row) => total + row.count * row[column]!, 0)
        expect(sum / all!.count).toBeCloseTo(all![column]!, 6)
      }
    const errors = found.errorClasses!.reduce((sum, one) => sum + one.errors, 0)
    expect(errors).toBe(found.overlap!.both + found.overlap!.networkOnly)
    expect([found.order, found.trainingSymbols]).toEqual([5, text.length])
  })

  it('have those of a second run beside them, and none of an n-gram model without a training text', () => {
    const other = openModel(trained({ seed: 9 }, 60), executor)
    const both = losses(model, { text, other, predicates: [], ngram: 9 })
    expect([both.ngram, both.errorClasses, both.overlap, both.order]).toEqual([null, null, null, 0])
    expect(both.rows[0]!.other).not.toBe(both.rows[0]!.network)
    expect(both.other![5]).toBeCloseTo(inspectText(other, { text, layer: 0, signal: 'h' }).surprisal[5]!, 6)
    const words = openModel(trained({ data: { unit: 'word' } }), executor)
    expect(() => losses(model, { text, other: words, predicates: [], ngram: 0 })).toThrow(/different symbols/)
    expect(() => losses(model, { text, predicates: ['column'], ngram: 0 })).toThrow(/column is a number/)
  })
})
