// From a predicate to a claim in a real browser: find the unit, measure what it does, hold it, sample twins, save the claim, train another run, and
// find the claim as a row of the comparison, on the page of the run and in the terminal.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page
let first = ''

const settings = [
  'train.steps=60',
  'model.hidden=16',
  'logging.sampleEvery=0',
  'logging.evalEvery=20',
  'logging.checkpointEvery=20',
]
async function train(seed: number): Promise<string> {
  const flags = settings.flatMap((one) => ['--set', one])
  const lines = await bench.unroll('train', '--preset', 'prose', '--seed', String(seed), ...flags, '--json')
  return (JSON.parse(lines.trim().split('\n').at(-1)!) as { run: string }).run
}

beforeAll(async () => {
  bench = await openWorkbench({ width: 1400, height: 1000 })
  page = bench.page
  first = await train(3)
})
afterAll(() => bench.close())

it('a predicate gives a unit, whose effects are measured, and twins with the unit held', async () => {
  await page.goto(`${bench.origin}/#/neurons/${first}?pane=find`)
  const find = page.getByRole('tabpanel', { name: 'Find' })
  await find.locator('textarea, input').first().fill('char("(")')
  await find.getByRole('button', { name: 'Find units' }).click()
  const unit = find.locator('tbody button').first()
  await unit.waitFor({ timeout: 60_000 })
  const [, signal, index] = /(\w+) (\d+)/.exec(await unit.innerText())!
  await unit.click()
  await page.getByRole('tab', { name: 'Card' }).click()
  const card = page.getByRole('article', { name: `Card of unit ${index}`, exact: true })
  // The card of the unit before stays until that of this one is read.
  await card.getByText(new RegExp(`${signal}, layer 1`)).waitFor({ timeout: 30_000 })
  await card.getByRole('button', { name: 'Measure effects on the loss' }).click()
  await card.getByText(/of the units change the loss more/).waitFor({ timeout: 60_000 })
  await card.getByRole('link', { name: 'high (q99)' }).click()
  await expect.poll(() => page.url()).toMatch(/sample\/.*interventions=L1\.\w+\[\d+\]=set\(q99\)/)
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  const held = page.getByRole('article', { name: 'Sample 2' })
  await held.getByText(/set\(q99\)/).waitFor({ timeout: 30_000 })
  expect(
    await page
      .getByRole('article', { name: 'Sample 1' })
      .getByText(/set\(q99\)/)
      .count(),
  ).toBe(0)
})

it('the unit is saved as a claim, listed, tested and renamed beside the search', async () => {
  await page.goto(`${bench.origin}/#/neurons/${first}?pane=find`)
  const find = page.getByRole('tabpanel', { name: 'Find' })
  await find.getByRole('button', { name: 'Save as claim' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save as claim' })
  const predicate = dialog.getByLabel('Predicate')
  expect(await predicate.inputValue()).toBe('char("(")')
  await predicate.fill('char("("')
  await dialog.getByRole('button', { name: 'Save claim' }).click()
  await dialog
    .getByRole('alert')
    .getByText(/predicate/)
    .waitFor()
  await predicate.fill('char("(")')
  await dialog.getByLabel('Name').fill('opens a bracket')
  await dialog.getByLabel('Holds from an AUC of').fill('0.6')
  await dialog.getByRole('button', { name: 'Save claim' }).click()
  await find.getByText('Saved “opens a bracket”. New runs test it.').waitFor()
  const list = find.getByRole('region', { name: 'Claims' })
  await list.getByRole('button', { name: 'Test on this checkpoint' }).click()
  await list
    .getByText(/(Holds|Does not hold): AUC 0\.\d+, unit \d+|Holds: AUC 1/)
    .waitFor({ timeout: 30_000 })
  await list.getByRole('button', { name: 'Rename opens a bracket' }).click()
  await list.getByLabel('Name of the claim').fill('an open bracket')
  await page.keyboard.press('Enter')
  await list.getByText('an open bracket').waitFor()
})

it('a new run tests it, and the comparison has it for both', async () => {
  const second = await train(4)
  await page.goto(`${bench.origin}/#/compare?ids=${first},${second}`)
  const row = page.getByRole('row', { name: /^an open bracket/ })
  await row.waitFor({ timeout: 30_000 })
  const cells = row.getByRole('cell')
  expect((await cells.nth(0).textContent())?.trim()).toBe('–')
  expect(await cells.nth(1).textContent()).toMatch(
    /0\.\d+ (holds\s*born at step \d+|does not hold)|1\.?0* holds/,
  )
  await page.getByRole('button', { name: /^Test the checkpoints of 1/ }).click()
  await expect.poll(() => cells.nth(0).textContent(), { timeout: 60_000 }).toMatch(/\d (holds|does not hold)/)

  // The same figures in the terminal, and on the page of the run.
  const told = JSON.parse(await bench.unroll('claims', 'history', second, '--json')) as {
    claims: { birth: number | null; points: { step: number; auc: number; source: string }[] }[]
  }
  const [{ birth, points }] = told.claims as [(typeof told.claims)[0]]
  expect(points.map(({ step, source }) => [step, source])).toEqual(
    [20, 40, 60].map((step) => [step, 'validation']),
  )
  await page.goto(`${bench.origin}/#/run/${second}`)
  const panel = page.getByRole('region', { name: 'Claims', exact: true })
  await panel.waitFor({ timeout: 30_000 })
  expect(await panel.getByRole('row', { name: /^an open bracket/ }).textContent()).toContain(
    birth === null ? 'not yet' : String(birth),
  )
  if (birth !== null) await page.getByText(`an open bracket born at step ${birth}`).waitFor()
})

it('a running run reads a pinned text with the best unit of the claim while it trains', async () => {
  await page.goto(`${bench.origin}/#/launch?preset=prose`)
  await page.getByRole('button', { name: 'Launch', exact: true }).click()
  const live = page.getByRole('region', { name: 'Live text' })
  await live.waitFor({ timeout: 60_000 })
  await live.getByLabel('Coloured by').selectOption('')
  await live.getByLabel('Unit', { exact: true }).fill('L1.c[7]')
  await live.getByRole('button', { name: 'Pin and read while training' }).click()
  const told = live.getByText(/Step [\d,]+: c 7, layer\s+1;/)
  await told.waitFor({ timeout: 60_000 })
  const stepNow = async () =>
    Number(/^Step ([\d,]+)/.exec((await told.textContent())!.trim())![1]!.replaceAll(',', ''))
  const before = await stepNow()
  await expect.poll(stepNow, { timeout: 60_000 }).toBeGreaterThan(before)
  expect(await live.locator('.text span').count()).toBeGreaterThan(300)
  await live.getByRole('button', { name: 'Stop reading' }).click()
  expect(bench.faults.filter((fault) => !/400/.test(fault))).toEqual([])
})
