// Bad-input catalogue, rows 3-11: bytes that are text and how they are read; what is doubtful is a warning.
import { describe, expect, it } from 'vitest'
import { codeOf } from '../../store/folder.ts'
import { heard, openApp, openRealApp } from '../apps.ts'
import { bytes, utf16, long } from './textFiles.ts'
import { grouped } from '../../options.ts'

describe('bytes that are text', () => {
  it('may begin with the letters of other kinds of files', async () => {
    const app = await openApp()
    const begins = [
      'ID3\tthe first row',
      'GIF89a is a format',
      'GIF8',
      'BM',
      'MZ and co.',
      'II*',
      'MM',
      'RIFF raff WAVE',
      'PK is a unit',
      'OggS',
      'BZh91',
      '%PDF-1.7 is',
      '%PDF',
      'SQLite format 3 is',
      'Rar!',
      '7z',
      'PNG',
      'JFIF',
      'ELF',
      'NUMPY',
      'HDF',
    ]
    for (const begin of begins) {
      const text = `${begin}\nand more ${long}`
      const dataset = await app.call('data.import', { name: 'a.txt', bytes: bytes(text) })
      expect(dataset.preview).toBe(text)
    }
  })

  it('8-bit text is read as asked, and it is said how', async () => {
    const app = await openApp()
    const input = bytes('caf', [0xe9], ' and ', [0xff, 0xfe])
    const read = async (decode: string) => {
      const { preview, warnings, encoding, id } = await app.call('data.import', {
        name: 'a.txt',
        bytes: input,
        decode,
      })
      expect(warnings.map((w) => w.code)).toEqual(['W_DECODED'])
      await app.call('data.remove', { id })
      return [preview, encoding]
    }
    expect(await read('latin-1')).toEqual(['café and ÿþ', 'windows-1252'])
    expect(await codeOf(() => read('latim-1'))).toBe('E_ARG')
    expect(await read('replace')).toEqual(['caf\ufffd and \ufffd\ufffd', 'utf-8'])
    expect(await read('skip')).toEqual(['caf and ', 'utf-8'])
  })

  it.each(['le', 'be'] as const)('5: UTF-16 %s with BOM is decoded and said', async (end) => {
    const app = await openApp()
    const mark = end === 'le' ? [0xff, 0xfe] : [0xfe, 0xff]
    const dataset = await app.call('data.import', {
      name: 'x.txt',
      bytes: bytes(mark, [...utf16('Grüße 😀', end)]),
    })
    expect(dataset).toMatchObject({ preview: 'Grüße 😀', encoding: `utf-16${end}`, characters: 7 })
    expect(dataset.warnings[0]!.code).toBe('W_DECODED')
  })

  it('9 and 10: code points are counted, combining marks and line ends of every kind are kept', async () => {
    const app = await openApp()
    const text = `e\u0301 é 👩\u200d💻 \u202eabc a${'\u0300'.repeat(10_000)}\rb\nc\r\nd\u2028e`
    const dataset = await app.call('data.import', { name: 'x.txt', bytes: Buffer.from(text) })
    expect(dataset.characters).toBe([...text].length)
    expect(dataset.lines).toBe(4)
    expect(dataset.preview).toBe([...text].slice(0, 4000).join(''))
    expect(dataset.symbols[0]).toEqual({ symbol: '\u0300', count: 10_000 })
    expect(dataset.distinct).toBe(new Set(text).size)
  })

  it('11: one symbol is a warning', async () => {
    const app = await openApp()
    const dataset = await app.call('data.import', { name: 'x.txt', bytes: Buffer.from('a'.repeat(500)) })
    expect(dataset.warnings.map((w) => w.code)).toEqual(['W_VOCAB_1'])
  })

  it('3 and 11 with the real engine: too short, too many symbols', async () => {
    const app = await openRealApp()
    const plan = async (name: string, text: string) => {
      const { id } = await app.call('data.import', { name, bytes: Buffer.from(text) })
      return app.call('config.plan', { config: { data: { kind: 'text', dataset: id } } })
    }
    expect(await codeOf(() => plan('short.txt', 'abcdefgh'))).toMatch(/^E_(DATA_SHORT|CONFIG_DATA)$/)
    const many = Array.from({ length: 66_000 }, (_, i) => String.fromCodePoint(0x10000 + i)).join('')
    expect(await codeOf(() => plan('many.txt', many.repeat(3)))).toBe('E_VOCAB_MAX')
  })

  it('what is doubtful is told by the plan, and kept with the run', async () => {
    const app = await openRealApp()
    const doubts = async (name: string, text: string, data: object, train = {}) => {
      const { id } = await app.call('data.import', {
        name,
        bytes: Buffer.from(text),
        settings: { format: 'text' },
      })
      const base = {
        model: { cell: 'rnn', hidden: 2 },
        ...grouped({ steps: 1, batch: 1, window: 16, ...train }),
      }
      const config = { ...base, data: { ...data, dataset: id } }
      const { warnings } = await app.call('config.plan', { config })
      if (name === 'short.txt') {
        const run = await app.call('runs.launch', { config })
        expect((await app.call('runs.get', { id: run.id })).record.warnings).toEqual(warnings)
      }
      return warnings.map(({ path, message }) => `${path}: ${message}`).join('\n')
    }
    const text = {}
    const labelled = { kind: 'examples', format: 'labelled' }
    expect(await doubts('one.txt', 'a'.repeat(3000), text)).toMatch(
      /^data\.dataset: the text has one symbol only/,
    )
    const short = await doubts('short.txt', 'hello world, this is a short text for a window.', text)
    expect(short).toMatch(/data\.dataset: the training part has only 42 symbols/)
    expect(short).toMatch(/data\.validation: .* 5 symbols, no more than one window of 16/)
    const strange = `${'neg\tbad\npos\tgood\n'.repeat(20)}new\tunseen words\n`
    const lines = await doubts('lines.tsv', strange, { ...labelled, validation: 0.1 })
    expect(lines).toMatch(/data\.dataset: labels of the validation part .*: 1, the first "new" on line 41/)
    expect(lines).toMatch(/data\.dataset: only 4 examples held out: validation metrics change by 25 %/)
    const swapped = await doubts('swapped.tsv', 'bad food\tneg\ngood\tpos\nslow\tneg\nfine\tpos\nok\tpos\n', {
      ...labelled,
      validation: 0,
    })
    expect(swapped).toMatch(/5 different labels in 5 lines.*other way round/)
    expect(swapped).toMatch(/the training part has only 5 examples/)
    const asText = await doubts('asText.tsv', `${strange}\n`, text)
    expect(asText).toMatch(/task: it looks like labelled lines .*set task to sequence-classification/)
    expect(await doubts('plain.txt', long.repeat(3), text)).toBe('')
  })

  it('the same bytes again are the same text; another text of that name gets a name of its own', async () => {
    const app = await openApp()
    const changes = heard(app, 'data.changed')
    const first = await app.call('data.import', {
      name: '/home/me/Alice (1865).txt',
      bytes: Buffer.from(long),
    })
    expect(first).toMatchObject({ id: 'alice-1865', name: 'Alice (1865).txt' })
    expect((await app.call('data.import', { name: 'copy.txt', bytes: Buffer.from(long) })).id).toBe(
      'alice-1865',
    )
    expect(
      (await app.call('data.import', { name: 'alice_1865.txt', bytes: Buffer.from(`${long}!`) })).id,
    ).toBe('alice-1865-2')
    expect((await app.call('data.import', { name: 'Алиса.txt', bytes: Buffer.from(`${long}?`) })).id).toBe(
      'text',
    )
    await app.call('data.remove', { id: 'alice-1865' })
    expect(changes.map((c) => c.removed ?? c.dataset!.id)).toEqual([
      'alice-1865',
      'alice-1865-2',
      'text',
      'alice-1865',
    ])
    expect(await codeOf(() => app.call('data.get', { id: 'alice-1865' }))).toBe('E_NOT_FOUND')
    expect((await app.call('data.get', { id: 'prose' })).note).toContain('words of this text are invented')
    expect(await codeOf(() => app.call('data.remove', { id: 'prose' }))).toBe('E_STATE')
  })
})
