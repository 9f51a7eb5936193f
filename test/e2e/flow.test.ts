// The gradient through time on the page of a run: it grows while the run trains, rows can be chosen by keyboard, and a run that is too
// short says why it has none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

const small = { 'model.hidden': 24, 'model.layers': 2, 'train.window': 30, 'train.batch': 8, 'logging.evalEvery': 0, 'logging.sampleEvery': 0 } // prettier-ignore
const train = (options: Record<string, unknown>) =>
  bench.unroll(
    'train',
    '--preset',
    'prose',
    '--seed',
    '3',
    '--quiet',
    ...Object.entries({ ...small, ...options }).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  )
async function newestRun(): Promise<{ id: string; status: string } | undefined> {
  const list = JSON.parse(await bench.unroll('runs', '--json')) as { runs: { id: string; status: string }[] }
  return list.runs[0]
}
const open = async (id: string): Promise<Locator> => {
  await bench.page.goto(`${bench.origin}/#/run/${id}`)
  return bench.page.getByRole('region', { name: 'Gradient through time' })
}

describe('the gradient through time', () => {
  it('grows while the run trains, with a sentence per layer', async () => {
    const training = train({ 'train.steps': 1_000_000, 'logging.gradientEvery': 100 })
    await expect.poll(newestRun, { timeout: 90_000 }).toBeTruthy()
    const { id } = (await newestRun())!
    const section = await open(id)
    const map = section.getByRole('slider', { name: /a row per training step/ })
    await map.waitFor({ timeout: 60_000 })
    const rows = async () => Number(await map.getAttribute('aria-valuemax'))
    const early = await rows()
    await expect.poll(rows, { timeout: 60_000 }).toBeGreaterThan(early + 2)
    await bench.unroll('stop', id)
    await training
    await section.getByText(/^Layer 1: the gradient (vanishes|persists)\. .* 29 steps back\.$/).waitFor()
    await section.getByText(/^Layer 2: /).waitFor()
    expect(await section.getByRole('group', { name: /^\|dL\/dh_t\|, Layer 1\. / }).count()).toBe(1)
    expect(await section.getByRole('group', { name: /^Spectral radius.*layers\.0\.w_hh/ }).count()).toBe(1)
  }, 240_000)

  it('shows the record that is chosen by keyboard, another layer and the whole loss', async () => {
    const section = await open((await newestRun())!.id)
    await section.getByRole('slider', { name: /a row per training step/ }).focus()
    await bench.page.keyboard.press('Home')
    await section.getByText('step 0', { exact: true }).waitFor()
    await bench.page.keyboard.press('ArrowDown')
    await section.getByText('step 100', { exact: true }).waitFor()
    const newest = section.getByRole('button', { name: 'Newest' })
    await newest.click()
    await newest.waitFor({ state: 'detached' })
    expect(await section.getByText('step 100', { exact: true }).count()).toBe(0)
    await section.getByRole('combobox', { name: 'Layer' }).selectOption({ label: 'Layer 2' })
    await section.getByRole('combobox', { name: 'Loss' }).selectOption({ label: 'Loss of all steps' })
    await section.getByRole('group', { name: /^\|dL\/dh_t\|, Layer 2/ }).waitFor()
  })

  it('says why a short run has none', async () => {
    await train({ 'train.steps': 20 })
    const section = await open((await newestRun())!.id)
    await section.getByText(/every 500 steps .* this one has 20/).waitFor()
  })

  it('writes no error to the console', () => {
    expect(bench.faults).toEqual([])
  })
})
