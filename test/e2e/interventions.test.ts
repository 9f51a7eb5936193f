// Interventions in a real browser: a wrong line is refused at its character, twins are compared, rates are counted over quantiles.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page
let id = ''

beforeAll(async () => {
  bench = await openWorkbench()
  page = bench.page
  const settings = ['train.steps=60', 'model.hidden=16', 'logging.sampleEvery=0', 'logging.evalEvery=60']
  const flags = settings.flatMap((one) => ['--set', one])
  const lines = await bench.unroll('train', '--preset', 'prose', '--seed', '3', ...flags, '--json')
  id = (JSON.parse(lines.trim().split('\n').at(-1)!) as { run: string }).run
})
afterAll(() => bench.close())

it('generates twins from the same random numbers and marks where they differ', async () => {
  await page.goto(`${bench.origin}/#/sample/${id}?seed=3&length=80`)
  const field = page.getByLabel('Interventions, one per line')
  await field.fill('L1.c[99=flip')
  await page.getByText(/character 1: expected a layer from 1/).waitFor()
  await field.fill('L1.h[*]=set(q99) from 40')
  expect(await page.getByLabel(/also without them/).isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  const changed = page.getByRole('article', { name: 'Sample 2' })
  await changed.getByText(/^differs from sample 1 at symbol \d+$/).waitFor({ timeout: 20_000 })
  await changed.getByText(/L1\.h\[\*\]=set\(q99\) from 40/).waitFor()
  // Symbol 40 is the first that is read under the intervention, so what follows it may differ, nothing before.
  const said = await changed.getByText(/^differs from sample 1/).textContent()
  expect(Number(/symbol (\d+)$/.exec(said!)![1])).toBeGreaterThanOrEqual(40)
  expect(
    await page
      .getByRole('article', { name: 'Sample 1' })
      .getByText(/set\(q99\)/)
      .count(),
  ).toBe(0)
  // The link holds the interventions.
  await expect.poll(() => page.url()).toContain('interventions=L1.h')
})

it('counts a predicate over samples, without the interventions and over quantiles', async () => {
  const rates = page.getByRole('region', { name: 'Rates over many samples' })
  await rates.getByLabel('Count where').fill('space or newline')
  await rates.getByRole('button', { name: 'Count' }).click()
  const rows = rates.locator('tbody tr')
  await rows.first().waitFor({ timeout: 60_000 })
  expect(await rows.count()).toBe(9)
  expect(await rows.first().textContent()).toMatch(/^without interventions\s*\d/)
  expect(await rows.nth(2).textContent()).toContain('L1.h[*]=set(q1) from 40')
  await rates.getByLabel('Count where').fill('spacce')
  await rates.getByRole('button', { name: 'Count' }).click()
  await rates.getByText(/did you mean space/).waitFor()
  expect(bench.faults.filter((fault) => !/400/.test(fault))).toEqual([])
})
