// Differences of two texts: what an insertion, a deletion and a replacement mark, and that equal texts mark nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differing } from '../../src-renderer/views/sample/differing.ts'

const marks = (a: string, b: string) =>
  differing(
    [...a].map((c) => c.charCodeAt(0)),
    [...b].map((c) => c.charCodeAt(0)),
  )
    .map((differs) => (differs ? 'x' : '.'))
    .join('')

describe('differing symbols', () => {
  it.each([
    ['the cat', 'the cat', '.......'],
    ['the cat', 'the bat', '....x..'],
    ['the big cat', 'the cat', '....xxxx...'],
    ['the cat', 'the big cat', '.......'],
    ['abc', '', 'xxx'],
    ['', 'abc', ''],
  ])('%j beside %j', (a, b, expected) => {
    expect(marks(a, b)).toBe(expected)
  })

  it('leaves a subsequence of the other text unmarked, of the same length from both sides', () => {
    const text = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const common = (x: number[], y: number[]) => x.filter((_, i) => !differing(x, y)[i])
        const shared = common(a, b)
        let at = 0
        for (const id of b) if (id === shared[at]) at++
        expect(at).toBe(shared.length)
        expect(common(b, a)).toHaveLength(shared.length)
      }),
    )
  })
})
