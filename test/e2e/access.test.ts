// Every view, light and dark, wide and narrow: no serious accessibility fault, nothing wider than the window.
import axe from 'axe-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page
const ids: Record<string, string> = {}

const train = async (...args: string[]): Promise<string> => {
  const lines = (await bench.unroll('train', ...args, '--seed', '3', '--json')).trim().split('\n')
  return (JSON.parse(lines.at(-1)!) as { run: string }).run
}
const short = ['--set', 'train.steps=40', '--set', 'logging.evalEvery=20', '--set', 'logging.sampleEvery=20']

beforeAll(async () => {
  bench = await openWorkbench()
  page = bench.page
  ids.text = await train(
    '--preset',
    'prose',
    '--set',
    'model.hidden=24',
    '--set',
    'logging.gradientEvery=10',
    ...short,
  )
  ids.other = await train(
    '--preset',
    'prose',
    '--set',
    'model.hidden=16',
    '--set',
    'model.cell=gru',
    ...short,
  )
  ids.series = await train('--preset', 'series-1', '--set', 'optimizer.lr=0.5')
  ids.pixels = await train(
    '--preset',
    'pixels',
    '--set',
    'model.hidden=4',
    '--set',
    'train.batch=4',
    '--set',
    'data.size=8',
    ...short,
  )
})
afterAll(() => bench.close())

/** name, link, a text that shows that the view has loaded. */
const views: [string, () => string, RegExp][] = [
  ['launch', () => '#/launch', /Binary addition[\s\S]*Steps in all/],
  ['runs', () => '#/runs', /elman/],
  ['run', () => `#/run/${ids.text}`, /the gradient vanishes[\s\S]*steps back[\s\S]*Checkpoints/],
  ['run of a series', () => `#/run/${ids.series}`, /Expected|expected/],
  ['program of a run', () => `#/run/${ids.text}/program`, /Program of one training step/],
  ['program of the form', () => '#/launch/program', /Program of one training step|No configuration yet/],
  ['compare', () => `#/compare?ids=${ids.text},${ids.other}`, /model\.cell/],
  ['neurons', () => `#/neurons/${ids.text}`, /Unit \d+/],
  ['card of a unit', () => `#/neurons/${ids.text}?pane=card`, /Autocorrelation/],
  ['search for units', () => `#/neurons/${ids.text}?pane=find`, /Find units/],
  ['analyses', () => `#/analyses/${ids.text}`, /Which unit of another run/],
  ['projection', () => `#/analyses/${ids.text}?what=projection`, /in the plane/],
  ['sample', () => `#/sample/${ids.text}`, /Temperature/],
  ['run on pictures', () => `#/run/${ids.pixels}`, /the rest was generated/],
  ['drawing pictures', () => `#/sample/${ids.pixels}`, /No images yet/],
  ['units over a picture', () => `#/neurons/${ids.pixels}`, /All 4 units/],
  ['data', () => '#/data', /Moby Dick/],
  ['no such run', () => '#/run/00000000000000000000000000', /no run|not found|deleted|gone/i],
]

async function faults(): Promise<string[]> {
  await page.evaluate(axe.source)
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'],
    }),
  )
  return results.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map(
      (v) =>
        `${v.id}: ${v.help}: ${v.nodes
          .slice(0, 3)
          .map((n) => n.html.slice(0, 160))
          .join(' | ')}`,
    )
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each(views)('%s has no serious fault', async (_, link, loaded) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 1400, height: 900 })
    await page.goto(`${bench.origin}/${link()}`)
    await expect.poll(() => page.getByRole('main').innerText(), { timeout: 30_000 }).toMatch(loaded)
    expect(await faults()).toEqual([])
  })
})

it.each(views)('%s fits a narrow window', async (_, link, loaded) => {
  await page.setViewportSize({ width: 800, height: 700 })
  await page.goto(`${bench.origin}/${link()}`)
  await expect.poll(() => page.getByRole('main').innerText(), { timeout: 30_000 }).toMatch(loaded)
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBeLessThanOrEqual(0)
})
