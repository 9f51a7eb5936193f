// A program on the page: from the launch form and from a run, pointed at and filtered; the same as the terminal tells.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ProgramGraph } from '../../src-main/contract/programGraph.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => (bench = await openWorkbench()))
afterAll(() => bench.close())

it('is shown for the form before a run exists, and follows the form', async () => {
  const { page, origin } = bench
  await page.goto(`${origin}/#/launch`)
  await page.getByRole('link', { name: 'Compiled program' }).click()
  await page.getByRole('heading', { name: 'One step' }).waitFor()
  const nodes = page.locator('svg .node')
  expect(await nodes.count()).toBeGreaterThan(15)
  await nodes.filter({ hasText: 'i = σ' }).hover()
  await expect
    .poll(() => page.locator('.said').innerText(), { timeout: 10_000 })
    .toMatch(/^i = sigmoid \(\d+ × \d+\), in every step, call \d+, with \d+ other nodes$/)
  await page.getByText('The step as a list').click()
  await page
    .getByText(/^matmul .* once for all steps, before the loop$/)
    .first()
    .waitFor()
  await page.getByRole('link', { name: 'of the launch form' }).click()
  await page.getByLabel('Cell', { exact: true }).selectOption('gru')
  await page.getByRole('link', { name: 'Compiled program' }).click()
  await expect
    .poll(() => page.locator('svg .node').filter({ hasText: 'r = σ' }).count(), { timeout: 20_000 })
    .toBe(1)
})

it('is shown for a run, with the memory that the terminal tells, part by part', async () => {
  const { page, origin } = bench
  const lines = await bench.unroll(
    'train',
    '--preset',
    'prose',
    '--set',
    'model.layers=2',
    '--set',
    'train.steps=1',
    '--set',
    'logging.sampleEvery=0',
    '--json',
  )
  const { run } = JSON.parse(lines.trim().split('\n').at(-1)!) as { run: string }
  const graph = JSON.parse(await bench.unroll('graph', run, '--json')) as ProgramGraph
  await page.goto(`${origin}/#/run/${run}`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Program' }).click()
  await page.getByRole('heading', { name: 'Program of one training step' }).waitFor()
  const text = await page.getByRole('main').innerText()
  expect(text).toContain(`(${graph.memory.whole.toLocaleString('en')} bytes)`)
  for (const { text: finding } of graph.findings) expect(text).toContain(finding)
  await page.getByLabel('Layer', { exact: true }).selectOption({ label: 'layers.1' })
  const rows = page.getByRole('region', { name: /^Calls of the program/ }).locator('tbody tr')
  const all = await rows.count()
  await page.getByRole('button', { name: 'Backward' }).click()
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBeLessThan(all)
  for (const row of await rows.all()) expect(await row.innerText()).toMatch(/backward$/)
  expect(bench.faults).toEqual([])
})
