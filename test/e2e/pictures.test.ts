// Runs on images in a real browser: generated images over training, generating and completing images, the cells that the form offers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page
let id: string

const small = ['model.hidden=6', 'train.batch=4', 'data.size=8', 'data.levels=3', 'train.steps=40', 'logging.sampleEvery=20', 'logging.evalEvery=20'] // prettier-ignore

beforeAll(async () => {
  bench = await openWorkbench()
  page = bench.page
  const said = await bench.unroll(
    'train',
    '--preset',
    'pixels',
    ...small.flatMap((x) => ['--set', x]),
    '--seed',
    '3',
    '--json',
  )
  id = /"run":"([0-9a-z]{26})"/.exec(said)![1]!
})
afterAll(() => bench.close())

/** The grays of all canvases inside, picture by picture. */
const grays = (inside: Locator): Promise<number[][]> =>
  inside.locator('canvas').evaluateAll((canvases) =>
    (canvases as HTMLCanvasElement[]).map((canvas) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]!)
    }),
  )

describe('a run on images', () => {
  it('shows its generated images over training, pixel by pixel as they were stored', async () => {
    await page.goto(`${bench.origin}/#/run/${id}`)
    const panel = page.getByRole('region', { name: 'Generated images over training' })
    await panel.getByRole('img').nth(7).waitFor()
    const stored = JSON.parse(await bench.unroll('show', id, '--json')) as {
      samples: { pictures: { pictures: { pixels: string }[] } }[]
    }
    const expected = stored.samples.map(({ pictures }) =>
      pictures.pictures.map(({ pixels }) =>
        Array.from(pixels, (level) => Math.round((255 * Number(level)) / 2)),
      ),
    )
    expect(await grays(panel)).toEqual(expected[1])
    expect(await panel.getByRole('img').nth(4).getAttribute('aria-label')).toMatch(
      /^Image 5 of 8, 8 by 8 pixels, upper 4 rows given, brightness \d+ %$/,
    )
    await panel.getByRole('button', { name: 'Earlier' }).click()
    await expect.poll(() => grays(panel)).toEqual(expected[0])
  })

  it('generates and completes images: same seed, same images', async () => {
    await page.goto(`${bench.origin}/#/sample/${id}?rows=3&count=2&seed=5`)
    const generate = page.getByRole('button', { name: 'Generate', exact: true }).first()
    await generate.click()
    const first = page.getByRole('article', { name: 'Sheet 1' })
    await first.getByText(/% of the generated pixels equal those of the originals/).waitFor()
    await generate.click()
    const second = page.getByRole('article', { name: 'Sheet 2' })
    await second.getByRole('heading', { name: 'Originals' }).waitFor()
    const [generated, again] = [await grays(first), await grays(second)]
    expect(again).toEqual(generated)
    // Two generated images, then their originals, with the same upper three rows.
    expect(generated).toHaveLength(4)
    for (const b of [0, 1]) expect(generated[b]!.slice(0, 24)).toEqual(generated[b + 2]!.slice(0, 24))
    await second.getByRole('button', { name: 'Remove this sheet' }).click()
    await second.waitFor({ state: 'detached' })
  })

  it('shows its units over an image, one of them large', async () => {
    await page.goto(`${bench.origin}/#/neurons/${id}?signal=f_up&picture=2`)
    const all = page.getByRole('region', { name: /^All 6 units/ })
    await all.getByRole('button').nth(5).waitFor()
    expect(await all.getByRole('img').count()).toBe(6)
    const large = page.getByRole('region', { name: 'The image and one unit' })
    const before = await grays(large)
    await all.getByRole('button').nth(3).click()
    await expect.poll(() => grays(large)).not.toEqual(before)
    expect((await grays(large))[1]).toEqual((await grays(all))[3])
    const [picture] = await grays(large)
    await page.getByRole('combobox', { name: 'Direction' }).selectOption({ label: 'down-left' })
    await expect.poll(() => page.url()).toContain('direction=1')
    expect((await grays(large))[0]).toEqual(picture)
  })

  it('the form offers cells for images where images are read, and only there', async () => {
    await page.goto(`${bench.origin}/#/launch`)
    const field = (path: string) => page.locator(`[data-path="${path}"] select`)
    await field('task').selectOption('pixel-model')
    await expect.poll(() => field('model.cell').inputValue()).toBe('md-lstm')
    const cells = () =>
      field('model.cell')
        .locator('option')
        .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value))
    expect(await cells()).toEqual(['md-lstm', 'mdrnn'])
    // Whole images are the only way, so there is no choice to show.
    expect(await field('train.bptt').count()).toBe(0)
    // The plan of a network on images takes a while on a loaded machine.
    await expect
      .poll(() => page.getByRole('button', { name: 'Launch', exact: true }).isEnabled(), { timeout: 60_000 })
      .toBe(true)
    await field('task').selectOption('language-model')
    expect(await cells()).not.toContain('md-lstm')
    expect(bench.faults).toEqual([])
  })
})
