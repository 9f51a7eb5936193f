// `unroll apply` in the terminal, through the real app and engine: texts, files, tables, and what is refused.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { labelled, pairs, tagged } from '../../engine/examples/learnt.ts'
import { unroll as unrollWith } from './terminal.ts'

const app = sharedRealApp()
const folder = mkdtempSync(join(tmpdir(), 'unroll-apply-'))
const open = () => ({ app: { ...app(), close: async () => undefined } as unknown as FakeApp })
const unroll = (...argv: string[]) => unrollWith(['apply', ...argv], open())
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

beforeAll(async () => {
  const launch = async (name: string, text: string, task: string, data: object = {}, model: object = {}) => {
    const bytes = new TextEncoder().encode(text)
    const { id: dataset } = await app().call('data.import', { name: `${name}.txt`, bytes })
    const quiet = { gradientEvery: 0, sampleEvery: 0, evalEvery: 0 }
    const how = { seed: 1, model: { cell: 'lstm', hidden: 8, ...model }, train: { bptt: task === 'language-model' ? 'truncated' : 'full', batch: 8, steps: 30 }, logging: quiet, optimizer: { lr: 0.03 } } // prettier-ignore
    const config = { name, task, data: { dataset, ...data }, ...how }
    const { id } = await (app() as App).call('runs.launch', { config } as never)
    await hasStatus(app(), id, 'finished')
  }
  await launch('classes', labelled, 'sequence-classification', { vocabulary: 3 })
  await launch('tags', tagged, 'sequence-labelling')
  await launch('digits', pairs, 'sequence-to-sequence', { unit: 'char' }, { attention: 'multiplicative' })
  await launch('story', 'a cat sat on a mat. '.repeat(40), 'language-model')
}, 60_000)

describe('apply', () => {
  it('prints one answer in full, several as a table, and all as one object', async () => {
    const one = await unroll('classes', '--text', 'yes')
    expect(one.out).toMatch(/^class +probability\n(up|down) +0\.\d+\n(up|down) +0\.\d+\n$/)
    const several = await unroll('classes', '--text', 'yes no', '--text', 'Perhaps no')
    expect(several.out).toMatch(/^probability +answer +text\n +0\.\d+ +\w+ +yes no\n +0\.\d+ +\w+ +Perhaps no\n$/) // prettier-ignore
    expect(several.err).toBe('words that the run does not know, in 1 text: "Perhaps"\n')
    const { objects } = await unroll('classes', '--text', 'yes', '--text', 'no', '--top', '1', '--json')
    expect(objects).toMatchObject([
      { step: 30, answers: [{ text: 'yes', answer: { kind: 'class', classes: [{}] } }, { text: 'no' }] },
    ])
    expect((await unroll('tags', '--text', 'the dog')).out).toMatch(
      /^symbol +tag +probability\nthe +\S+ +0\.\d+\ndog +\S+ +0\.\d+\n$/,
    )
    expect((await unroll('tags', '--text', 'the dog', '--text', 'a cat')).out).toMatch(
      /^least probability +answer\n +0\.\d+ +the\/\S+ dog\/\S+\n/,
    )
    expect((await unroll('digits', '--text', 'one')).out).toMatch(
      /^\d*\nlog probability -\d\S* nats, probability [^\n]+\nsymbol +probability\n/,
    )
  })

  it('prints the alignment of an output and the other outputs of a beam', async () => {
    const { out } = await unroll('digits', '--text', 'one', '--beam', '3', '--length-penalty', '0')
    expect(out).toMatch(/\n +o {2}n {2}e\n( *\d [ ░▒▓█]+\n)*\n *log probability +other outputs\n/)
    expect(out.split('other outputs\n')[1]!.trim().split('\n')).toHaveLength(2)
    const { objects } = await unroll('digits', '--text', 'one', '--json')
    expect(objects).toMatchObject([{ answers: [{ answer: { alignment: { source: ['o', 'n', 'e'] } } }] }])
    expect((await unroll('digits', '--text', 'one', '--length-penalty', '1')).err).toMatch(
      /that is for --beam/,
    )
    expect((await unroll('classes', '--text', 'yes', '--beam', '2')).err).toMatch(/beam: .*no output texts/)
  })

  it('reads the lines of a file and of standard input', async () => {
    const path = file('texts.txt', '\ufeffyes\r\nno no\r\nnever')
    const { objects } = await unroll('classes', '--file', path, '--json')
    expect(objects).toMatchObject([
      { line: 1, text: 'yes', answer: { kind: 'class' } },
      { line: 2, text: 'no no', symbols: ['no', 'no'] },
      { line: 3, text: 'never' },
    ])
    const piped = await unrollWith(['apply', 'classes', '--file', '-'], { ...open(), stdin: 'yes\nno\n' })
    expect(piped.out.split('\n')).toHaveLength(4)
    const latin = file('latin.txt', Buffer.from('yes\nn\xe9', 'latin1'))
    expect((await unroll('classes', '--file', latin)).err).toMatch(
      /latin\.txt: not UTF-8, in line 2 .*E_UTF8; --decode/,
    )
    const decoded = await unroll('classes', '--file', latin, '--decode', 'windows-1252', '--json')
    expect(decoded.objects[1]).toMatchObject({ text: 'né' })
    const withLabels = await unroll('classes', '--file', file('labels.txt', 'up\tyes\n'))
    expect(withLabels.err).toMatch(/line 1 has a tab, which is read as a space/)
  })

  it('writes tables, which it does not replace unless told to', async () => {
    const texts = Array.from({ length: 1200 }, (_, i) => (i % 2 ? 'yes, no' : 'no'))
    const [path, csv] = [file('many.txt', texts.join('\n')), join(folder, 'many.csv')]
    const { objects } = await unroll('classes', '--file', path, '--out', csv, '--json')
    expect(objects).toMatchObject([{ file: csv, texts: 1200, step: 30 }])
    const rows = readFileSync(csv, 'utf8').trim().split('\r\n')
    expect(rows).toHaveLength(1201)
    expect(rows[0]).toBe('text,answer,probability,p(down),p(up),unknown words,symbols left out')
    expect(rows[1200]).toMatch(/^"yes, no",\w+,0\.\d+,0\.\d+,0\.\d+,",",0$/)
    expect((await unroll('classes', '--file', path, '--out', csv)).err).toMatch(/E_EXISTS/)
    expect((await unroll('tags', '--text', 'the dog', '--out', csv, '--force')).exit).toBe(0)
    expect(readFileSync(csv, 'utf8')).toMatch(
      /^text,answer,least probability,tags,probabilities,.*\r\nthe dog,the\/\S+ dog\/\S+,0\.\d+,\S+ \S+,0\.\d+ 0\.\d+,,0\r\n$/,
    )
    const tsv = join(folder, 'digits.tsv')
    await unroll('digits', '--text', 'two one', '--out', tsv)
    expect(readFileSync(tsv, 'utf8')).toMatch(
      /^text\tanswer\tprobability\tlog probability\tprobabilities\tended\t.*\ntwo one\t\d*\t[\d.e-]+\t-[\d.e-]+\t[\d.e -]*\t[01]\t\t0\n$/,
    )
  })

  it('says what is wrong, with the line, and leaves no file', async () => {
    const failure = async (...flags: string[]) => (await unroll(...flags)).err
    const out = join(folder, 'none.csv')
    const path = file('gap.txt', 'one\ntwo\n\none\n')
    expect(await failure('digits', '--file', path, '--out', out)).toMatch(
      /gap\.txt: line 3: the text is empty/,
    )
    expect(existsSync(out)).toBe(false)
    expect(await failure('digits', '--text', 'ü')).toMatch(/--text: the model has never seen "ü"/)
    expect(await failure('digits', '--text', 'one', '--text', '')).toMatch(/text 2: the text is empty/)
    expect(await failure('digits', '--file', file('empty.txt', ''))).toMatch(/empty\.txt: it has no line/)
    expect(await failure('digits', '--file', folder)).toMatch(/not a regular file/)
    expect(await failure('digits')).toMatch(/no text: give one with --text/)
    expect(await failure('digits', '--text', 'one', '--file', path)).toMatch(/--text: the lines of --file/)
    expect(await failure('digits', '--text', 'one', '--out', join(folder, 'x.txt'))).toMatch(
      /\.csv, \.tsv or \.jsonl/,
    )
    expect(await failure('digits', '--text', 'one', '--step', '7')).toMatch(/7/)
    expect(await failure('story', '--text', 'a cat')).toMatch(
      /story continues a text instead of answering it[\s\S]*try: unroll sample \w{26} --prime TEXT/,
    )
  })
})

describe('apply to a table', () => {
  it('answers the cells of a column, written as JSON lines, and names the row of a fault', async () => {
    const path = file('table.csv', 'id,Review\r\n1,"yes, indeed"\r\n2,no\r\n')
    const out = join(folder, 'answers.jsonl')
    await unroll('classes', '--file', path, '--column', 'review', '--out', out)
    const rows = readFileSync(out, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as object) // prettier-ignore
    expect(rows).toMatchObject([{ text: 'yes, indeed', 'unknown words': ', indeed' }, { text: 'no' }])
    const failure = async (column: string, name = path) =>
      (await unroll('classes', '--file', name, '--column', column)).err
    expect(await failure('text')).toContain('there is no column "text". Name one of "id", "Review"')
    expect(await failure('2', file('bad.csv', 'id,text\n1,yes\n2\n'))).toContain('bad.csv: row 2 has 1 cells')
    expect(await failure('2', file('empty.csv', 'id,text\n1,yes\n2,\n'))).toContain(
      'empty.csv: row 2: the text is empty',
    )
    expect((await unroll('classes', '--text', 'yes', '--column', '1')).err).toContain('--column')
  })
})

describe('analyse answers', () => {
  const analyse = (...argv: string[]) => unrollWith(['analyse', 'answers', ...argv], open())

  it('prints the answers that match, the confusion matrix with the figures of each class, and writes tables', async () => {
    const { out } = await analyse('classes', '--top', '2')
    expect(out).toMatch(
      /^14 of 14 answers to 14 held-out texts at step 30\nexample +expected +answer +probability/,
    )
    expect(out.trim().split('\n')).toHaveLength(4)
    const path = join(folder, 'answers.tsv')
    await analyse('classes', '--expected', 'up', '--out', path)
    const [heading, ...rows] = readFileSync(path, 'utf8').trim().split('\n')
    expect(heading).toBe('example\ttext\texpected\tanswer\tprobability\tprobability of expected')
    expect(rows.every((row) => row.split('\t')[2] === 'up')).toBe(true)
    const matrix = await analyse('classes', '--confusion')
    expect(matrix.out).toMatch(/accuracy [\d.]+, macro F1 [\d.]+\n[^]*\nexpected +down +up\ndown +\d+ +\d+\nup +\d+ +\d+\nclass +expected/) // prettier-ignore
    const { objects } = await analyse('classes', '--confusion', '--json')
    const [{ confusion }] = objects as [{ confusion: { expected: string; count: number }[] }]
    const up = confusion.filter(({ expected }) => expected === 'up')
    expect(up.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length)
    expect((await analyse('tags', '--contains', 'dog')).out).toMatch(/ \[dog\]/)
  })

  it('refuses runs without classes, and flags that say nothing', async () => {
    expect((await analyse('digits')).err).toMatch(/digits gives no class to texts or their symbols/)
    expect((await analyse('classes', '--confusion', '--wrong')).err).toMatch(/--wrong/)
    expect((await analyse('classes', '--out', 'a.xls')).err).toMatch(/must end in .csv, .tsv or .jsonl/)
  })
})
