// Long texts: memory does not grow with them, leaving in the middle leaves nothing, what cannot work is refused with both figures.
import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createApp } from '../../src-main/app.ts'
import { refuseWords } from '../../src-main/jobs/texts.ts'
import { codeOf, freshFolder } from '../store/folder.ts'
import type { LargeReport } from '../soak/large.ts'
import { standIn, openRealApp, until, hasStatus } from './apps.ts'

const soak = join(import.meta.dirname, '..', 'soak', 'large.ts')

it('7: 200 MB on one line are imported with less than 300 MB of memory', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [soak, '--mb', '200', '--import'])
  const { bytes, stages, files } = JSON.parse(stdout) as LargeReport
  expect(bytes).toBe(200 * 2 ** 20)
  expect(stages.map(({ stage }) => stage)).toEqual(['import'])
  expect(stages[0]!.megabytes).toBeLessThan(300)
  expect(files).toBe(0)
})

it('closing in the middle of an import ends it at once and leaves no file', async () => {
  const dataDir = freshFolder()
  const path = join(freshFolder(), 'long.txt')
  writeFileSync(path, Buffer.alloc(120 << 20, 'some words '))
  const app = await createApp({ dataDir, engineUrl: standIn })
  const importing = codeOf(() => app.call('data.importFile', { path }, { local: true }))
  const folder = join(dataDir, 'datasets')
  await until('the import to write', () => existsAndHas(folder))
  await app.close()
  expect(await importing).toBe('E_STATE')
  expect(readdirSync(folder)).toEqual([])
})

const existsAndHas = (folder: string): boolean => {
  try {
    return readdirSync(folder).some((file) => file.endsWith('.tmp'))
  } catch {
    return false
  }
}

it('a refused import leaves no file', async () => {
  const dataDir = freshFolder()
  const path = join(freshFolder(), 'long.txt')
  writeFileSync(path, Buffer.concat([Buffer.alloc(3 << 20, 'some words '), Buffer.from([0xff, 0x41])]))
  const app = await openRealApp({ dataDir })
  const act = () => app.call('data.importFile', { path }, { local: true })
  await expect(act()).rejects.toMatchObject({ code: 'E_UTF8', details: { offset: 3 << 20 } })
  expect(readdirSync(join(dataDir, 'datasets'))).toEqual([])
  const { encoding, characters } = await app.call(
    'data.importFile',
    { path, decode: 'latin-1' },
    { local: true },
  )
  expect([encoding, characters]).toEqual(['windows-1252', (3 << 20) + 2])
  expect(readdirSync(join(dataDir, 'datasets'))).toHaveLength(1)
})

it(
  'a text that is read in pieces trains as the same text that is read whole',
  { timeout: 60_000 },
  async () => {
    const app = await openRealApp()
    const path = join(freshFolder(), 'long.txt')
    // 17 MB, above the length from which on texts are read in pieces; emoji lie across the borders of pieces.
    const line = Buffer.from('Ein Wörtchen, 😀 und noch eins. '.repeat(1000))
    writeFileSync(path, Buffer.concat(Array.from({ length: 480 }, () => line)))
    const { id, characters, bytes } = await app.call('data.importFile', { path }, { local: true })
    expect(bytes).toBeGreaterThan(1 << 24)
    const config = {
      seed: 1,
      data: { kind: 'text', dataset: id, validation: 0.001 },
      model: { cell: 'gru', hidden: 8 },
      train: { steps: 5, window: 16, batch: 4 },
      logging: { evalEvery: 0, sampleEvery: 0, logEvery: 1 },
    } as const
    const plan = await app.call('config.plan', { config })
    expect(plan.symbols.train + plan.symbols.validation).toBe(characters)
    const run = await app.call('runs.launch', { config })
    await hasStatus(app, run.id, 'finished')
    const grid = await app.call('inspect.text', { id: run.id, layer: 0, offset: 3, length: 40 })
    const whole = line.toString('utf8').repeat(480)
    const points = Array.from(whole)
      .slice(characters - plan.symbols.validation + 3)
      .slice(0, 40)
    expect([...grid.tokens]).toEqual(points)
  },
)

it('words of a text that is too long are refused with both figures, and characters are named', () => {
  expect(() => refuseWords(5 * 2 ** 30, 2 ** 30)).toThrow(
    /has 5120\.0 MB; by words at most 128\.0 MB.*1024\.0 MB of memory.*by characters/,
  )
  expect(() => refuseWords(2 ** 20, 2 ** 30)).not.toThrow()
})
