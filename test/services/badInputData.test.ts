// Bad-input catalogue, texts: rows 1-11 and 18-21. One table for bytes, one for paths; each with the code, the place and what to do.
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  renameSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { UnrollError } from '../../src-main/contract/errors.ts'
import { readUserFile, refuseTooLarge } from '../../src-main/services/readFile.ts'
import { codeOf, freshFolder } from '../store/folder.ts'
import { hasStatus, heard, openApp, openRealApp, shortRun } from './apps.ts'
import { grouped } from '../options.ts'

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
const utf16 = (text: string, end: 'le' | 'be') => {
  const le = Buffer.from(text, 'utf16le')
  return end === 'le' ? le : le.swap16()
}
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(20)

async function readThrough(path: string, meanwhile?: () => void): Promise<void> {
  for await (const piece of readUserFile(path, { ...(meanwhile && { meanwhile }) }))
    expect(piece.length).toBeGreaterThan(0)
}

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
    ['6: PNG', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a]), 'E_BINARY', /looks like a PNG/],
    ['6: gzip', bytes([0x1f, 0x8b, 8, 0], long), 'E_BINARY', /looks like a gzip/],
    ['6: PDF', bytes('%PDF-1.7\n'), 'E_BINARY', /looks like a PDF/],
    ['6: ZIP', bytes('PK', [3, 4], long), 'E_BINARY', /looks like a ZIP/],
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

describe('bytes that are text', () => {
  it('may begin with the letters of other kinds of files', async () => {
    const app = await openApp()
    const begins = ['ID3\tthe first row', 'GIF89a is a format', 'GIF8', 'BM', 'MZ and co.', 'II*', 'MM', 'RIFF raff WAVE', 'PK is a unit', 'OggS', 'BZh91', '%PDF-1.7 is', '%PDF', 'SQLite format 3 is', 'Rar!', '7z', 'PNG', 'JFIF', 'ELF', 'NUMPY', 'HDF'] // prettier-ignore
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
      const { id } = await app.call('data.import', { name, bytes: Buffer.from(text) })
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
    expect(lines).toMatch(/data\.dataset: 1 label of the validation part, the first "new" on line 41/)
    expect(lines).toMatch(/data\.dataset: only 4 examples held out: validation figures move by 25 %/)
    const swapped = await doubts('swapped.tsv', 'bad food\tneg\ngood\tpos\nslow\tneg\nfine\tpos\nok\tpos\n', { ...labelled, validation: 0 }) // prettier-ignore
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

describe('paths', () => {
  const linux = process.platform === 'linux'
  const cases: [string, (folder: string) => string, string, RegExp][] = [
    ['18: a folder', (folder) => folder, 'E_NOT_A_FILE', /a folder/],
    ['19: not there', (folder) => join(folder, 'nope.txt'), 'E_PATH', /there is no such file or folder \(ENOENT\)/],
    ['19: a circle of links', (folder) => {
      symlinkSync(join(folder, 'b'), join(folder, 'a'))
      symlinkSync(join(folder, 'a'), join(folder, 'b'))
      return join(folder, 'a')
    }, 'E_PATH', /circle \(ELOOP\)/],
    ['19: 5,000 characters', (folder) => join(folder, 'x'.repeat(5000)), 'E_PATH', /too long/],
    ['19: NUL in the path', (folder) => `${folder}/a\0b`, 'E_PATH', /NUL/],
    ...(linux
      ? ([
          ['18: a pipe', (folder) => (spawnSync('mkfifo', [join(folder, 'p')]), join(folder, 'p')), 'E_NOT_A_FILE', /a pipe/],
          ['18: /dev/zero', () => '/dev/zero', 'E_NOT_A_FILE', /a device/],
          ['18: /proc/self/mem', () => '/proc/self/mem', 'E_NOT_A_FILE', /kernel/],
          ['18: a link to a device', (folder) => (symlinkSync('/dev/zero', join(folder, 'z')), join(folder, 'z')), 'E_NOT_A_FILE', /a device/],
        ] as [string, (folder: string) => string, string, RegExp][])
      : []),
  ] // prettier-ignore
  it.each(cases)('%s is refused at once', async (_, path, code, message) => {
    const app = await openApp()
    const at = path(freshFolder())
    const started = Date.now()
    const error = await app.call('data.importFile', { path: at }, { local: true }).then(
      () => undefined,
      (e: unknown) => e as UnrollError,
    )
    expect(Date.now() - started).toBeLessThan(1000)
    expect(error?.code).toBe(code)
    expect(error!.message).toMatch(message)
  })

  it('18: a socket', async () => {
    const path = join(freshFolder(), 's')
    const server = createServer().listen(path)
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    expect(await codeOf(() => readThrough(path))).toBe('E_NOT_A_FILE')
  })

  it.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)('19: no permission', async () => {
    const path = join(freshFolder(), 'f')
    writeFileSync(path, long)
    chmodSync(path, 0)
    expect(await codeOf(() => readThrough(path))).toBe('E_PATH')
  })

  it.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'more')],
    ['shrinks', (path) => truncateSync(path, 10)],
    ['is replaced', (path) => {
      writeFileSync(`${path}.new`, long)
      renameSync(`${path}.new`, path)
    }],
  ])('20: a file that %s while it is read', async (_, change) => {
    const path = join(freshFolder(), 'f')
    writeFileSync(path, long)
    expect(await codeOf(() => readThrough(path, () => change(path)))).toBe('E_DATA_CHANGED')
    expect(await codeOf(() => readThrough(path))).toBe('')
  }) // prettier-ignore

  it('8: 5 GB with 1 GB free is refused before a byte is read, with both figures', () => {
    expect(() => refuseTooLarge('big.txt', 5 * 2 ** 30, 2 ** 30)).toThrow(
      /big\.txt has 5120\.0 MB; at most 724\.0 MB.*1024\.0 MB of memory/,
    )
  })

  it('is for the terminal only', async () => {
    const app = await openApp()
    expect(await codeOf(() => app.call('data.importFile', { path: '/etc/hostname' }))).toBe('E_FORBIDDEN')
  })
})

describe('21: a text that is not what a run began with', () => {
  it.each(['removed', 'edited', 'deleted by hand'])('%s: resume is refused', async (how) => {
    const dataDir = freshFolder()
    const app = await openApp({ dataDir })
    const { id: dataset, sha256 } = await app.call('data.import', { name: 'x.txt', bytes: Buffer.from(long) })
    const { id } = await app.call('runs.launch', {
      config: { ...shortRun({ steps: 100_000 }), data: { kind: 'text', dataset } },
    })
    await hasStatus(app, id, 'running')
    expect(await codeOf(() => app.call('data.remove', { id: dataset }))).toBe('E_STATE')
    await app.call('runs.pause', { id })
    const file = join(dataDir, 'datasets', sha256)
    if (how === 'removed') await app.call('data.remove', { id: dataset })
    else if (how === 'edited') writeFileSync(file, `${long}.`)
    else {
      mkdirSync(join(dataDir, 'away'))
      renameSync(file, join(dataDir, 'away', 'x'))
    }
    const error = await app.call('runs.resume', { id }).then(
      () => undefined,
      (e: unknown) => e as UnrollError,
    )
    expect(error?.code).toBe('E_DATA_CHANGED')
    expect(error!.message).toMatch(/start a new run/)
    if (how !== 'removed')
      expect((await app.call('app.doctor', {})).checks.find((c) => c.name === 'texts')!.message).toContain(
        'text x',
      )
  })
})
