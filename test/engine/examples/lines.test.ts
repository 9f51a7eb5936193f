// Texts with one example a line: what is read, where it is cut, and what is said of lines that cannot be read.
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { linesOf } from '../linesOf.ts'
import type { LinesData } from '../../../src-main/engine/tasks/examples/linesData.ts'
import { classNames, readExample, readExamples } from '../../../src-main/engine/tasks/examples/lines.ts'

type Given = Partial<Omit<LinesData, 'format'>> & { format?: 'labelled' | 'tagged' | 'pairs' }
const data = (given: Given = {}): LinesData => linesOf({ kind: 'examples', ...given })
const read = (text: string, given: Given = {}) => readExamples(text, data(given))
const words = ({ problem }: ReturnType<typeof read>, ids: ArrayLike<number>, of = problem.symbols) =>
  Array.from(ids, (id) => of[id])
function refusal(run: () => unknown): { code: string; message: string; line: number | undefined } {
  try {
    run()
  } catch (error) {
    if (error instanceof UnrollError)
      return { code: error.code, message: error.message, line: error.details?.line }
    throw error
  }
  throw new Error('was accepted')
}

describe('labelled lines', () => {
  const text = '\ufeffgood\tA fine film.\r\nbad\tNot a\tfine film.\r\ngood\tFine!\nbad\tA bore, a bore.\n'

  it('become examples in order; the last ones are held out', () => {
    const file = read(text, { validation: 0.5 })
    expect(file.problem).toMatchObject({ topology: 'one', labels: ['bad', 'good'], separator: ' ' })
    expect(file.train.map(({ input }) => words(file, input).join(' '))).toEqual([
      'A fine film .',
      'Not a fine film .',
    ])
    expect(file.train.map(({ answer }) => Array.from(answer))).toEqual([[1], [0]])
    expect(file.heldOut).toHaveLength(2)
    expect(file.counts).toEqual([1, 1])
    expect(file.warnings).toEqual([])
  })

  it('words are those of the training part; all others are unknown', () => {
    const file = read(text, { validation: 0.25, lowercase: true })
    expect(words(file, file.heldOut[0]!.input)).toEqual(['a', '<unk>', '<unk>', 'a', '<unk>', '.'])
    const small = read(text, { validation: 0, lowercase: true, vocabulary: 3 })
    expect([...small.problem.symbols].sort()).toEqual(['<unk>', 'a', 'fine'])
  })

  it('characters, cut at either end', () => {
    const file = read('x\tabcdef\ny\tgh\n', { unit: 'char', maxLength: 3, validation: 0 })
    expect(words(file, file.train[0]!.input).join('')).toBe('abc')
    expect(file.problem).toMatchObject({ separator: '', maxLength: { input: 3, answer: 1 } })
    expect(file.warnings.map((w) => w.message)).toEqual([
      expect.stringMatching(/^1 example longer than 3 symbols cut, the first on line 1/),
    ])
    const end = read('x\tabcdef\ny\tgh\n', {
      unit: 'char',
      maxLength: 3,
      truncate: 'beginning',
      validation: 0,
    })
    expect(words(end, end.train[0]!.input).join('')).toBe('def')
  })

  it('empty lines are left out and said', () => {
    const file = read('a\tx\n\n  \nb\ty\n', { validation: 0 })
    expect(file.train).toHaveLength(2)
    expect(file.warnings).toMatchObject([
      { code: 'W_DATA_FORMAT', message: '2 empty lines left out, the first is line 2.' },
    ])
  })

  it('labels that only the validation part has are named with their line', () => {
    const file = read('a\tx\nb\ty\na\tz\nc\tw\n', { validation: 0.25 })
    expect(file.problem.labels).toEqual(['a', 'b', 'c'])
    expect(file.warnings[0]!.message).toMatch(
      /labels of the validation part that are missing from the training part .*: 1, the first "c" on line 4/,
    )
  })

  it('columns the other way round are noticed', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `the text number ${i}\tgood`).join('\n')
    expect(read(lines, { validation: 0 }).warnings[0]!.message).toMatch(
      /30 different labels in 30 lines.*other way round/,
    )
  })

  it.each([
    ['nothing but empty lines', '\n \n', 'E_DATA_EMPTY', /no line with an example/, undefined],
    ['a line without a tab', 'good\tx\nno tab here\n', 'E_DATA_FORMAT', /line 2: no tab in "no tab here"/, 2],
    ['an empty label', 'good\tx\n \ty\n', 'E_DATA_FORMAT', /line 2: the label before the tab is missing/, 2],
    ['an empty text', 'good\t \nbad\ty\n', 'E_DATA_FORMAT', /line 1: the text after the tab is missing/, 1],
    ['one label only', 'good\tx\ngood\ty\n', 'E_DATA_FORMAT', /every label is "good"/, undefined],
    ['sorted lines', `${'good\tx\n'.repeat(7)}${'bad\ty\n'.repeat(3)}`, 'E_DATA_FORMAT', /first 7 examples.*"good".*sorted/, undefined],
  ])('refuses %s', (_, text, code, message, line) => {
    expect(refusal(() => read(text))).toMatchObject({ code, message: expect.stringMatching(message) as string, line })
  }) // prettier-ignore
})

describe('tagged words', () => {
  it('one tag per word; the last slash divides', () => {
    const file = read('the/DET dog/NN ate/V ./.\n1/2/CD ///SYM\n', { format: 'tagged', validation: 0 })
    expect(words(file, file.train[0]!.answer, file.problem.labels)).toEqual(['DET', 'NN', 'V', '.'])
    expect(words(file, file.train[1]!.input)).toEqual(['1/2', '//'])
    expect(file.counts.reduce((a, b) => a + b)).toBe(6)
  })
  it('a tag of the validation part that cannot be learnt is named', () => {
    const file = read('a/X b/Y\na/X\nc/Z\n', { format: 'tagged', validation: 0.34 })
    expect(file.warnings[0]!.message).toMatch(/^tags of the validation part .*: 1, the first "Z" on line 3/)
  })
  it.each([['dog'], ['/NN'], ['dog/']])('refuses %j', (token) => {
    const refused = refusal(() => read(`the/DET\n${token} ate/V\n`, { format: 'tagged' }))
    expect(refused).toMatchObject({ code: 'E_DATA_FORMAT', line: 2 })
    expect(refused.message).toContain('has no tag. Every word is word/TAG')
  })
})

describe('pairs', () => {
  it('two texts, each with symbols of its own; more columns are not read', () => {
    const file = read('Go.\tGeh.\tlicence\nI go.\tIch gehe.\n', {
      format: 'pairs',
      unit: 'char',
      validation: 0,
    })
    expect(words(file, file.train[1]!.input).join('')).toBe('I go.')
    expect(words(file, file.train[1]!.answer, file.problem.labels).join('')).toBe('Ich gehe.')
    expect(file.problem.maxLength).toEqual({ input: 5, answer: 10 })
    expect(classNames(file.problem).at(-1)).toBe('<end>')
    expect(file.counts.at(-1)).toBe(2)
  })
  it.each([
    ['one column\n', /line 1: no tab/],
    ['a\tb\n\tc\n', /line 2: the text before the tab is missing/],
    ['a\t \n', /line 1: the text after the tab is missing/],
  ])('refuses %j', (text, message) =>
    expect(refusal(() => read(text, { format: 'pairs' })).message).toMatch(message),
  )
})

describe('going on from a checkpoint', () => {
  const known = { symbols: ['x', 'y'], labels: ['a', 'b'] }
  it('its symbols and labels stay', () => {
    const file = readExamples('b\ty x\na\tx\n', data({ validation: 0 }), known)
    expect(file.train.map(({ input, answer }) => [...Array.from(input), ...Array.from(answer)])).toEqual([
      [1, 0, 1],
      [0, 0],
    ])
  })
  it('what it does not know is refused with the line', () =>
    expect(refusal(() => readExamples('b\ty\na\tz\n', data({ validation: 0 }), known))).toMatchObject({
      code: 'E_MODEL_MISMATCH',
      message: expect.stringContaining('line 2') as string,
    }))
})

describe('a held-out example to look at', () => {
  const text = 'a\tOne two.\nb\tThree, four!\na\tFive.\nb\tSix seven.\n'
  it.each([
    [0, 'Five.', 5],
    [1, 'Five.', 5],
    [2, 'Six seven.', 5],
    [5, '', 5],
  ])('symbol %i stands in %j', (offset, shown, symbols) =>
    expect(readExample(text, data({ validation: 0.5 }), offset, 100)).toEqual({ text: shown, symbols }),
  )
  it('is cut to a length, and is one of all where none is held out', () => {
    expect(readExample(text, data({ validation: 0 }), 3, 3)).toEqual({ text: 'Three, four', symbols: 12 })
    expect(readExample('a/X b/Y\nc/X d/Y\n', data({ format: 'tagged', validation: 0 }), 2, 9).text).toBe(
      'c d',
    )
  })
})
