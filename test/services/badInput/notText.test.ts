// Bad-input catalogue, rows 1-11: bytes that are no text; each with the code, the place and what to do.
import { describe, expect, it } from 'vitest'
import type { UnrollError } from '../../../src-main/contract/errors.ts'
import { openApp } from '../apps.ts'
import { bytes, utf16, long } from './textFiles.ts'

describe('bytes that are no text', () => {
  it.each<[string, Buffer, string, RegExp, number?]>([
    ['1: 0 bytes', bytes(''), 'E_DATA_EMPTY', /^corpus\.txt is empty/],
    ['2: only a BOM', bytes([0xef, 0xbb, 0xbf]), 'E_DATA_EMPTY', /byte order mark \(BOM\)/],
    ['2: BOM and white space', bytes([0xef, 0xbb, 0xbf], ' \n\t'), 'E_DATA_EMPTY', /BOM\) and white space/],
    ['2: only white space', bytes(' \r\n\u3000 '), 'E_DATA_EMPTY', /white space/],
    ['2: only a UTF-16 BOM', bytes([0xff, 0xfe]), 'E_DATA_EMPTY', /BOM/],
    [
      '4: overlong C0 AF',
      bytes('abc', [0xc0, 0xaf], 'x'),
      'E_UTF8',
      /byte 3 \(C0 AF 78\), 2 places in all\..* replace \(by U\+FFFD\) or skip/,
      3,
    ],
    ['4: surrogate ED A0 80', bytes('ab', [0xed, 0xa0, 0x80]), 'E_UTF8', /byte 2 \(ED A0 80\)/, 2],
    ['4: F5', bytes([0xf5], 'abc'), 'E_UTF8', /byte 0 \(F5 61 62 63\), 1 place/, 0],
    ['4: cut at the end', bytes('abc', [0xf0, 0x9f, 0x98]), 'E_UTF8', /byte 3 \(F0 9F 98\), 1 place/, 3],
    [
      "4: behind a BOM the offset is the file's",
      bytes([0xef, 0xbb, 0xbf], 'ab', [0xff]),
      'E_UTF8',
      /byte 5/,
      5,
    ],
    [
      '5: UTF-16 LE without BOM',
      utf16(long, 'le'),
      'E_ENCODING',
      /looks like UTF-16 LE without a byte order mark/,
    ],
    ['5: UTF-16 BE without BOM', utf16(long, 'be'), 'E_ENCODING', /looks like UTF-16 BE/],
    [
      '5: UTF-16 with BOM, cut',
      bytes([0xff, 0xfe], [...utf16(long, 'le')].slice(0, 51)),
      'E_ENCODING',
      /cut or damaged/,
    ],
    ['6: NUL bytes', bytes('some text', [0], 'more'), 'E_BINARY', /byte 9 is zero/, 9],
    ['6: PNG', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a]), 'E_DATA_FORMAT', /the image is cut/],
    ['6: gzip', bytes([0x1f, 0x8b, 8, 0], long), 'E_DATA_FORMAT', /gzip file is damaged or cut/],
    ['6: PDF', bytes('%PDF-1.7\n'), 'E_BINARY', /looks like a PDF/],
    ['6: ZIP', bytes('PK', [3, 4], long), 'E_DATA_FORMAT', /ZIP archive is damaged or cut/],
    ['6: GIF', bytes('GIF89a', [64, 0, 64, 0], long), 'E_BINARY', /looks like a GIF/],
    ['6: MP3', bytes('ID3', [3, 0, 0], long), 'E_BINARY', /looks like a MP3/],
    ['6: WAV', bytes('RIFF', [1, 2, 3, 4], 'WAVEfmt ', long), 'E_BINARY', /looks like a RIFF/],
    ['6: program', bytes('MZ', [0x90, 0, 3, 0], long), 'E_BINARY', /looks like a Windows program/],
    ['6: bzip2', bytes('BZh91AY&SY', [0x80], long), 'E_BINARY', /looks like a bzip2/],
  ])('%s', async (_, input, code, message, offset) => {
    const app = await openApp()
    const act = () => app.call('data.import', { name: 'corpus.txt', bytes: input })
    const error = await act().then(
      () => undefined,
      (e: unknown) => e as UnrollError,
    )
    expect(error?.code).toBe(code)
    expect(error!.message).toMatch(message)
    if (offset !== undefined) expect(error!.details?.offset).toBe(offset)
    expect((await app.call('data.list', {})).filter((dataset) => !dataset.builtin)).toEqual([])
  })
})
