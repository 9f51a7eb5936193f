// Numbers as people of many places type them: read, or refused with the reason.
import { describe, expect, it } from 'vitest'
import { readNumber } from '../../src-main/contract/readNumber.ts'

describe('typed numbers', () => {
  it.each<[string, number]>([
    ['1e-3', 0.001], ['-1E+3', -1000], [' 128 ', 128], ['-.5', -0.5], ['−2', -2], ['2.', 2], ['+7', 7], ['0.003', 0.003], ['007', 7], ['1.000', 1],
    ['1_000_000', 1e6], ['10 000', 10_000], ['10\u00a0000', 10_000], ['10\u202f000.25', 10_000.25], ["1'000", 1000], ['1,000,000', 1e6], ['1,000.5', 1000.5],
  ])('%j is %d', (text, value) => expect(readNumber(text)).toEqual({ value })) // prettier-ignore

  it('16,384 is a whole number where only whole numbers are asked for', () => {
    expect(readNumber('16,384', { integer: true })).toEqual({ value: 16_384 })
    expect(readNumber('16,384').fault).toBe('"16,384": may be 16384 or 16.384; write one of them')
    expect(readNumber('-1,500').fault).toContain('-1500 or -1.500')
  })

  it.each<[string, RegExp]>([
    ['0,003', /point before the decimals: 0\.003/],
    ['-0,125', /: -0\.125/],
    ['1,5', /: 1\.5/],
    ['1,5e-3', /: 1\.5e-3/],
    [',5', /: \.5/],
    ['1.000,5', /point before the decimals, and no thousands separators: 1000\.5/],
    ['1 000,5', /: 1000\.5/],
    ['0 003', /leave them out/],
    ['1 00', /leave them out/],
    ['1,00,000', /leave them out/],
    ['1.2.3', /leave them out/],
    ['1.000.000', /without separators: 1000000/],
    ['٣', /digits 0 to 9/],
    ['३.५', /digits 0 to 9/],
    ['１２', /digits 0 to 9/],
    ['1e999', /too large/],
    ...['', 'abc', '1e', '0x10', 'NaN', 'Infinity', '--1', '5 %', '1/2'].map((text): [string, RegExp] => [
      text,
      /is not a number/,
    ]),
  ])('%j is refused: %s', (text, why) => expect(readNumber(text).fault).toMatch(why))

  it('1.000 may be a thousand among whole numbers', () =>
    expect(readNumber('1.000', { integer: true }).fault).toMatch(/without separators: 1000/))
})
