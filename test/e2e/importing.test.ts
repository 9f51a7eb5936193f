// Imports from the page: the dialog of tables and folders, and a trained model with a NaN in its weights, which is taken only after a yes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { writeCheckpoint } from '../../src-main/engine/checkpoint/write.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench

beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

/** Weights of a short run with one number made NaN. */
async function spoiledWeights(): Promise<Buffer> {
  await bench.unroll(
    'train',
    '--preset',
    'prose',
    '--set',
    'model.hidden=8',
    '--set',
    'train.steps=5',
    '--quiet',
  )
  const path = join(bench.home, 'weights.safetensors')
  await bench.unroll('export', 'last', '--what', 'weights', '--out', path)
  const read = readCheckpoint(readFileSync(path))
  read.tensors.get('readout.w')!.data[0] = NaN
  return Buffer.from(writeCheckpoint({ ...read, parts: 'weights' }))
}

it('asks before it takes weights that are not numbers, and takes no for an answer', async () => {
  const { page } = bench
  const buffer = await spoiledWeights()
  await page.goto(`${bench.origin}/#/runs`)
  const rows = page.getByRole('grid').getByRole('row').filter({ hasText: 'Finished' })
  await expect.poll(() => rows.count()).toBe(1)
  const choose = () =>
    page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'spoiled.safetensors', mimeType: 'application/octet-stream', buffer })
  const dialog = page.getByRole('dialog', { name: 'Import these weights all the same?' })

  await choose()
  await dialog.waitFor()
  expect(await dialog.getByRole('radio').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Do not import' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await rows.count()).toBe(1)

  await choose()
  await dialog.getByRole('button', { name: 'Import anyway' }).click()
  await expect.poll(() => rows.count()).toBe(2)
})

it('maps the columns of a table, trains on it, and applies the network to a new line', async () => {
  const { page } = bench
  const words = {
    good: ['warm, bright and kind', 'a fine film, warm'],
    bad: ['dull, slow and long', 'a poor film, slow'],
  }
  const rows = Array.from({ length: 120 }, (_, i) => {
    const label = i % 2 ? 'good' : 'bad'
    return `${i},"${words[label][i % 4 < 2 ? 0 : 1]}<br />number ${i}",${label},${label === 'good' ? 5 : 1}`
  })
  const buffer = Buffer.from(`id,review,verdict,stars\n${rows.join('\n')}\n`)
  await page.goto(`${bench.origin}/#/data`)
  await page
    .locator('.list input[type=file]')
    .first()
    .setInputFiles({ name: 'films.csv', mimeType: 'text/csv', buffer })
  const dialog = page.getByRole('dialog', { name: 'Import films.csv' })
  await dialog.waitFor()
  // The suggestion takes the labels in words; the stars are chosen, and the words again.
  await dialog.getByLabel('Label column').selectOption('stars')
  const lines = dialog.locator('pre')
  await expect.poll(() => lines.textContent()).toContain('1  ⇥  dull, slow and long number 0\n')
  await dialog.getByLabel('Label column').selectOption('verdict')
  await expect.poll(() => lines.textContent()).toContain('bad  ⇥  dull, slow and long number 0\n')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await expect.poll(() => page.url()).toContain('/data/films')

  await bench.unroll(
    ...['train', '--preset', 'reviews', '--data', 'films', '--quiet', '--seed', '1'],
    ...['--set', 'model.hidden=8', '--set', 'train.epochs=40', '--set', 'train.batch=16'],
  )
  const answer = JSON.parse(await bench.unroll('apply', 'last', '--text', 'a fine film, warm', '--json')) as {
    answers: { answer: { classes: { name: string; probability: number }[] } }[]
  }
  const [first] = answer.answers[0]!.answer.classes
  expect([first!.name, first!.probability > 0.5]).toEqual(['good', true])
})

it('takes a dropped folder of classes as one data set, a table that cannot be read not at all', async () => {
  const { page } = bench
  await page.goto(`${bench.origin}/#/data`)
  const inputs = page.locator('.list input[type=file]')
  const buffer = Buffer.from('a,b\n1,2\n3,"4\n5,6\n')
  await inputs.first().setInputFiles({ name: 'broken.csv', mimeType: 'text/csv', buffer })
  const dialog = page.getByRole('dialog', { name: 'Import broken.csv' })
  await dialog.getByText('line 3: a quotation mark is not closed').waitFor()
  expect(await dialog.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)
  await dialog.getByLabel('Read as').selectOption({ label: 'running text' })
  await expect.poll(() => dialog.locator('pre').textContent()).toContain('3,"4')
  await dialog.getByRole('button', { name: 'Do not import' }).click()

  const folder = join(bench.home, 'films')
  for (const label of ['good', 'bad']) {
    mkdirSync(join(folder, label), { recursive: true })
    for (let i = 0; i < 3; i++) writeFileSync(join(folder, label, `${i}.txt`), `${label} film ${i}\n`)
  }
  await inputs.nth(1).setInputFiles(folder)
  const asked = page.getByRole('dialog', { name: 'Import films' })
  await asked.getByText('a folder of texts for each class').waitFor()
  await asked.getByRole('button', { name: 'Import', exact: true }).click()
  await asked.waitFor({ state: 'hidden' })
  await expect.poll(() => page.url()).toContain('/data/films-2')
  const { datasets } = JSON.parse(await bench.unroll('data', '--json')) as {
    datasets: { id: string; form: string; lines: number }[]
  }
  expect(datasets.find(({ id }) => id === 'films-2')).toMatchObject({ form: 'labels', lines: 6 })
})
