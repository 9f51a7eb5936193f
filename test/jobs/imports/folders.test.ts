// Folders, archives, pairs of files and tagged columns: what is read of them, in which order, and what is refused.
import { gzipSync, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { bytesOf, importFile, importFiles } from './importing.ts'

/** Film reviews in folders as they are published: train and test, a folder per class, and one without a label. */
const published = Object.fromEntries([
  ...['train', 'test'].flatMap((part) =>
    ['neg', 'pos'].flatMap((label) =>
      Array.from({ length: 4 }, (_, i) => [
        `aclImdb/${part}/${label}/${i}_9.txt`,
        `${part} ${label} review ${i}<br /><br />end`,
      ]),
    ),
  ),
  ['aclImdb/train/unsup/0_0.txt', 'no label'],
  ['aclImdb/train/labeledBow.feat', '9 0:9 1:1'],
  ['aclImdb/README', 'read me'],
] as [string, string][])

describe('a folder', () => {
  it('of a folder per class becomes labelled lines, the test part last', async () => {
    const { text, statistics } = await importFiles(published)
    const lines = text.trim().split('\n')
    expect(lines).toHaveLength(16)
    expect(lines.slice(0, 8).every((line) => /^(neg|pos)\ttrain \1 review \d end$/.test(line))).toBe(true)
    expect(lines.slice(8).every((line) => /^(neg|pos)\ttest \1 review \d end$/.test(line))).toBe(true)
    expect(lines.slice(0, 8)).not.toEqual([...lines.slice(0, 8)].sort())
    expect(statistics).toMatchObject({ form: 'labels', test: 8 })
    expect(statistics.warnings.map(({ message }) => message)).toEqual([
      '2 files left out: the folders aclImdb, unsup are not in both parts.',
      'the last 8 of 16 lines are the test part.',
    ])
    expect((await importFiles(published)).text).toBe(text)
  })

  it('in a ZIP archive is read the same', async () => {
    const archive = zipSync(
      Object.fromEntries(Object.entries(published).map(([path, text]) => [path, bytesOf(text)])),
    )
    expect((await importFile('reviews.zip', archive)).text).toBe((await importFiles(published)).text)
    await expect(importFile('cut.zip', archive.subarray(0, 900))).rejects.toThrow(
      /ZIP archive is damaged or cut/,
    )
  })

  it('of texts becomes one running text, in the order of names', async () => {
    const { text, statistics } = await importFiles({
      'a.txt': 'first',
      'b.txt': 'second\n',
      '.hidden': 'x',
      'p.png': 'y',
    })
    expect([text, statistics.form]).toEqual(['first\nsecond\n', 'text'])
  })

  it('names the file that is not UTF-8', async () => {
    const files = {
      'a/1.txt': 'good',
      'a/2.txt': Uint8Array.of(0x61, 0xff, 0x62),
      'b/1.txt': 'c',
      'b/2.txt': 'd',
    }
    await expect(importFiles(files)).rejects.toThrow(/^a\/2\.txt is not UTF-8 at byte 1/)
  })

  it('without texts is refused', async () =>
    expect(Promise.resolve().then(() => importFiles({ 'a.pdf': 'x' }))).rejects.toThrow(/has no text files/))
})

describe('one file', () => {
  it('compressed with gzip is read as what it holds', async () => {
    const table = 'text,label\na fine day here,1\na bad day there,0\n'
    const packed = gzipSync(bytesOf(table))
    expect((await importFile('t.csv.gz', packed, {}, [30])).text).toBe(
      '1\ta fine day here\n0\ta bad day there\n',
    )
    await expect(importFile('t.csv.gz', packed.subarray(0, 40))).rejects.toThrow(
      /gzip file is damaged or cut/,
    )
  })

  it('that would fill the disk is refused', async () => {
    const bomb = zipSync({ 'a.txt': new Uint8Array(3e6) })
    // The sizes in the central directory are what an archive says of itself.
    const at = bomb.length - 22 - 46 - 5
    new DataView(bomb.buffer).setUint32(at + 24, 0xfffffff0, true)
    await expect(importFile('bomb.zip', bomb)).rejects.toMatchObject({
      code: expect.stringMatching(/E_TOO_LARGE|E_DATA_FORMAT/) as string,
    })
  })

  it('of words with columns becomes tagged lines', async () => {
    const universal =
      '# text = Dogs bark\n1-2\tDogs\t_\t_\t_\t_\t_\t_\t_\t_\n1\tDogs\tdog\tNOUN\tNNS\t_\t2\tnsubj\t_\t_\n2\tbark\tbark\tVERB\tVBP\t_\t0\troot\t_\t_\n\n1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n'
    expect((await importFile('en.conllu', universal, {}, [70, 140])).text).toBe(
      'Dogs/NOUN bark/VERB\nGo/VERB\n',
    )
    expect((await importFile('en.conllu', universal, { label: '5' })).text).toBe('Dogs/NNS bark/VBP\nGo/VB\n')
    const ragged = 'EU NNP B-ORG\nrejects VBZ\n\n'
    await expect(importFile('ner.conll', ragged)).rejects.toThrow(
      /^line 2: 2 columns where the first word has 3/,
    )
  })
})

describe('two files', () => {
  it('pair by their lines', async () => {
    const { text, statistics } = await importFiles(
      { 'a.en': 'a house\r\nthe\tcat\r\n', 'a.ru': 'дом\nкот\n' },
      {},
      true,
    )
    expect([text, statistics.form]).toEqual(['a house\tдом\nthe cat\tкот\n', 'pairs'])
    await expect(importFiles({ 'a.en': 'one\ntwo', 'a.ru': 'один' }, {}, true)).rejects.toThrow(
      /^line 2: the files have 2 and 1 lines/,
    )
  })
})

describe('music', () => {
  /** A MIDI file with one note of a quarter at a pitch. */
  const note = (pitch: number) =>
    Uint8Array.of(
      ...Buffer.from('MThd'), 0, 0, 0, 6, 0, 0, 0, 1, 0, 96,
      ...Buffer.from('MTrk'), 0, 0, 0, 12, 0, 0x90, pitch, 64, 96, 0x80, pitch, 0, 0, 0xff, 0x2f, 0,
    ) // prettier-ignore

  it('in a folder of MIDI files becomes a piece on every line', async () => {
    const { text, statistics } = await importFiles({
      'a.mid': note(60),
      'b.mid': note(64),
      'readme.txt': 'x',
    })
    expect(statistics.form).toBe('music')
    expect(text.split('\n').filter((line) => /^\d/.test(line))).toEqual(['60', '64'])
    expect((await importFile('roll.json', '[[[60,64],[60]]]')).statistics.form).toBe('music')
    await expect(importFile('cut.mid', note(60).subarray(0, 30))).rejects.toThrow(/cut\.mid/)
  })
})

describe('several tables', () => {
  it('become one data set, the test part last', async () => {
    const table = (...labels: string[]) =>
      `text,label\n${labels.map((label, i) => `a text ${i} of it,${label}`).join('\n')}\n`
    const { text, statistics } = await importFiles({
      'd/test.csv': table('x', 'y'),
      'd/train.csv': table('y', 'x', 'y'),
    })
    expect(text.match(/^[xy]/gm)).toEqual(['y', 'x', 'y', 'x', 'y'])
    expect(statistics).toMatchObject({ form: 'labels', test: 2 })
    const chosen = await importFiles({ 'a.csv': table('x', 'y'), 'b.csv': table('y') }, {}, true)
    expect(chosen.statistics).toMatchObject({ lines: 3, test: 1 })
  })

  it('of numbers have one heading, and are refused with other columns', async () => {
    const parts = { 'a.csv': 't,v\n1,2\n2,3\n', 'b.csv': 't,v\n3,4\n4,5\n' }
    expect((await importFiles(parts)).text).toBe('t,v\n1,2\n2,3\n3,4\n4,5\n')
    await expect(importFiles({ ...parts, 'b.csv': 't,w\n3,4\n4,5\n' })).rejects.toThrow(
      /^line 1: b\.csv: its columns are t,w, those of the files before t,v\.$/,
    )
  })
})
