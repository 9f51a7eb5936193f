// Saliency in a real browser: a series of numbers and an image, wrong examples that are picked, two examples with one scale, and the link of the view.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
const ids: Record<string, string> = {}

beforeAll(async () => {
  bench = await openWorkbench()
  const train = async (preset: string, ...sizes: string[]) => {
    const flags = ['train.steps=20', ...sizes].flatMap((size) => ['--set', size])
    const out = await bench.unroll('train', '--json', '--preset', preset, '--seed', '1', ...flags)
    ids[preset] = /"run":"([0-9a-z]{26})"/.exec(out)![1]!
  }
  await train('addition', 'data.bits=4', 'model.hidden=6')
  await train('digits', 'data.size=8', 'data.levels=3', 'model.hidden=4', 'train.batch=4')
})
afterAll(() => bench.close())

async function open(preset: string, query: string) {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/#/analyses/${ids[preset]}?what=saliency&${query}`)
  const panel = page.getByRole('tabpanel')
  const results = panel.getByRole('region', { name: 'Saliency', exact: true })
  await results.first().waitFor({ timeout: 60_000 })
  return { page, panel, results }
}

it('explains a step of a sum from its link, picks a wrong sum, sets another beside it, and keeps all that in the link', async () => {
  const { page, panel, results } = await open('addition', 'example=2&at=1&against=1&answer=0')
  expect(await results.innerText()).toMatch(/Example 2 \d+ \+ \d+[\s\S]*log p\(0\) − log p\(1\) at step 2 = /)
  await panel.getByText('Held-out examples and the answers to them').click()
  await panel.getByLabel('wrong ones alone').check()
  const rows = panel.getByRole('table').getByRole('row')
  await rows.nth(1).getByText('✗').waitFor({ timeout: 20_000 })
  await expect
    .poll(async () => (await rows.allInnerTexts()).slice(1).every((row) => row.includes('✗')))
    .toBe(true)
  const number = await rows.nth(2).getByRole('button').innerText()
  await rows.nth(2).getByRole('button').click()
  await expect.poll(() => results.innerText()).toMatch(new RegExp(`^Example ${number} [\\s\\S]*✗ wrong`))
  await rows.nth(1).getByRole('checkbox').check()
  await expect.poll(() => results.count()).toBe(2)
  await expect.poll(() => page.url()).toMatch(new RegExp(`example=${number}&beside=\\d+`))
  // A click on a step of the drawing explains the answer there.
  const drawing = results.first().getByRole('img', { name: /^Occlusion of first summand, second summand/ })
  await drawing.click({ position: { x: 138, y: 30 } })
  await expect.poll(() => results.first().innerText()).toContain('at step 1 = ')
  await expect.poll(() => page.url()).toContain('at=0')
  expect(bench.faults).toEqual([])
})

it('shows an image beside its map, and says where a class is unknown', async () => {
  const { panel, results } = await open('digits', 'example=1')
  const map = results.getByRole('img', { name: 'Occlusion of pixel of example 1' })
  await map.hover({ position: { x: 30, y: 40 } })
  await panel.getByText(/^row \d+, column \d+, pixel [012]: occlusion /).waitFor()
  await panel.getByLabel('Colour by').selectOption('gradient')
  await results.getByRole('img', { name: 'Gradient of pixel of example 1' }).waitFor()
  expect(bench.faults).toEqual([])
  await panel.getByLabel('Answer').fill('11')
  await panel.getByRole('button', { name: 'Compute' }).click()
  await panel.getByText(/"11" is not a class of this run; there are 0, 1, 2/).waitFor()
})
