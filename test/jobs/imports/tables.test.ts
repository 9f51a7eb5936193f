// Tables as they come: what is recognised, what becomes of their columns, and what is refused with its place.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import type { ImportSettings } from '../../../src-main/contract/importing.ts'
import { lookAt } from '../../../src-main/jobs/imports/look.ts'
import { bytesOf, importFile } from './importing.ts'

const reviews = [
  'review,sentiment',
  '"Dull, slow<br />and long",negative',
  'A warm film,positive',
  '"He said ""no"".",negative',
  '"two\nlines",positive',
  '',
].join('\n')

const look = async (name: string, content: string | Uint8Array, settings: ImportSettings = {}) => {
  const found = await lookAt({ name, mode: 'strict', settings }, bytesOf(content), true)
  if (found === 'whole') throw new Error('the whole is there')
  return found
}

describe('a table', () => {
  it('of reviews with reversed columns becomes labelled lines, without markup', async () => {
    const { text, statistics } = await importFile('reviews.csv', reviews)
    expect(text).toBe(
      'negative\tDull, slow and long\npositive\tA warm film\nnegative\tHe said "no".\npositive\ttwo lines\n',
    )
    expect(statistics).toMatchObject({ form: 'labels', lines: 4 })
    const found = await look('reviews.csv', reviews)
    expect(found).toMatchObject({
      title: 'a table with commas (CSV)',
      forms: ['labels', 'text'],
      settings: { label: 'sentiment', text: 'review', header: true, markup: 'strip' },
      error: null,
    })
    expect(found.lines).toEqual(text.trim().split('\n'))
  })

  it('is read with the columns that were chosen, by name or number', async () => {
    const table = 'id\ten\tru\n1\ta house\tдом\n2\ta red house\tкрасный дом\n'
    const asPairs = await importFile('pairs.tsv', table, { as: 'pairs', text: 'ru', target: '2' })
    expect(asPairs.text).toBe('дом\ta house\nкрасный дом\ta red house\n')
    expect((await importFile('pairs.tsv', table, { as: 'text', text: 'en' })).text).toBe(
      'a house\na red house\n',
    )
    await expect(importFile('pairs.tsv', table, { as: 'labels', label: 'nope', text: 'en' })).rejects.toThrow(
      /^label: there is no column "nope"; there are "id", "en", "ru"\.$/,
    )
  })

  it('of numbers keeps its dates, its gaps and its digits; a decimal comma becomes a point', async () => {
    const table = 'Date;T;RH;note\n2004-03-10;2,6;48,9;a\n2004-03-11;-200;NA;b\n2004-03-12;2,20;47,7;c\n'
    const { text, statistics } = await importFile('air.csv', table, { missing: ['-200'] })
    expect(text).toBe('Date,T,RH\n2004-03-10,2.6,48.9\n2004-03-11,,\n2004-03-12,2.2,47.7\n')
    expect(statistics.form).toBe('series')
    expect(statistics.warnings.map(({ message }) => message)).toEqual([
      '1 missing value in column "T", the first on line 3. The task says how they are filled.',
      '1 missing value in column "RH", the first on line 3. The task says how they are filled.',
    ])
  })

  it('of hours joins date and time, and leaves lines of separators alone out', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `10/03/2004;${String(i % 24).padStart(2, '0')}.00.00;${i},5;;`,
    )
    const { text, statistics } = await importFile(
      'hours.csv',
      `Date;Time;T;;\r\n${rows.join('\r\n')}\r\n;;;;\r\n;;;;\r\n`,
    )
    expect(text).toMatch(/^Date,T\n10\/03\/2004 00:00:00,0\.5\n10\/03\/2004 01:00:00,1\.5\n/)
    expect([statistics.lines, statistics.warnings]).toEqual([31, []])
  })

  it('in Parquet is that of PyArrow', async () => {
    const bytes = readFileSync('test/fixtures/reviews.parquet')
    const { text } = await importFile('reviews.parquet', bytes)
    expect(text).toContain('2026-01-01T00:00:00.000Z,1.5\n2026-01-02T00:00:00.000Z,\n')
    const labels = await importFile('reviews.parquet', bytes, {
      as: 'labels',
      label: 'sentiment',
      text: 'review',
    })
    expect(labels.text).toBe(
      'bad\ta dull, slow film\ngood\ta "warm" film with wit\nbad\tno tension at all\ngood\tbright from end to end\n',
    )
    await expect(importFile('cut.parquet', bytes.subarray(0, -9))).rejects.toThrow(/Parquet file is cut/)
    const damaged = Uint8Array.from(bytes, (byte, i) => (i > 20 && i < 400 ? byte ^ 0x55 : byte))
    await expect(importFile('bad.parquet', damaged)).rejects.toThrow(/Parquet file is damaged/)
  })

  it('of JSON lines has the keys as columns', async () => {
    const lines =
      '{"text":"a b","label":1,"meta":{"x":1}}\n{"label":0,"text":"c\\nd"}\n{"text":"","label":1}\n'
    const { text, statistics } = await importFile('data.jsonl', lines)
    expect(text).toBe('1\ta b\n0\tc d\n')
    expect(statistics.warnings[0]!.message).toBe('one record without "text" left out, the first on line 3.')
  })

  it('is read alike wherever it is cut, and as Papa Parse reads the whole', async () => {
    const cell = fc
      .array(fc.constantFrom('a', '"', ',', '\n', ' é', '😀', 'b c d e'), { maxLength: 6 })
      .map((p) => p.join(''))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(5000), { maxLength: 6 }),
        async (cells, at) => {
          const rows = cells.map(([a, b]) => [`x${a}`, `y${b}`])
          const table = Papa.unparse([['first', 'second'], ...rows], { newline: '\n' })
          const settings: ImportSettings = {
            format: 'separated',
            as: 'pairs',
            text: '1',
            target: '2',
            header: true,
          }
          const clean = (text: string) => text.replace(/\n+/g, ' ').trim()
          const expected = rows.map((row) => `${row.map(clean).join('\t')}\n`).join('')
          expect(
            (await importFile('t.csv', table, { ...settings, separator: ',', markup: 'keep' }, at)).text,
          ).toBe(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each<[string, string, ImportSettings, RegExp]>([
    ['an unclosed quotation mark', 'a,b\n1,2\n"3,4\n5,6\n', {}, /^line 3: a quotation mark is not closed/],
    ['a ragged record', 'a,b\n1,2\n3\n', {}, /^line 3: 1 cells where the first record has 2/],
    [
      'no number',
      'a,b\n1,2\n3,x4\n',
      { as: 'series', columns: ['b'] },
      /^line 3, column 2: "x4" is not a number \(column "b"\)/,
    ],
    [
      'a number that is too large',
      'a,b\n1,2\n3,1e999\n',
      { columns: ['b'] },
      /^line 3, column 2: .*too large/,
    ],
    [
      'two columns of one name',
      'a,a\n1,2\n3,4\n',
      { columns: ['a'] },
      /^columns: two columns have the name "a"/,
    ],
    [
      'two chosen columns of one name',
      'a,a\n1,2\n3,4\n',
      { columns: ['1', '2'] },
      /^line 1: two of the chosen columns have the name "a"/,
    ],
    ['no JSON', '{"a":1}\n{"a":\n', {}, /^line 2, column \d+: this is no JSON/],
    [
      'a label that is an object',
      '{"a":1,"t":"x y z"}\n{"a":{},"t":"u"}\n',
      { as: 'labels', label: 'a', text: 't' },
      /^label: there is no column "a"/,
    ],
    ['a form that no table has', 'a,b\n1,2\n', { as: 'images' }, /^as: a table cannot become images/],
    ['an unknown format', 'a,b\n1,2\n', { format: 'cvs' }, /^format: there is no "cvs"/],
  ])('with %s is refused with the place', async (_what, table, settings, message) => {
    const name = table.startsWith('{') ? 't.jsonl' : 't.csv'
    await expect(importFile(name, table, settings)).rejects.toThrow(message)
  })

  it('with hostile names of columns stays a table', async () => {
    const { text } = await importFile('h.csv', '__proto__,constructor\n1,2\n3,4\n')
    expect(text).toBe('__proto__,constructor\n1,2\n3,4\n')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
