// The likeliest next words after a new text: the words that follow in the training text, beside the n-gram model of that text.
import { describe, expect, it } from 'vitest'
import { openModel } from '../../../src-main/engine/index.ts'
import { applyToTexts } from '../../../src-main/engine/probes/applyToTexts.ts'
import { heldOutText } from '../../../src-main/engine/probes/heldOutTexts.ts'
import { fastest, configOf, learn } from '../examples/learnt.ts'

const text = 'one two three four five six. '.repeat(120)
const config = configOf({
  task: 'language-model',
  data: { dataset: 'x', unit: 'word', context: 'window', ngram: 3, validation: 0.1 },
  model: { cell: 'lstm', hidden: 12 },
  train: { bptt: 'windows', window: 3, batch: 16, steps: 120 },
  optimizer: { lr: 0.03 },
} as never)
const model = openModel(learn(config, text).training.checkpoint(), fastest)

describe('next words', () => {
  it('are those that follow the last window of each text, of any length, with the n-gram probability of each', () => {
    const texts = ['six . one two three', 'four', 'two three']
    const { answers } = applyToTexts(model, { texts, top: 7, ngram: 3, training: () => text })
    expect(answers.map(({ omitted }) => omitted)).toEqual([2, 0, 0])
    expect(answers[0]!.symbols).toEqual(['one', 'two', 'three'])
    const words = answers.map(({ answer }) => (answer.kind === 'next' ? answer.words : []))
    expect(words.map(([first]) => first!.name)).toEqual(['four', 'five', 'four'])
    for (const list of words) {
      expect(list.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5)
      expect(list.reduce((sum, { ngram }) => sum + ngram!, 0)).toBeCloseTo(1, 5)
      expect(list[0]!.ngram).toBeGreaterThan(0.9)
    }
    // A text gets the same answer alone as beside longer ones.
    const [alone] = applyToTexts(model, { texts: ['four'], top: 7 }).answers
    expect(alone!.answer).toMatchObject({
      words: expect.arrayContaining([
        expect.objectContaining({
          name: 'five',
          probability: expect.closeTo(words[1]![0]!.probability, 5) as number,
        }),
      ]) as unknown,
    })
  })

  it('of a held-out text are expected to be the word that follows', () => {
    const held = heldOutText(model, { example: 1, data: () => text })
    expect(held.text.split(' ')).toHaveLength(3)
    expect(`one two three four five six . one two three`).toContain(`${held.text} ${held.expected}`)
    expect(() => heldOutText(model, { example: held.examples, data: () => text })).toThrow(
      `the run has ${held.examples}`,
    )
  })
})
