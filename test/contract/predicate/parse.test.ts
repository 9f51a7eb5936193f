// The predicate language: what parses prints and parses again, what does not is refused at its position.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import {
  operators,
  printExpression,
  type Expression,
  type Property,
} from '../../../src-main/contract/predicate/expression.ts'
import { parsePredicate } from '../../../src-main/contract/predicate/parse.ts'
import {
  propertyRow,
  propertyRows,
  type Parameter,
  type PropertyName,
} from '../../../src-main/contract/predicate/properties.ts'

/** Without positions in the source. */
const plain = (expression: Expression): unknown =>
  JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'at' ? undefined : value)))

const ofKind = (kind: 'boolean' | 'number') => propertyRows.filter((row) => row.kind === kind)

const expressions = fc.letrec<{ any: Expression; property: Expression; argument: Expression }>((tie) => {
  const argumentOf = ({ kind, choices, min = 0, max = 100, wrong }: Parameter) => {
    if (kind === 'predicate') return tie('any')
    if (kind === 'number') return fc.integer({ min, max })
    if (choices) return fc.constantFrom(...choices)
    return wrong
      ? fc.constantFrom('a+', String.raw`\bx\d`, '[^"]*')
      : fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed())
  }
  const property = (kind: 'boolean' | 'number') =>
    fc.constantFrom(...ofKind(kind)).chain(({ name, parameters }) => {
      const required = parameters.filter((one) => one.default === undefined).length
      return fc
        .integer({ min: required, max: parameters.length })
        .chain((count) => fc.tuple(...parameters.slice(0, count).map(argumentOf)))
        .map((given) => ({ type: 'property', name: name as PropertyName, given, at: 0 }) as const)
    })
  const terms = fc.array(tie('any'), { minLength: 2, maxLength: 3 })
  return {
    argument: tie('any'),
    property: property('boolean'),
    any: fc.oneof(
      { maxDepth: 4 },
      property('boolean'),
      fc.record({
        type: fc.constant('comparison' as const),
        property: property('number'),
        operator: fc.constantFrom(...operators),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      }),
      fc.record({ type: fc.constant('not' as const), term: tie('any') }),
      fc.record({ type: fc.constantFrom('and' as const, 'or' as const), terms }),
    ),
  }
}).any

const errorOf = (source: string): UnrollError => {
  try {
    parsePredicate(source)
  } catch (error) {
    if (error instanceof UnrollError) return error
    throw error
  }
  throw new Error(`${source} parses`)
}

describe('predicates', () => {
  it('print and parse to the same expression', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const text = printExpression(expression)
        fc.pre(text.length <= 2000)
        expect(plain(parsePredicate(text))).toEqual(plain(expression))
      }),
      { numRuns: 500 },
    )
  })

  it('not binds tighter than and, and than or', () => {
    expect(printExpression(parsePredicate('not vowel and space or digit'))).toBe(
      'not vowel and space or digit',
    )
    expect(plain(parsePredicate('not vowel and space or digit'))).toMatchObject({
      type: 'or',
      terms: [{ type: 'and', terms: [{ type: 'not' }, { name: 'space' }] }, { name: 'digit' }],
    })
    expect(plain(parsePredicate('(vowel or (space)) and not (column>=-2.5e1)'))).toMatchObject({
      type: 'and',
      terms: [{ type: 'or' }, { type: 'not', term: { type: 'comparison', operator: '>=', value: -25 } }],
    })
  })

  it('texts stand between either quotation marks, with escapes', () => {
    const given = (source: string) => (parsePredicate(source) as Property).given
    expect(given(`between('"',"'")`)).toEqual(['"', "'"])
    expect(given(String.raw`between("\"", "\n\\\u0041\u{1f600}")`)).toEqual(['"', '\n\\A😀'])
    expect(given(String.raw`regex("\d+\.")`)).toEqual([String.raw`\d+\.`])
    expect(given('depth()')).toEqual([])
  })

  it('every example parses', () => {
    for (const { example } of propertyRows) expect(() => parsePredicate(example)).not.toThrow()
    expect(propertyRow('nosuch')).toBeUndefined()
  })

  it.each([
    ['', 0, /a property is missing; the predicate ends here/],
    ['colum >= 3', 0, /no property "colum"; did you mean column\?/],
    ['vowel and', 9, /a property is missing/],
    ['vowel AND space', 6, /and or or is missing; AND stands here: did you mean and\?/],
    ['vowel && space', 6, /"&" has no meaning here; write and/],
    ['!vowel', 0, /write not/],
    ['(vowel', 6, /"\)" is missing/],
    ['vowel)', 5, /and or or is missing/],
    ['column and vowel', 0, /column is a number; compare it, such as column >= 2/],
    ['vowel and column', 10, /column is a number/],
    ['not column', 4, /column is a number/],
    ['vowel >= 3', 0, /vowel holds or does not, so it is not compared/],
    ['column >= vowel', 10, /a number is missing after >=; vowel stands here/],
    ['column >= 1e999', 10, /a number is missing/],
    ['1 < column', 0, /a property is missing; 1 stands here/],
    ['column > 1 < 3', 11, /join two comparisons with and/],
    ['between', 0, /between needs open, such as between\("\/\*", "\*\/"\)/],
    ['between("(")', 0, /between needs close/],
    ['between("(", ")", "x")', 18, /too many arguments; at most 2/],
    ['between("", ")")', 8, /open is empty/],
    ['between("(", ")"', 16, /"\)" is missing/],
    ['between("(, )', 8, /no closing "/],
    ['between(3, ")")', 8, /open is a text between quotation marks; 3 stands here/],
    ['vowel("a")', 5, /vowel takes no arguments/],
    ['class("vowl")', 6, /name "vowl" is unknown; did you mean "vowel"\?/],
    ['previous(vowel, 0)', 16, /n is a whole number from 1 to 10000, not 0/],
    ['previous(vowel, 1.5)', 16, /whole number/],
    ['previous(column)', 9, /column is a number/],
    ['regex("(")', 6, /pattern is no regular expression/],
    ['regex("(?=a)")', 6, /pattern has look-around/],
    [String.raw`regex("(a)\1")`, 6, /pattern has a back-reference/],
    ['regex("(?<n>a)")', 6, /pattern has a group/],
    ['regex("(a*)*")', 6, /pattern repeats a part that may be empty/],
    ['regex("(?:a{1000}){1000}")', 6, /pattern repeats too much/],
    ['[vowel]', 0, /write \(/],
    ['vowel “', 6, /write "/],
    ['column ≥ 3', 7, /write >=/],
    ['vowel; space', 5, /";" has no meaning here/],
  ] as const)('refuses %j at %i', (source, offset, message) => {
    const error = errorOf(source)
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(new RegExp(`^predicate, character ${offset + 1}: `))
    expect([error.code, error.details]).toEqual(['E_ARG', { path: 'predicate', offset }])
  })

  it.each([
    ['parentheses', '('.repeat(2000)],
    ['pairs of parentheses', `${'('.repeat(999)}a${')'.repeat(999)}`],
    ['nots', 'not '.repeat(500)],
    ['arguments', 'previous('.repeat(220)],
    ['signs', '<'.repeat(2000)],
    ['quotation marks', '"'.repeat(1999)],
    ['backslashes', `char("${'\\'.repeat(1990)}`],
    ['groups of a regular expression', `regex("${'('.repeat(950)}a${')'.repeat(950)}")`],
    ['too many characters', 'vowel or '.repeat(300)],
    ['unpaired surrogates', '\ud83d'],
    ['a long name', 'a'.repeat(2000)],
  ])('refuses %s', (_, source) => {
    const error = errorOf(source)
    expect(error.code).toBe('E_ARG')
    expect(error.message.length).toBeLessThan(400)
    expect(error.message.isWellFormed()).toBe(true)
  })

  it('nests up to 64 levels, and any text ends in an expression or a refusal', () => {
    expect(() => parsePredicate(`${'('.repeat(60)}vowel${')'.repeat(60)}`)).not.toThrow()
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'vowel',
            'column',
            'between',
            '(',
            ')',
            ',',
            '"',
            "'",
            'not',
            'and',
            'or',
            '>=',
            '3',
            ' ',
            '\\',
          ),
        ),
        (parts) => {
          try {
            parsePredicate(parts.join(''))
          } catch (error) {
            expect(error).toBeInstanceOf(UnrollError)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})
