// Tasks on examples in a real browser: their fields in the form, predictions over training, the units over a held-out example, and the attention of
// a translation.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page

beforeAll(async () => {
  bench = await openWorkbench()
  page = bench.page
})
afterAll(() => bench.close())

const main = () => page.getByRole('main')
const ready = () =>
  expect
    .poll(() => page.getByRole('button', { name: 'Launch', exact: true }).isEnabled(), { timeout: 20_000 })
    .toBe(true)

it('another task brings its own fields and learns whole sequences', async () => {
  await page.goto(`${bench.origin}/#/launch?preset=prose`)
  await page.getByText('87,130').waitFor()
  await page.getByLabel('Task', { exact: true }).selectOption('sequence-classification')
  await ready()
  expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('reviews')
  // Examples are whole sequences, so there is no choice of backpropagation.
  expect(await page.getByLabel('Backpropagation', { exact: true }).count()).toBe(0)
  await page.getByLabel('Task', { exact: true }).selectOption('memory-problem')
  await page.getByLabel('Problem', { exact: true }).selectOption('copy')
  await page.getByLabel('Delay', { exact: true }).first().waitFor()
  await ready()
  // And back: a text is read in windows again.
  await page.getByLabel('Task', { exact: true }).selectOption('language-model')
  await page.getByText('87,130').waitFor()
  expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('prose')
  expect(await page.getByLabel('Backpropagation', { exact: true }).inputValue()).toBe('truncated')
})

it('a run shows its predictions over training', async () => {
  await page.goto(`${bench.origin}/#/launch?preset=reviews`)
  await ready()
  await page.getByRole('button', { name: 'Launch', exact: true }).click()
  await page.waitForURL(/#\/run\/[0-9a-z]{26}/)
  await main().getByText('Finished', { exact: true }).first().waitFor({ timeout: 60_000 })
  await page.getByText('8 of 8 examples right.').waitFor()
  const table = page.getByRole('region', { name: 'Table of examples' })
  expect(await table.getByRole('row').count()).toBe(9)
  await table.getByText('but the first half seems truly funny').waitFor()
  await page.getByRole('button', { name: 'Earlier' }).click()
  await page.getByText('of 5').first().waitFor()
})

it('its units can be looked at over a held-out example', async () => {
  await page.getByRole('link', { name: 'Neurons' }).last().click()
  await page.getByText('boring').first().waitFor({ timeout: 20_000 })
  expect(bench.faults).toEqual([])
})

it('a translation shows which words of its source it read, on its run page and for a new text', async () => {
  const small = ['model.hidden=12', 'model.embedding=8', 'train.steps=12', 'logging.sampleEvery=12']
  const sets = small.flatMap((one) => ['--set', one])
  await bench.unroll('train', '--preset', 'word-order', '--quiet', '--name', 'translator', ...sets)
  const id = (await bench.unroll('runs', '--json', '--search', 'translator')).match(
    /[0-9a-hjkmnp-tv-z]{26}/,
  )![0]
  await page.goto(`${bench.origin}/#/run/${id}`)
  await page.getByText('Attention of example 1').waitFor({ timeout: 20_000 })
  await page.getByRole('button', { name: 'the horse sees every small doctor.' }).click()
  await page.getByText('Attention of example 2').waitFor()
  const map = page.getByRole('region', { name: 'Alignment', exact: true })
  expect(await map.getByRole('columnheader').allInnerTexts()).toEqual(
    'the horse sees every small doctor .'.split(' '),
  )
  await page.goto(`${bench.origin}/#/try/${id}?text=two+old+dogs+see+the+cat+.`)
  await page.getByLabel('Search', { exact: true }).selectOption({ label: 'beam of 2' })
  await page.getByText('Other outputs of the beam').waitFor({ timeout: 20_000 })
  await map.getByRole('columnheader', { name: 'dogs' }).waitFor()
  expect(bench.faults).toEqual([])
})
