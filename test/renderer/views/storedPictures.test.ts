// The pictures on the page of a data set are those of its stored text, also where its beginning ends within one.
import { describe, expect, it } from 'vitest'
import { builtinText } from '../../../src-main/engine/index.ts'
import { storedPictures } from '../../../src-renderer/views/data/storedPictures.ts'

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64')

describe('the pictures of a data set', () => {
  it('are its whole images, with their classes', () => {
    const text = `{"form":"images","rows":2,"columns":3,"classes":["a"]}\na\t${base64(0, 16, 255, 128, 7, 31)}\n\t${base64(255, 255, 255, 0, 0, 0)}\na\t${base64(1, 2, 3, 4, 5, 6).slice(0, 5)}`
    expect(storedPictures(text)).toEqual({
      rows: 2,
      columns: 3,
      levels: 16,
      pictures: [{ pixels: '01f801', caption: 'a' }, { pixels: 'fff000' }],
    })
  })

  it('are there of what comes along, and of no other text', () => {
    for (const [id, side] of [
      ['drawn-digits', 28],
      ['moving-shapes', 16],
    ] as const) {
      const beginning = (builtinText(id) as string).slice(0, 4000)
      expect(storedPictures(beginning)).toMatchObject({ rows: side, columns: side })
    }
    expect(storedPictures('{"rows":1}\nx')).toBeUndefined()
    expect(storedPictures('a text\nof lines')).toBeUndefined()
  })
})
