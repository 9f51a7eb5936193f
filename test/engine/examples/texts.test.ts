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
  const all = lines('sentences').map((line) =>
    line.split(' ').map((token) => token.split('/') as [string, string]),
  )
  it('follow the grammar, and a word alone does not tell its tag', () => {
    const tags = new Map<string, Map<string, number>>()
    for (const pairs of all) {
      for (const [word, tag] of pairs) {
        const counts = tags.get(word) ?? new Map<string, number>()
        tags.set(word, counts.set(tag, (counts.get(tag) ?? 0) + 1))
      }
      const shape = `${pairs.map(([, tag]) => tag).join(' ')} `
      const np = '(?:PRON |DET (?:ADJ )?NOUN )'
      expect(shape).toMatch(
        new RegExp(
          `^${np}(?:PREP ${np})?(?:MODAL )?(?:ADV )?VERB (?:${np}(?:PREP ${np})?)?(?:PREP ${np})?(?:ADV )?\\. $`,
        ),
      )
    }
    expect([...tags.get('can')!.keys()].sort()).toEqual(['MODAL', 'NOUN', 'VERB'])
    expect([...tags.values()].filter((counts) => counts.size > 1).length).toBeGreaterThan(8)
    const byWord = [...tags.values()].reduce((sum, counts) => sum + Math.max(...counts.values()), 0)
    expect(byWord / all.flat().length).toBeCloseTo(0.885, 3) // the figure of the preset `tags`
  })

  it('are grammatical: a or an, she or her, eat after a modal and ate without', () => {
    for (const pairs of all) {
      const said = pairs.map(([word]) => word).join(' ')
      const verb = pairs.findIndex(([, tag]) => tag === 'VERB')
      const subject = pairs[0]!
      expect(said).not.toMatch(/\ba [aeiou]|\ban [^aeiou]/)
      if (subject[1] === 'PRON') expect(['she', 'he', 'they', 'we', 'I']).toContain(subject[0])
      const objects = pairs.slice(1).flatMap(([word, tag]) => (tag === 'PRON' ? [word] : []))
      for (const word of objects) expect(['her', 'him', 'them', 'us', 'me']).toContain(word)
      expect(said).not.toMatch(/^(I|we) .* (me|us)\b/)
      const isModal = pairs.slice(0, verb).some(([, tag]) => tag === 'MODAL')
      const form = pairs[verb]![0]
      if (isModal) expect(form, said).toMatch(/^(eat|saw|duck|watch|train|fish|light|run|walk|plan|see|can)$/)
      else expect(form, said).toMatch(/^(ate|saw|lit|ran|\w+ed)$/)
      if (/^(duck|fish)(ed)?$/.test(form)) expect(pairs[verb + 1]![1], said).toMatch(/^(PREP|ADV|\.)$/)
      if (/^(see|light|lit|can|canned|sawed)$/.test(form))
        expect(pairs[verb + 1]![1], said).toMatch(/^(PRON|DET)$/)
    }
  })
})

describe('numerals', () => {
  const small =
    'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
      ' ',
    )
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

describe('word order', () => {
  it('moves the verb to the end, where each of its forms has one form', () => {
    const all = lines('word-order').map((line) => line.split('\t').map((text) => text.split(' ')))
    expect(new Set(all.map(([english]) => english!.join(' '))).size).toBe(6000)
    for (const [english, invented] of all) expect(english!.length).toBe(invented!.length)
    // The verb ends the invented sentence and agrees with its subject.
    const verbs = new Map<string, Set<string>>()
    for (const [english, invented] of all) {
      const verb = english!.find((word) =>
        /^((see|follow|paint|help|hear|find|remember|like|know)s?|carry|carries)$/.test(word),
      )!
      const form = invented!.at(-2)!
      verbs.set(verb, (verbs.get(verb) ?? new Set()).add(form))
      expect(form).toMatch(/(mu|ti)$/)
    }
    for (const [verb, forms] of verbs) expect([verb, forms.size]).toEqual([verb, 1])
    const inverse = [...verbs.values()].flatMap((forms) => [...forms])
    expect(new Set(inverse).size).toBe(inverse.length)
  })
})
