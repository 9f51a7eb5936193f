// Baselines that counting gives: classes and tags against figures counted by hand, the n-gram model against its defining properties, and that
// the network is judged on the same held-out symbols.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { interpolatedNgram } from '../../src-main/engine/data/interpolatedNgram.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'

const { executor } = chooseExecutor('auto', 1)

/** The last values of the metrics of a run of one step. */
function lastMetrics(task: string, text: string, data: object, train: object): Record<string, number> {
  const config = parseConfig({
    seed: 1,
    task,
    data,
    model: { hidden: 4, embedding: 3, options: {} },
    train: { batch: 2, steps: 1, ...train },
  }) as RunConfig
  const values: Record<string, number> = {}
  for (const event of openTraining({ config, text }, executor).events())
    if (event.kind === 'metrics') Object.assign(values, event.values)
  return values
}

describe('baselines of classes', () => {
  it('are the majority of the training part and naive Bayes over words', () => {
    const training = ['good\ta fine film', 'good\tfine', 'good\ta', 'bad\ta dull film', 'bad\tdull dull']
    // One added, p(dull) is 1/9 in good texts (3 of 5) and 4/9 in bad ones, p(fine) 3/9 and 1/9, p(a) 3/9 and 2/9, p(film) 2/9 in both: wrong
    // are "dull fine" (good by 1.8 to 1.6) and "a".
    const heldOut = ['bad\tdull', 'bad\tdull fine', 'good\tfine', 'bad\ta', 'bad\tdull film']
    const values = lastMetrics(
      'sequence-classification',
      [...training, ...heldOut].join('\n'),
      { dataset: 'x', validation: 0.5 },
      { bptt: 'full' },
    )
    expect(values['val/accuracy_majority']).toBe(1 / 5)
    expect(values['val/accuracy_naive_bayes']).toBe(3 / 5)
  })

  it('of tags are the most frequent one of each word, and of all for a word that is unknown', () => {
    const training = ['the/D can/N can/V rust/V', 'a/D can/N rust/V can/N', 'go/V go/V']
    const heldOut = ['the/D can/V rust/V', 'odd/N go/V', 'new/V can/N']
    const values = lastMetrics(
      'sequence-labelling',
      [...training, ...heldOut].join('\n'),
      { dataset: 'x', validation: 0.5 },
      { bptt: 'full' },
    )
    // "can" is a noun, unknown words are verbs: wrong are "can/V" and "odd/N".
    expect(values['val/accuracy_most_frequent_tag']).toBe(5 / 7)
  })
})

/** A text of a Markov chain of order 2 over `symbols` symbols: the next is the sum of the last two plus 0 or, in a quarter, 1. */
function chain(length: number, symbols: number): Int32Array {
  const random = randomStream({ seed: [1, 2], step: 0 }, 1)
  const ids = new Int32Array(length)
  for (let t = 0; t < length; t++)
    ids[t] = t < 2 ? t : (ids[t - 1]! + ids[t - 2]! + (random.uniform() < 0.25 ? 1 : 0)) % symbols
  return ids
}

describe('the interpolated n-gram model', () => {
  const [training, text] = [chain(6000, 5), chain(400, 5)]

  it('is a distribution that finds the probabilities of a Markov chain of its order', () => {
    const model = interpolatedNgram(training, { order: 3, vocabulary: 5, ignored: -1 })
    const p = model.distribution(text.subarray(0, 50))
    const next = (text[49]! + text[48]!) % 5
    expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 10)
    expect(p[next]).toBeCloseTo(0.75, 1)
    expect(model.probability(text, 50)).toBe(p[text[50]!])
    const longer = interpolatedNgram(training, { order: 5, vocabulary: 5, ignored: -1 })
    // Two more symbols tell nothing more, and the fitted weights know.
    const nats = (m: typeof model) =>
      Array.from(text).reduce((sum, _, t) => (t < 4 ? sum : sum - Math.log(m.probability(text, t))), 0) / 396
    expect(nats(model)).toBeCloseTo(0.5623, 1)
    expect(nats(longer)).toBeLessThan(nats(model) + 0.03)
  })

  it('gives no probability to the ignored symbol, and falls back for contexts that it never saw', () => {
    const model = interpolatedNgram(training, { order: 3, vocabulary: 6, ignored: 0 })
    const p = model.distribution([5, 5])
    expect(p[0]).toBe(0)
    expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 10)
    expect([...p]).toEqual([...model.distribution([])])
  })
})

describe('a language model on windows', () => {
  const loss = (periods: number, context: string) =>
    lastMetrics(
      'language-model',
      'abcd'.repeat(40 + periods),
      { dataset: 'x', context, validation: periods / (40 + periods) },
      { bptt: 'windows', window: 4 },
    )['val/loss']!

  it('predicts held-out symbols from the symbols of a window alone', () => {
    // So in a periodic text it is as good on 8 held-out predictions as on 32.
    expect(loss(3, 'window')).toBeCloseTo(loss(9, 'window'), 5)
    expect(Math.abs(loss(3, 'all') - loss(9, 'all'))).toBeGreaterThan(1e-3)
  })
})
