// A user's own series and music, from the file to the answer: temperatures with their forecast; a MIDI file that is continued, played and saved.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FrameNote } from '../../src-main/contract/music/pieces.ts'
import { midiFile } from '../../src-main/contract/music/writeMidi.ts'
import { readMidi } from '../../src-main/engine/formats/midi.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench

beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

/** Chooses files on the page *Data* and takes the dialog as it is. */
async function importFile(name: string, buffer: Buffer): Promise<void> {
  const { page } = bench
  await page.goto(`${bench.origin}/#/data`)
  await page
    .locator('.list input[type=file]')
    .first()
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
}

const idOf = async (name: string): Promise<string> =>
  (JSON.parse(await bench.unroll('show', name, '--json')) as { run: { id: string } }).run.id

it('forecasts temperatures of a table with dates, gaps and decimal commas', async () => {
  const { page } = bench
  const rows = Array.from({ length: 200 }, (_, i) => {
    const day = new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10)
    const value = i === 17 ? '-200' : (10 + 8 * Math.sin(i / 5)).toFixed(1).replace('.', ',')
    return `${day};${value};site ${i}`
  })
  await importFile('temperatures.csv', Buffer.from(`Day;Temp;Remark\n${rows.join('\n')}\n`))
  const dialog = page.getByRole('dialog', { name: 'Import temperatures.csv' })
  await dialog.getByLabel('Missing values').fill('-200')
  await dialog.getByLabel('Missing values').press('Enter')
  await expect
    .poll(() => dialog.locator('pre').textContent(), { timeout: 5000 })
    .toContain('Day,Temp\n2025-01-01,10\n')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('/data/temperatures')
  await page.getByText('1 missing value in column "Temp"').first().waitFor()

  await bench.unroll(
    ...['train', '--data', 'temperatures', '--name', 'temp', '--quiet', '--set', 'data.missing=linear'],
    ...[
      '--set',
      'data.history=6',
      '--set',
      'model.hidden=8',
      '--set',
      'train.steps=40',
      '--set',
      'logging.evalEvery=20',
    ],
  )
  await page.goto(`${bench.origin}/#/run/${await idOf('temp')}`)
  await page.getByText('persistence').first().waitFor()
  await expect.poll(() => page.locator('canvas').count(), { timeout: 10_000 }).toBeGreaterThan(1)
})

it('continues a MIDI file, plays it and saves it', async () => {
  const { page } = bench
  const struck = (note: number): FrameNote => ({ note, held: false })
  const frames = Array.from({ length: 64 }, (_, t) => [struck(48 + ((5 * t) % 12)), struck(60 + (t % 8))])
  const midi = Buffer.from(midiFile({ framesPerQuarter: 1, tempo: 120, frames }))
  await importFile('scales.mid', midi)
  await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('/data/scales')
  await bench.unroll(
    ...['train', '--data', 'scales', '--name', 'scales', '--quiet', '--set', 'data.validation=0'],
    ...['--set', 'model.hidden=8', '--set', 'train.steps=10', '--set', 'train.batch=2'],
  )
  await page.goto(`${bench.origin}/#/sample/${await idOf('scales')}`)
  await page.getByRole('button', { name: 'Choose a MIDI file' }).waitFor()
  await page
    .locator('form input[type=file]')
    .setInputFiles({ name: 'scales.mid', mimeType: 'audio/midi', buffer: midi })
  await page.getByText('scales.mid').first().waitFor()
  await page.getByRole('button', { name: 'Generate' }).click()
  const play = page.getByRole('button', { name: 'Play' }).first()
  await play.click()
  await page.getByRole('button', { name: 'Stop' }).first().click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /MIDI/ }).last().click(),
  ])
  const { text } = readMidi(new Uint8Array(readFileSync(await download.path())), 'saved.mid')
  expect(text).toContain('48+60')
  expect(bench.faults).toEqual([])
})
