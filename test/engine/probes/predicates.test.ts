// Every property of the predicate language says at each symbol what plain loops and plain rules say.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePredicate } from '../../../src-main/contract/predicate/parse.ts'
import { printText } from '../../../src-main/contract/predicate/expression.ts'
import { wrongPattern } from '../../../src-main/contract/predicate/pattern.ts'
import { propertyRows } from '../../../src-main/contract/predicate/properties.ts'
import { tokensOf } from '../../../src-main/engine/data/tokens.ts'
import { predicateValues } from '../../../src-main/engine/probes/predicates/index.ts'
import { matchesOf } from '../../../src-main/engine/probes/predicates/matchPattern.ts'
import { readText, type SymbolSequence } from '../../../src-main/engine/probes/predicates/readText.ts'

const values = (predicate: string, read: SymbolSequence) =>
  predicateValues(parsePredicate(predicate), readText(read))
const chars = (text: string): SymbolSequence => ({ symbols: [...text], spaces: [], words: false })
const words = (text: string): SymbolSequence => ({ ...tokensOf(text, 'word'), words: true })
/** Values of the characters of a text, digits side by side; those of 10 and more in brackets. */
const shown = (found: ArrayLike<number>) => Array.from(found, (x) => (x > 9 ? `[${x}]` : String(x))).join('')

const characterCases: readonly [predicate: string, text: string, expected: string][] = [
  ['quote', 'a "b c" d\n"e\n\nf', '001111000011100'],
  ['quote', '“b” c', '11000'],
  ['quote', 'a „bc“ de', '001110000'],
  ['quote', 'a „bc” „d" e', '001110011000'],
  ['quote', '« bé », ‹c› »d« e', '11111000110011000'],
  ['quote', '”hej” sa »du»', '1111000001110'],
  ['quote', "‘it’s’ ‚a‘ 'b'", '11111001100110'],
  ['quote', "don't, the dogs' bowl, 'tis ’em", '0'.repeat(31)],
  ['quote', "the ’90s, a dogs' 'n' 's", '0'.repeat(24)],
  ['quote', '“a ‘b’ c” d', '11111111000'],
  ['quote', '“a ‘b” c’ d', '11111000000'],
  ['quote', '“a\n“b” c', '11111000'],
  ['quote', 'x “a\n \t\nb', '001111100'],
  ['bracket', 'a (b (c) d) e)f', '001111111100000'],
  ['between("(", ")")', 'a (b (c) d) e)f', '001111111100000'],
  ['inside("{", "}")', '{a{b}c}d', '11111100'],
  [String.raw`between("\"", "\"")`, 'a "b" "c"', '001100110'],
  ['between("/*", "*/")', 'a/* b */ c', '0111110000'],
  ['between("/*", "*/")', '/*/*a*/*/b', '1111111000'],
  ['between("/*", "*/")', '/*/ b', '11111'],
  ['between("--", "--")', 'a--b--c', '0111000'],
  [String.raw`between("//", "\n")`, 'a//b//\nc', '01111100'],
  ['between("<", "</")', '<a</<', '11001'],
  ['between("𝄞", "é")', 'a𝄞bé', '0110'],
  ['depth', '((a)b)c)(', '122110001'],
  ['depth("[", "]")', '[a[b]]', '112210'],
  ['depth("(", ")") >= 2', '((a)b)', '011000'],
  ['column', 'ab\nc\r\nd\re', '120100101'],
  ['line_length', 'ab\n\nc', '22201'],
  ['line_length', 'ab\r\nc', '22221'],
  ['indent', '  a b\n\tc\nd', '1222201100'],
  ['position', 'abc', '012'],
  ['position >= 1 and position != 2', 'abcd', '0101'],
  ['span(1, 2)', 'abcd', '0110'],
  ['regex("b+")', 'abbcb', '01101'],
  ['regex("^.|z$")', 'abz\nzz', '101011'],
  ['regex("B", "i")', 'abB', '011'],
  [String.raw`regex("\\bthe\\b")`, 'the then the', '111000000111'],
  [String.raw`regex("\bthe\b")`, 'the then the', '111000000111'],
  ['regex("😀.")', 'a😀b', '011'],
  ['previous(char("a"))', 'abca', '0100'],
  ['previous(char("a"), 2)', 'abca', '0010'],
  ['next(char("a"))', 'abca', '0010'],
  ['next(not char("a"), 3)', 'abcda', '10000'],
  ['class("letter")', 'aÉ1 ', '1100'],
  ['class("consonant")', 'aBéyx', '01011'],
  ['class("lower")', 'aBé', '101'],
  ['class("punctuation")', 'a.—$', '0110'],
  ['class("vowel")', 'aBeÖu', '10101'],
  ['class("capital")', 'aBÖ9', '0110'],
  ['class("digit")', 'a1 ²', '0100'],
  ['class("space")', 'a b\nc', '01000'],
  ['class("newline")', 'a\n', '01'],
  ['space', 'a b\nc', '01000'],
  ['vowel', 'aBeÖu', '10101'],
  ['capital', 'aBÖ9', '0110'],
  ['digit', 'a1 ²', '0100'],
  ['newline', 'a\n \r\u0085\u2028', '010111'],
  ['char("é")', 'aéE', '010'],
  ['one_of(".?")', 'a.?!', '0110'],
  ['word_position', "it's a1-b", '120101201'],
  ['word_length', "it's a1-b", '220102201'],
  ['word_count', 'a bc\nd', '112223'],
  ['word_count("line")', 'a bc\nd', '112201'],
  ['sentence_count', 'A?! B. …', '01111223'],
  ['sentence_count("line")', 'A.\nB', '0100'],
  ['not (vowel or space)', 'a b', '001'],
  ['vowel or space and digit', 'a 1', '100'],
  ['not vowel and not space', 'a b', '001'],
] // prettier-ignore

const wordCases: readonly [predicate: string, text: string, expected: string][] = [
  ['quote', 'he said "no way" twice', '0011100'],
  ['between("(", ")")', 'a (b c) d', '011100'],
  ['between("/*", "*/")', 'a /* b */ c', '0111000'],
  ['column', 'a b\nc', '1201'],
  ['line_length', 'a b\nc', '2221'],
  ['indent', '  a b\n c', '2201'],
  ['position > 1', 'a b c', '001'],
  ['regex("b c")', 'a b c d', '0110'],
  ['regex("an")', 'banana can', '11'],
  ['regex(" ")', 'a b', '00'],
  ['previous(capital)', 'One two', '01'],
  ['capital', 'One two', '10'],
  ['digit', '12 a1', '10'],
  ['vowel', 'a an', '10'],
  ['newline', 'a\nb', '010'],
  ['space', 'a b', '00'],
  ['class("letter")', "don't two", '01'],
  ['char("the")', 'the a The', '100'],
  ['one_of("the an")', 'the a an', '101'],
  ['word_position', 'the 1st .', '330'],
  ['word_length >= 3', 'the a .', '100'],
  ['word_count', 'a b . c', '1223'],
  ['sentence_count', 'a . b ...', '0112'],
]

const labelled: SymbolSequence = { ...words('the dog'), label: 'good', labels: ['good', 'bad'] }
const taggedWords: SymbolSequence = { ...words('the dog'), tags: ['DT', 'NN'], labels: ['DT', 'NN'] }

describe('properties', () => {
  it.each(characterCases)('%s on the characters %j', (predicate, text, expected) => {
    expect(shown(values(predicate, chars(text)))).toBe(expected)
  })

  it.each(wordCases)('%s on the words of %j', (predicate, text, expected) => {
    expect(shown(values(predicate, words(text)))).toBe(expected)
  })

  it('line_label and tag read what the lines of the data say', () => {
    expect(shown(values('line_label("good")', labelled))).toBe('11')
    expect(shown(values('line_label("bad")', labelled))).toBe('00')
    expect(shown(values('tag("NN")', taggedWords))).toBe('01')
    expect(() => values('line_label("goood")', labelled)).toThrow(/did you mean "good"/)
    expect(() => values('tag("NN")', labelled)).toThrow(/tagged lines/)
    expect(() => values('line_label("x")', chars('a'))).toThrow(/labelled lines/)
  })

  it('all have a case here, and an example that parses and can be evaluated', () => {
    const named = new Set(
      [...characterCases, ...wordCases].flatMap(([predicate]) => predicate.match(/\w+/g)!),
    )
    for (const { name, example, kind } of propertyRows) {
      if (!['line_label', 'tag'].includes(name)) expect(named).toContain(name)
      const found = values(example, {
        ...chars('a (b) "c".\n'),
        label: 'positive',
        tags: [...'a (b) "c".\n'],
        labels: ['positive', 'NN'],
      })
      expect(found).toHaveLength(11)
      expect(example).toContain(name)
      expect([name, kind]).toEqual([name, kind])
    }
  })

  it.each(['\r\n', '\r', '\u0085', '\u2028'])('find the same quotations where lines end with %j', (end) => {
    const text = 'say "one\n\ntwo" and “three\n\n\nfour” \'five\nsix\'\n\n"seven\n'
    const marks = (lines: string) => {
      const points = [...lines.replaceAll('\n', end)]
      return shown(
        values('quote', chars(points.join(''))).filter((_, t) => !/[\r\n\u0085\u2028]/.test(points[t]!)),
      )
    }
    const plain = shown(values('quote', chars(text)).filter((_, t) => text[t] !== '\n'))
    expect(marks(text)).toBe(plain)
    expect(plain).toContain('1'.repeat(4))
  })
})

describe('properties against plain loops on random texts', () => {
  const text = fc.array(fc.constantFrom('a', 'B', ' ', '\n', '(', ')', '.', '1', '"'), { maxLength: 60 })
  const check = (predicate: string, plain: (symbols: string[]) => number[]) =>
    fc.assert(
      fc.property(text, (symbols) => {
        expect([...values(predicate, chars(symbols.join('')))]).toEqual(plain(symbols))
      }),
    )

  it('depth counts open marks', () => {
    check('depth', (symbols) => {
      let open = 0
      return symbols.map((s) => (open = Math.max(0, open + (s === '(' ? 1 : s === ')' ? -1 : 0))))
    })
  })
  it('equal marks alternate', () => {
    check(String.raw`between("\"", "\"")`, (symbols) => {
      let inside = false
      return symbols.map((s) => Number((inside = s === '"' ? !inside : inside)))
    })
  })
  it('column, line_length and indent look at one line', () => {
    const lines = (symbols: string[]) => symbols.join('').split(/(?<=\n)/)
    check('column', (symbols) =>
      lines(symbols).flatMap((line) => [...line].map((symbol, i) => (symbol === '\n' ? 0 : i + 1))),
    )
    check('line_length', (symbols) =>
      lines(symbols).flatMap((line) => [...line].map(() => line.replace('\n', '').length)),
    )
    check('indent', (symbols) =>
      lines(symbols).flatMap((line) =>
        [...line].map((symbol, i) => (symbol === '\n' ? 0 : Math.min(i + 1, /^ */.exec(line)![0].length))),
      ),
    )
  })
  it('words are counted as by splitting', () => {
    check('word_count', (symbols) =>
      symbols.map(
        (_, t) =>
          symbols
            .slice(0, t + 1)
            .join('')
            .split(/[^aB1]+/)
            .filter(Boolean).length,
      ),
    )
    check('word_length', (symbols) =>
      symbols.map((s, t) => {
        if (!/[aB1]/.test(s)) return 0
        const before = /[aB1]*$/.exec(symbols.slice(0, t).join(''))![0].length
        return before + /^[aB1]*/.exec(symbols.slice(t).join(''))![0].length
      }),
    )
  })
})

describe('regular expressions', () => {
  /** Ranges of non-empty matches by JavaScript's own engine. */
  const native = (pattern: string, flags: string, text: string) =>
    [...text.matchAll(new RegExp(pattern, `gmu${flags}`))]
      .filter(([match]) => match !== '')
      .map((match) => [match.index, match.index + match[0].length])

  const pattern = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
    atom: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        'a',
        'b',
        '.',
        '[ab]',
        '[^a]',
        String.raw`\w`,
        String.raw`\s`,
        '^',
        '$',
        String.raw`\b`,
        String.raw`\B`,
      ),
      tie('pattern').map((inner) => `(?:${inner})`),
    ),
    pattern: fc
      .array(
        fc.tuple(
          tie('atom'),
          fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{2}', '{1,2}', '{2,}', '|'),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((parts) =>
        parts
          .map(([atom, sign]) => (/^(?:\^|\$|\\[bB])$/.test(atom) && sign !== '|' ? atom : atom + sign))
          .join(''),
      ),
  })).pattern

  it('match as those of JavaScript', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(fc.constantFrom('a', 'b', 'A', ' ', '\n'), { maxLength: 12 }),
        fc.constantFrom('', 'i'),
        (source, symbols, flags) => {
          fc.pre(wrongPattern(source) === undefined)
          expect(matchesOf(source, flags, symbols)).toEqual(native(source, flags, symbols.join('')))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('of the kind that backtracks for ever end at once', () => {
    const text = chars('a'.repeat(50_000))
    for (const evil of ['(a+)+b', '(a|aa)+$b', 'a*a*a*a*b']) {
      const found = values(`regex(${printText(evil)})`, { ...text, symbols: text.symbols.slice(0, 2000) })
      expect(found.some((x) => x === 1)).toBe(false)
    }
    expect(() => values('regex("[^]*Z|a")', text)).toThrow(/takes too long on this text/)
  })
})
