// One preparation for a run's text, for what is typed and for prompts: what a run was trained on it can be asked about.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { linesIn, linesOf } from '../linesOf.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { readExample, readExamples } from '../../../src-main/engine/tasks/examples/lines.ts'
import { plainReading, encodeText } from '../../../src-main/engine/data/reading.ts'
import { vocabularyOf } from '../../../src-main/engine/data/vocabulary.ts'
import { inspectText, openModel, openTraining, sampleText } from '../../../src-main/engine/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'

const executor = referenceExecutor()

/** A model of `text` after one step. */
function modelOf(text: string, input: RunConfigInput) {
  const config = parseConfig({
    seed: 1,
    model: { cell: 'rnn', hidden: 3, embedding: 2 },
    train: { steps: 1, window: 4, batch: 1 },
    logging: { sampleEvery: 0, gradientEvery: 0 },
    ...input,
  }) as RunConfig
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) void event
  return openModel(training.checkpoint(), executor)
}
const tokensOf = (model: ReturnType<typeof modelOf>, text: string) =>
  inspectText(model, { text, layer: 0, signal: 'h' }).tokens
const primed = (model: ReturnType<typeof modelOf>, prime: string) =>
  [...sampleText(model, { prime, length: 1, temperature: 1, topK: 0, topP: 1, seed: 1 })].length

const turkish = 'fruit\tElma ve Armut\ncity\tİstanbul ve İZMİR\n'.repeat(8)
const greek = 'a\tΟΔΟΣ ΟΣΑ\nb\tÉcole STRAẞE É\n'.repeat(4)
const tagged = "The/DT U.S./NNP pays/VBZ 3.14/CD %/NN ./.\nA/DT dog/NN does/VBZ n't/RB <unk>/NN ./.\n".repeat(
  4,
)

describe('lines', () => {
  it.each<[string, string, object, 1 | 2]>([
    ['Turkish letters', turkish, { unit: 'char', lowercase: true }, 2],
    ['Turkish letters by the first rule', turkish, { unit: 'char', lowercase: true }, 1],
    ['Turkish words', turkish, { unit: 'word', lowercase: true }, 2],
    ['Greek and German letters', greek, { unit: 'char', lowercase: true }, 2],
    ['Greek and German letters by the first rule', greek, { unit: 'char', lowercase: true }, 1],
    ['tagged words', tagged, { format: 'tagged', lowercase: true }, 2],
    ['tagged words by the first rule', tagged, { format: 'tagged' }, 1],
  ])('held out of %s are read as they were for training', (_, text, given, tokenizer) => {
    const model = modelOf(text, {
      data: { kind: 'examples', validation: 0.5, maxLength: 12, tokenizer, ...given },
    })
    const data = linesIn(model.config)
    const { heldOut, problem } = readExamples(text, data)
    let offset = 0
    for (const { input } of heldOut) {
      const shown = readExample(text, data, offset, 100)
      expect(tokensOf(model, shown.text)).toEqual(Array.from(input, (id) => problem.symbols[id]))
      offset += input.length
    }
  })

  it('are folded before they are cut into characters', () => {
    const data = linesOf({ kind: 'examples', unit: 'char', lowercase: true, validation: 0 })
    const symbols = (tokenizer: 1 | 2) =>
      readExamples('a\tİ Σ\nb\tΑΣ\n', { ...data, tokenizer }).problem.symbols
    expect(symbols(2)).toEqual([' ', 'i', '\u0307', 'α', 'ς', 'σ'])
    expect(symbols(1)).toEqual([' ', 'i\u0307', 'α', 'σ'])
  })

  it('of a tagged text may be typed as usual', () => {
    const model = modelOf(tagged, { data: { kind: 'examples', format: 'tagged', validation: 0 } })
    expect(tokensOf(model, 'The dog pays.')).toEqual(['The', 'dog', 'pays', '.'])
    expect(tokensOf(model, 'U.S. 3.14')).toEqual(['U.S.', '3.14'])
  })
})

describe('running text', () => {
  const text = 'the cat sat on the mat.\nthe cat sat. '.repeat(9)

  it.each(['char', 'word'] as const)('in lower case by %s takes a prompt with capitals', (unit) => {
    const model = modelOf(text, { data: { kind: 'text', unit, lowercase: true } })
    expect(tokensOf(model, 'The CAT').join('')).toBe(unit === 'char' ? 'the cat' : 'thecat')
    expect(primed(model, 'The CAT ')).toBe(1)
    expect(() => tokensOf(modelOf(text, { data: { kind: 'text', unit: 'char' } }), 'THE')).toThrow(
      /never seen/,
    )
  })

  it('without line breaks takes a prompt with some, and keeps the space at its end', () => {
    const model = modelOf(text, { data: { kind: 'text', lineBreaks: 'space' } })
    expect(tokensOf(model, ' the\r\ncat \n  sat ').join('')).toBe(' the cat sat ')
  })

  it('puts no second space behind a prompt of words that ends in one', () => {
    const model = modelOf(text, { data: { kind: 'text', unit: 'word' } })
    const how = { length: 1, temperature: 0, topK: 0, topP: 1, seed: 1 }
    const [spaced, bare] = ['cat ', 'cat'].map((prime) => [...sampleText(model, { ...how, prime })][0]!.text)
    expect(spaced).toBe(bare!.trimStart())
  })
})

describe('typed text', () => {
  const known = (symbols: string[], unit: 'char' | 'word' = 'char') =>
    vocabularyOf(unit, symbols, { ...plainReading, unit })
  const symbolsOf = (text: string, symbols: string[], unit?: 'char' | 'word') =>
    encodeText(text, known(symbols, unit)).symbols

  it('takes the line breaks of the text that was learnt', () => {
    expect(symbolsOf('a\r\nb\nc', ['a', 'b', 'c', '\n'])).toEqual(['a', '\n', 'b', '\n', 'c'])
    expect(symbolsOf('a\nb', ['a', 'b', '\r'])).toEqual(['a', '\r', 'b'])
    expect(symbolsOf('a\nb', ['a', 'b', '\u2028'])).toEqual(['a', '\u2028', 'b'])
    expect(symbolsOf('a\nb', ['a', '\r\n', 'b'], 'word')).toEqual(['a', '\r\n', 'b'])
    expect(symbolsOf('a\nb\r\n', ['a', 'b', '\r', '\n'])).toEqual(['a', '\n', 'b', '\r', '\n'])
  })

  it('takes the normal form that was learnt', () => {
    expect(symbolsOf('e\u0301', ['é'])).toEqual(['é'])
    expect(symbolsOf('é', ['e', '\u0301'])).toEqual(['e', '\u0301'])
    expect(symbolsOf('cafe\u0301 x', ['<unk>', 'café'], 'word')).toEqual(['café', 'x'])
  })
})

describe('a run of before', () => {
  it('keeps the rule by which its text was cut', () => {
    const data = { kind: 'text', unit: 'word' } as const
    const old = parseConfig({ version: 1 as never, data })
    expect(old).toMatchObject({ version: 4, data: { tokenizer: 1 } })
    expect(parseConfig({ data })).toMatchObject({ version: 4, data: { tokenizer: 2 } })
    const text = 'pi is 3.14 and <unk> is. '.repeat(5)
    expect(tokensOf(modelOf(text, { data: { ...data, tokenizer: 1 } }), '3.14 <unk>')).toEqual(['3', '.', '14', '<', 'unk', '>']) // prettier-ignore
    expect(tokensOf(modelOf(text, { data }), '3.14 <unk>')).toEqual(['3.14', '<unk>'])
  })
})
