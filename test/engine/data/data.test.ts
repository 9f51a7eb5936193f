// Symbols, cuts, streams and shuffles: every position is read exactly as promised.
import { textData, type TextData } from '../../../src-main/engine/tasks/languageModel/data.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCorpus } from '../../../src-main/engine/tasks/languageModel/corpus.ts'
import { prepareText } from '../../../src-main/engine/data/source.ts'
import { proseText, proseValidation } from '../../../src-main/engine/data/prose.ts'
import {
  fillValidation,
  fillWindow,
  planValidation,
  planStreams,
  shuffledIndex,
} from '../../../src-main/engine/data/streams.ts'
import { joinTokens, splitSymbols, tokensOf } from '../../../src-main/engine/data/tokens.ts'
import { encodeWords, wordVocabulary } from '../../../src-main/engine/data/vocabulary.ts'
import { writeSymbols } from '../../../src-main/engine/data/writing.ts'

const data = (given: Partial<TextData> = {}): TextData => textData.parse(given)

describe('symbols', () => {
  it('are code points, never halves of them', () => {
    expect(splitSymbols('a👩‍💻é\u202e', 'char')).toEqual(['a', '👩', '\u200d', '💻', 'é', '\u202e'])
    const { vocabulary } = readCorpus('zebra 😀 ab', data())
    expect(vocabulary.symbols).toEqual([' ', 'a', 'b', 'e', 'r', 'z', '😀'])
  })

  it('are words, marks and line breaks, and are written back as they were', () => {
    const text = '"Don\'t go," said the well-known Ω-man (twice).\nThen: nothing!'
    const words = splitSymbols(text, 'word')
    expect(words).toEqual(['"', "Don't", 'go', ',', '"', 'said', 'the', 'well-known', 'Ω-man', '(', 'twice', ')', '.', '\n', 'Then', ':', 'nothing', '!']) // prettier-ignore
    expect(writeSymbols(words, 'word')).toBe(text)
  })

  it.each([
    ['the <unk> of <unk>s </s> <br />', ['the', '<unk>', 'of', '<unk>', 's', '</s>', '<br />']],
    ['a < b and c > d', ['a', '<', 'b', 'and', 'c', '>', 'd']],
    ['pi is 3.14, not 1,000.5 at 10:30.', ['pi', 'is', '3.14', ',', 'not', '1,000.5', 'at', '10:30', '.']],
    [
      "Mr. X of the U.S. (e.g. St. Paul) isn't 1st.",
      ['Mr.', 'X', 'of', 'the', 'U.S.', '(', 'e.g.', 'St.', 'Paul', ')', "isn't", '1st', '.'],
    ],
    ["the company 's rate 'll rise", ['the', 'company', "'s", 'rate', "'ll", 'rise']],
    ["the dogs' bowl, 'so' he said", ['the', 'dogs', "'", 'bowl', ',', "'", 'so', "'", 'he', 'said']],
    ['wait... no--yes', ['wait', '...', 'no', '--', 'yes']],
    ['a\r\nb\rc\u2028d\u0085e', ['a', '\r\n', 'b', '\r', 'c', '\u2028', 'd', '\u0085', 'e']],
  ])('of %j are %j', (text, words) => {
    expect(splitSymbols(text, 'word')).toEqual(words)
  })

  it('of runs that began with the first rule stay as they were', () => {
    const split = (text: string) => splitSymbols(text, 'word', 1)
    expect(split('3.14 <unk> U.S.\rb')).toEqual(['3', '.', '14', '<', 'unk', '>', 'U', '.', 'S', '.', 'b'])
  })

  it('with their spaces give the text back as it was, and every part of it is cut alike', () => {
    const parts = ['a', 'B', "don't", '3.14', '1,0', '.', ',', '"', "'", '’', '<unk>', '<', '>', 'U.S.', 'Mr.', '--', ' ', '  ', '\t', '\u00a0', '\n', '\r\n', '\r', '\u2028', '😀', 'e\u0301', 'İ', '%', '-'] // prettier-ignore
    const someText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((chosen) => chosen.join('')),
    )
    fc.assert(
      fc.property(someText, fc.nat(30), fc.nat(30), (text, from, length) => {
        for (const tokenizer of [1, 2] as const) {
          const tokens = tokensOf(text, 'word', tokenizer)
          expect(tokens.symbols).toEqual(splitSymbols(text, 'word', tokenizer))
          expect(joinTokens(tokens)).toBe(text.slice(0, joinTokens(tokens).length))
          expect(text.slice(joinTokens(tokens).length)).toMatch(/^\s*$/)
          const part = joinTokens(tokens, from, from + length)
          expect(splitSymbols(part, 'word', tokenizer)).toEqual(tokens.symbols.slice(from, from + length))
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    '“Don’t go—or go,” said the well-known man.\n"It is 5% (e.g. $3.14)..."\n\n\'Yes\', he said "no".',
    "<unk> and/or <unk>: «c'est ça» „Ja“!",
  ])('written by rule, %j is itself', (text) => {
    expect(writeSymbols(splitSymbols(text, 'word'), 'word')).toBe(text)
  })

  it('keep the most frequent words, the rest is one', () => {
    const words = splitSymbols('b a b c b a d', 'word')
    const vocabulary = wordVocabulary(words, 3)
    expect(vocabulary.symbols).toEqual(['<unk>', 'b', 'a'])
    expect([...encodeWords(words, vocabulary)]).toEqual([1, 2, 1, 0, 1, 2, 0])
  })

  it("that a text has for unknown words are the vocabulary's own", () => {
    const words = splitSymbols('b <unk> b <unk> c <unk> d', 'word')
    const vocabulary = wordVocabulary(words, 3)
    expect(vocabulary.symbols).toEqual(['<unk>', 'b', 'c'])
    expect([...encodeWords(words, vocabulary)]).toEqual([1, 0, 1, 0, 2, 0, 0])
    expect(encodeWords(['new'], wordVocabulary(words, 9))).toEqual(Int32Array.of(1))
  })

  it('join lines and fold capitals when asked', () => {
    expect(prepareText(' One\r\n\n  two \rTHREE\u2028four', { lineBreaks: 'space', lowercase: true })).toBe(
      'one two three four',
    )
    expect(prepareText('A\r\nb', { lineBreaks: 'keep', lowercase: false })).toBe('A\r\nb')
  })

  it.each([
    ['', /is empty/],
    [' \n\t ', /white space/],
  ])('refuse %j as E_DATA_EMPTY', (text, message) => {
    expect(() => readCorpus(text, data())).toThrow(
      expect.objectContaining({ code: 'E_DATA_EMPTY', message: expect.stringMatching(message) as string }),
    )
  })

  it('refuse more than 65,536 characters as E_VOCAB_MAX, and warn about a single one', () => {
    const many = Array.from({ length: 65_537 }, (_, i) => String.fromCodePoint(0x10000 + i)).join('')
    expect(() => readCorpus(many, data())).toThrow(expect.objectContaining({ code: 'E_VOCAB_MAX' }))
    expect(readCorpus('aaaa', data()).warnings).toMatchObject([{ code: 'W_VOCAB_1' }])
  })
})

describe('the cut', () => {
  it('keeps order and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((s) => s.trim() !== ''),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (text, validation) => {
          const { train, validation: held, vocabulary } = readCorpus(text, data({ validation }))
          const ids = [...train, ...held].map((id) => vocabulary.symbols[id])
          const all = [...text]
          expect(ids.length === all.length ? ids : [...ids, all.at(-1)]).toEqual(all)
        },
      ),
    )
  })
})

describe('streams', () => {
  it('read consecutive windows, each target being the symbol behind its input', () => {
    const text = Int32Array.from({ length: 101 }, (_, i) => i)
    const s = planStreams(101, 3, 10, 4)
    expect(s).toMatchObject({ length: 33, windows: 6 })
    const ids = new Float64Array(30)
    const targets = new Float64Array(12)
    for (let w = 0; w < s.windows; w++) {
      fillWindow(text, s, w, ids, targets)
      for (let b = 0; b < 3; b++) {
        const column = Array.from({ length: 10 }, (_, t) => ids[t * 3 + b]!)
        expect(column).toEqual(Array.from({ length: 10 }, (_, t) => 33 * b + 4 * w + t))
        expect(Array.from({ length: 4 }, (_, t) => targets[t * 3 + b]!)).toEqual(
          column.slice(6).map((id) => id + 1),
        )
      }
    }
  })

  it('of a validation pass predict every symbol but the first exactly once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40_000 }), (symbols) => {
        const text = Int32Array.from({ length: symbols }, (_, i) => i)
        const s = planValidation(symbols)
        const seen = new Uint8Array(symbols)
        const ids = new Float64Array(s.window * s.batch)
        const targets = new Float64Array(s.window * s.batch)
        for (let w = 0; w < s.windows; w++) {
          fillValidation(text, s, w, ids, targets)
          targets.forEach((target, i) => {
            if (target < 0) return
            if (ids[i] === target - 1) seen[target]!++
          })
        }
        expect(seen[0]).toBe(0)
        expect(seen.subarray(1).every((n) => n === 1)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('are shuffled by a permutation, another one each epoch and seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(), (n, seed, epoch) => {
        const places = Array.from({ length: n }, (_, i) => shuffledIndex(i, n, [seed, 0], epoch))
        expect(new Set(places).size).toBe(n)
        expect(Math.min(...places)).toBe(0)
        expect(Math.max(...places)).toBe(n - 1)
      }),
      { numRuns: 60 },
    )
    const order = (seed: number, epoch: number) =>
      Array.from({ length: 100 }, (_, i) => shuffledIndex(i, 100, [seed, 0], epoch)).join()
    expect(
      new Set([order(1, 0), order(1, 1), order(2, 0), Array.from({ length: 100 }, (_, i) => i).join()]).size,
    ).toBe(4)
  })
})

describe('the generated prose', () => {
  const text = proseText()
  const sentences = text.slice(0, 200_000).replaceAll('\n', ' ')

  it('has 1,040,000 characters of which the last 40,000 validate, and is always the same', () => {
    expect(text).toHaveLength(1_040_000)
    expect(Math.round(text.length * proseValidation)).toBe(40_000)
    expect(new Set(text)).toEqual(new Set('abdefghiklmnoprstuvz \n"().'))
    expect(text.slice(0, 40)).toBe(proseText().slice(0, 40))
  })

  it('wraps at the first space from column 60 on', () => {
    const lines = text.split('\n').slice(0, -1)
    expect(lines.every((line) => line.length >= 60 && line.lastIndexOf(' ') < 60)).toBe(true)
  })

  it('quotes 35 % of its sentences, 3 to 19 words each, 70 % of them from the speech list', () => {
    const quotes = sentences.match(/"[^"]*"/g)!
    const words = quotes.map((q) => q.replace(/[".]/g, '').split(' '))
    expect(Math.min(...words.map((w) => w.length))).toBe(3)
    expect(Math.max(...words.map((w) => w.length))).toBe(19)
    const others = sentences.replace(/"[^"]*"/g, '').split('.').length - 1
    expect(quotes.length / (quotes.length + others)).toBeCloseTo(0.35, 1)
    const outside = new Set(sentences.replace(/"[^"]*"/g, '').match(/[a-z]+/g))
    const inside = words.flat()
    expect(outside.size).toBe(60)
    expect(new Set(inside).size).toBe(84)
    expect(inside.filter((w) => !outside.has(w)).length / inside.length).toBeCloseTo(0.7, 1)
    expect(quotes.filter((q) => q.endsWith('."')).length / quotes.length).toBeCloseTo(0.5, 1)
  })

  it('nests brackets at most three deep and closes them all', () => {
    let depth = 0
    let deepest = 0
    for (const c of sentences.slice(0, sentences.lastIndexOf('. '))) {
      depth += c === '(' ? 1 : c === ')' ? -1 : 0
      deepest = Math.max(deepest, depth)
      if (c === '"' && depth > 0) expect.fail('a quotation inside brackets')
    }
    expect([depth, deepest]).toEqual([0, 3])
  })

  it('draws its words by 1 / rank, alternating consonants and vowels, 2 to 8 letters', () => {
    const words = sentences.match(/[a-z]+/g)!
    expect(words.every((w) => w.length >= 2 && w.length <= 8 && !/[aeiou]{2}|[^aeiou]{2}/.test(w))).toBe(true)
    const counts = new Map<string, number>()
    for (const w of sentences.replace(/"[^"]*"/g, '').match(/[a-z]+/g)!)
      counts.set(w, (counts.get(w) ?? 0) + 1)
    const sorted = [...counts.values()].sort((a, b) => b - a)
    expect(sorted[0]! / sorted[1]!).toBeCloseTo(2, 0)
    expect(sorted[0]! / sorted[9]!).toBeCloseTo(10, -0.5)
  })
})
