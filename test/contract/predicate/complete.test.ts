// Completion offers what the parser would accept at the caret, and replaces what is typed there.
import { describe, expect, it } from 'vitest'
import { completionsAt } from '../../../src-main/contract/predicate/complete.ts'
import { parsePredicate } from '../../../src-main/contract/predicate/parse.ts'
import { propertyRows } from '../../../src-main/contract/predicate/properties.ts'

/** The texts offered at `|`. */
const offered = (marked: string): string[] => {
  const caret = marked.indexOf('|')
  return completionsAt(marked.replace('|', ''), caret).items.map(({ text }) => text)
}
/** The source after taking the first completion at `|`. */
function completed(marked: string): string {
  const caret = marked.indexOf('|')
  const source = marked.replace('|', '')
  const { from, to, items } = completionsAt(source, caret)
  return source.slice(0, from) + items[0]!.text + source.slice(to)
}

describe('completion', () => {
  it('offers every property, not and a parenthesis at the beginning', () => {
    expect(offered('|')).toEqual(
      expect.arrayContaining(['not', '(', 'between(', 'quote', 'column', 'previous(', 'depth']),
    )
    expect(offered('|')).toHaveLength(propertyRows.length + 2)
  })

  it.each([
    ['quo|', ['quote']],
    ['vowel and not dig|', ['digit']],
    ['word_|', ['word_position', 'word_length', 'word_count']],
    ['vowel |', ['and', 'or']],
    ['column |', ['>=', '<=', '>', '<', '=', '!=', 'and', 'or']],
    ['column >= 3 |', ['and', 'or']],
    ['(vowel |', ['and', 'or', ')']],
    ['vowel a|', ['and']],
    ['class(|', expect.arrayContaining(['"letter"', '"vowel"'])],
    ['class("vo|', ['"vowel"']],
    ["class('vo|", ['"vowel"']],
    ['word_count("|', ['"text"', '"line"']],
    ['previous(vowel|, 2)', []],
    ['previous(vowel |', ['and', 'or', ',', ')']],
    ['previous(ca|', ['capital']],
    ['column >= |', []],
    ['char("e|', []],
    ['nosuch and |', []],
    ['; |', []],
  ])('at %s', (marked, expected) => {
    expect(offered(marked)).toEqual(expected)
  })

  it('replaces the word or text at the caret', () => {
    expect(completed('not quo|te and vowel')).toBe('not quote and vowel')
    expect(completed('cap| or digit')).toBe('capital or digit')
    expect(completed('class("pun|ct") and space')).toBe('class("punctuation") and space')
    expect(() => parsePredicate(completed('vowel or new|'))).not.toThrow()
  })
})
