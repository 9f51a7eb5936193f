// Generated texts of examples: the rule behind each, written down a second time.
import { describe, expect, it } from 'vitest'
import { builtinText } from '../../../src-main/engine/index.ts'

const lines = (id: string) => builtinText(id)!.trimEnd().split('\n')

describe('reviews', () => {
  const good = /brilliant|moving|funny|clever|gripping|charming|fresh|warm|superb|honest/
  const meaning = (statement: string): string =>
    good.test(statement) !== /\b(not|never|hardly)\b/.test(statement) ? 'positive' : 'negative'
  it('what stands last decides, turned around by not, never and hardly', () => {
    const all = lines('reviews')
    expect(all).toHaveLength(5000)
    const labels = all.map((line) => {
      const [label, text] = line.split('\t') as [string, string]
      expect(meaning(text.split(/ but | and | , /).at(-1)!), text).toBe(label)
      if (text.includes(' but ')) expect(meaning(text.split(' but ')[0]!), text).not.toBe(label)
      return label
    })
    expect(labels.filter((label) => label === 'positive').length).toBeGreaterThan(2300)
    // The words alone say little.
    const byWord = all.filter((line) => good.test(line) === line.startsWith('positive')).length
    expect(byWord / all.length).toBeLessThan(0.75)
  })
})

describe('sentences', () => {
  it('follow the grammar, and a word alone does not tell its tag', () => {
    const tags = new Map<string, Set<string>>()
    for (const line of lines('sentences')) {
      const pairs = line.split(' ').map((token) => token.split('/') as [string, string])
      for (const [word, tag] of pairs) tags.set(word, (tags.get(word) ?? new Set()).add(tag))
      const shape = `${pairs.map(([, tag]) => tag).join(' ')} `
      const np = '(?:PRON |DET (?:ADJ )?NOUN )'
      expect(shape).toMatch(new RegExp(`^${np}(?:PREP ${np})?(?:MODAL )?(?:ADV )?VERB (?:${np}(?:PREP ${np})?)?(?:PREP ${np})?\\. $`)) // prettier-ignore
    }
    expect([...tags].filter(([, kinds]) => kinds.size > 1).length).toBeGreaterThan(8)
    expect([...tags.get('can')!].sort()).toEqual(['MODAL', 'NOUN', 'VERB'])
  })
})

describe('numerals', () => {
  const small = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ') // prettier-ignore
  const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
  /** Reads English from left to right. */
  function read(text: string): number {
    let total = 0
    let now = 0
    for (const word of text.split(/[ -]/)) {
      if (word === 'thousand' || word === 'hundred') {
        total += now * (word === 'hundred' ? 100 : 1000)
        now = 0
      } else if (tens.includes(word)) now += 10 * (tens.indexOf(word) + 2)
      else now += small.indexOf(word) + 1
    }
    return total + now
  }
  it('mean their digits, and none comes twice', () => {
    const all = lines('numerals').map((line) => line.split('\t') as [string, string])
    for (const [words, digits] of all) expect(read(words), words).toBe(Number(digits))
    expect(new Set(all.map(([, digits]) => digits)).size).toBe(4000)
  })
})
