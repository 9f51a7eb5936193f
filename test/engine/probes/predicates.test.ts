// Predicates of texts find the same places as plain rules.
import { describe, expect, it } from 'vitest'
import { predicateLabels } from '../../../src-main/engine/probes/predicates.ts'

describe('predicates', () => {
  it.each([
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
    ['space', 'a b\nc', '01000'],
    ['vowel', 'aBeÖu', '10101'],
    ['capital', 'aBÖ9', '0110'],
    ['digit', 'a1 ²', '0100'],
    ['newline', 'a\n \r\u0085\u2028', '010111'],
  ] as const)('%s on %j', (predicate, text, expected) => {
    expect([...predicateLabels(predicate, [...text])].join('')).toBe(expected)
  })

  it.each(['\r\n', '\r', '\u0085', '\u2028'])('find the same quotations where lines end with %j', (end) => {
    const text = 'say "one\n\ntwo" and “three\n\n\nfour” \'five\nsix\'\n\n"seven\n'
    const marks = (lines: string) => {
      const points = [...lines.replaceAll('\n', end)]
      return [...predicateLabels('quote', points)]
        .filter((_, t) => !/[\r\n\u0085\u2028]/.test(points[t]!))
        .join('')
    }
    const plain = [...predicateLabels('quote', [...text])].filter((_, t) => text[t] !== '\n').join('')
    expect(marks(text)).toBe(plain)
    expect(plain).toContain('1'.repeat(4))
  })
})
