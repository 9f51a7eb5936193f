// Numbers, times and invisible characters as they are shown.
import { settingText } from '../../src-main/contract/settingText.ts'
import { describe, expect, it } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatShort,
} from '../../src-renderer/ui/format.ts'
import { directionOf, segments, symbolText, visibleText } from '../../src-renderer/ui/visible.ts'

describe('numbers', () => {
  it.each([
    [0.123456, '0.1235'], [1.5, '1.500'], [12.3456, '12.35'], [12345.6, '12,346'], [-0.5, '−0.5000'], [0, '0'], [0.00001234, '1.234e−5'],
    [2.5e9, '2.5e9'], [NaN, 'NaN'], [Infinity, '∞'], [-Infinity, '−∞'], [null, '–'], [undefined, '–'], [9999, '9999'], [10_000, '10,000'],
  ])('shows %s with four significant digits as %s', (value, text) => expect(formatNumber(value)).toBe(text)) // prettier-ignore

  it.each([[0.003, '0.003'], [128, '128'], [123_456_789, '123456789'], [0.00123456, '0.00123456'], [1e-8, '1e-8'], [0.1 + 0.2, '0.30000000000000004'], [-0, '-0'], [true, 'true'], ['', ''], [null, '']])(
    'shows the setting %s in full as %s', (value, text) => expect(settingText(value)).toBe(text)) // prettier-ignore

  it.each([
    [999, '999'],
    [12_345, '12.3 k'],
    [4_560_000, '4.56 M'],
    [0, '0'],
  ])('shortens %s to %s', (value, text) => expect(formatShort(value)).toBe(text))
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1_572_864, '1.5 MiB'],
  ])('shows %s bytes as %s', (value, text) => expect(formatBytes(value)).toBe(text))
  it('says that a share is tiny instead of printing its digits', () => {
    expect(formatPercent(0.0005)).toBe('< 0.1 %')
    expect(formatPercent(0.1234)).toBe('12.3 %')
    expect(formatPercent(0)).toBe('0 %')
  })
})

describe('times', () => {
  it.each([
    [4.26, '4.3 s'],
    [59.4, '59 s'],
    [187, '3:07'],
    [8109, '2:15:09'],
    [273_600, '3 d 4 h'],
    [NaN, '–'],
  ])('shows %s seconds as %s', (value, text) => expect(formatDuration(value)).toBe(text))

  it.each([
    [1000, 'just now'],
    [42_000, '42 s ago'],
    [150_000, '2 min ago'],
    [7_300_000, '2 h ago'],
    [200_000_000, '2 d ago'],
  ])('shows an age of %s ms as %s', (age, text) => expect(formatAge(1e12 - age, 1e12)).toBe(text))
})

describe('characters that hide', () => {
  it('are shown by name, and nothing is lost', () => {
    const tricky = 'a\u202eb\u200bc\u0000d\u2066e\ufeff\u{e0041}'
    expect(
      segments(tricky)
        .map((part) => part.text)
        .join(''),
    ).toBe(tricky)
    expect(visibleText(tricky)).toBe('a‹RLO›b‹ZWSP›c‹U+0000›d‹LRI›e‹BOM›‹U+E0041›')
  })
  it('leaves ordinary text and emoji alone', () => {
    for (const text of ['plain', 'الشبكة', '日本語', '👩‍🔬', '👩🏽‍🔬 ok', '❤️', 'e\u0301'])
      expect(visibleText(text)).toBe(text)
  })
  it('tells the direction of a name by its first letter', () => {
    expect(['run 1', '7 שלום', '🙂 مرحبا', 'a שלום', '', '漢字', '42'].map(directionOf)).toEqual(['ltr', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr', 'ltr']) // prettier-ignore
  })
  it('marks a joiner that joins no pictures', () => expect(visibleText('ab\u200dcd')).toBe('ab‹ZWJ›cd'))
  it('names the symbols of a vocabulary that cannot be seen', () => {
    expect(symbolText(' ')).toEqual({ text: 'SPACE', named: true })
    expect(symbolText('\n')).toEqual({ text: 'LF', named: true })
    expect(symbolText('é')).toEqual({ text: 'é', named: false })
  })
})
