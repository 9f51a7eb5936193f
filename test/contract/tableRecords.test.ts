// Records of separated text: quotes, line breaks, and pieces that end anywhere.
import { expect, it } from 'vitest'
import { columnIndex, recordReader, separatorOf } from '../../src-main/contract/tableRecords.ts'

const text = 'label,text\r\npos,"a ""good"" film,\nreally"\n\nneg,5" wide\rpos,\nneg,"end"'
const records = [
  ['label', 'text'],
  ['pos', 'a "good" film,\nreally'],
  ['neg', '5" wide'],
  ['pos', ''],
  ['neg', 'end'],
]

it('are the same however the text is cut', () => {
  for (const size of [1, 2, 3, 7, 100]) {
    const reader = recordReader(',')
    const found = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      reader.push(text.slice(i * size, (i + 1) * size)),
    ).flat()
    expect([...found, ...reader.end()]).toEqual(records)
  }
})

it('have the separator of their first line, and columns by name or number', () => {
  expect(['a\tb,c', 'a;b', 'a;b,c', 'a'].map(separatorOf)).toEqual(['\t', ';', ',', ','])
  expect([columnIndex(['label', ' Text '], 'text'), columnIndex(['label', 'text'], '1')]).toEqual([1, 0])
  expect(() => columnIndex(['label', 'text'], 'review')).toThrow(
    'column: there is no column "review". Name one of "label", "text", or a number from 1 to 2.',
  )
})
