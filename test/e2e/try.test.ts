// The page Try in a real browser: a text that is typed, a held-out one, a table of texts with filter and export, and the confusion matrix with its answers.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let id = ''

beforeAll(async () => {
  bench = await openWorkbench()
  const out = await bench.unroll('train', '--preset', 'reviews', '--seed', '1', '--json')
  id = /"run":"([0-9a-z]{26})"/.exec(out)![1]!
})
afterAll(() => bench.close())

it('answers a text while it is typed, and tells what was never seen', async () => {
  const { page, origin } = bench
  await page.goto(`${origin}/#/try/${id}`)
  const text = page.getByLabel('Text', { exact: true })
  await text.pressSequentially('the plot was boring but the ending was superb')
  const bars = page.getByLabel('Probabilities of the classes')
  await expect.poll(() => bars.innerText(), { timeout: 10_000 }).toMatch(/^positive\s+[\d.]+ %\s+negative/)
  await expect.poll(() => page.url()).toContain('text=the+plot+was+boring')
  await text.press('Enter')
  const took = Number(/in (\d+) ms/.exec(await page.getByText(/symbols read/).innerText())![1])
  console.log(`an answer took ${took} ms`)
  await text.fill('the zebra')
  await page.getByText(/^The model has never seen "zebra"/).waitFor()
  await page.getByRole('button', { name: 'A held-out text' }).click()
  await expect
    .poll(() => page.getByRole('main').innerText())
    .toMatch(/Held-out text [\d,]+ of 1,500; expected: (positive|negative)/)
  await page.getByRole('button', { name: 'Recent texts' }).click()
  await page.getByRole('menuitem', { name: 'the plot was boring' }).click()
  await expect.poll(() => text.inputValue()).toBe('the plot was boring but the ending was superb')
})

it('answers a column of a table, filters and saves the answers', async () => {
  const { page } = bench
  const panel = page.getByRole('region', { name: 'A whole file' })
  const rows = Array.from(
    { length: 600 },
    (_, i) => `${i},"the plot was ${i % 3 ? 'boring' : 'superb'} , truly"`,
  )
  rows[7] = '7,'
  const buffer = Buffer.from(`id,review\n${rows.join('\n')}\n`)
  await panel.getByLabel('File').setInputFiles({ name: 'texts.csv', mimeType: 'text/csv', buffer })
  expect(await panel.getByLabel('Column').inputValue()).toBe('1')
  await panel.getByRole('button', { name: 'Answer all' }).click()
  await panel.getByText('600 texts answered, 1 of them got no answer').waitFor({ timeout: 20_000 })
  await panel.getByLabel('Answer contains').fill('positive')
  await panel.getByText('; 200 match').waitFor()
  await panel.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /CSV/ }).click(),
  ])
  const saved = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(saved).toHaveLength(201)
  expect(saved[1]).toMatch(/^"the plot was superb , truly",positive,0\.\d+,/)
})

it('shows all held-out answers, and those of a cell of the confusion matrix', async () => {
  const { page, origin } = bench
  await page.goto(`${origin}/#/run/${id}`)
  await page.getByRole('link', { name: 'All held-out answers' }).click()
  await page.getByText('1,500 of 1,500 answers to 1,500 held-out texts').waitFor({ timeout: 30_000 })
  const cell = page.getByRole('button', { name: /^expected negative, answer negative: / })
  const count = /: (.*)$/.exec((await cell.getAttribute('aria-label'))!)![1]!
  await cell.click()
  await page.getByText(`${count} of 1,500 answers to 1,500 held-out texts`).waitFor()
  await expect.poll(() => page.url()).toContain('expected=negative&answered=negative')
  await page.getByText(/^1 to 100 of /).waitFor()
  // A refused text is an answer with an error's status.
  expect(bench.faults.filter((fault) => !fault.startsWith('Failed to load resource'))).toEqual([])
})
