// Every view at three widths: no text is cut off without a sign and a tooltip, runs out of its frame or out of the window. One button of
// each view is the primary one.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { overflowFaults } from './overflow.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let text: string
let labelled: string

const name = 'a long name of a run that someone made from all of its settings '.repeat(4).slice(0, 200)
const train = async (...args: string[]): Promise<string> => {
  const lines = await bench.unroll('train', ...args, '--seed', '3', '--json')
  return (JSON.parse(lines.trim().split('\n').at(-1)!) as { run: string }).run
}
const small = ['model.hidden=8', 'train.steps=20', 'logging.evalEvery=10', 'logging.sampleEvery=10'].flatMap(
  (setting) => ['--set', setting],
)

/** Two long words of every seven, so that symbols, guesses and labels are as wide as they get. */
const words = ['the', 'incomprehensibilities', 'of', 'a', 'counterrevolutionaries', 'day', 'said']
const sentence = (i: number) => Array.from({ length: 9 }, (_, k) => words[(i * 3 + k * k) % 7]).join(' ')
const write = (file: string, line: (i: number) => string): string => {
  const path = join(bench.home, file)
  writeFileSync(path, Array.from({ length: 400 }, (_, i) => `${line(i)}\n`).join(''))
  return path
}

beforeAll(async () => {
  bench = await openWorkbench()
  const prose = write('prose.txt', (i) => `${sentence(i)}.`)
  const lines = write('lines.tsv', (i) => `${i % 2 ? 'a label of some length' : 'other'}\t${sentence(i)}`)
  labelled = await train('--data', lines, ...small, '--set', 'task=sequence-classification')
  text = await train(
    '--data',
    prose,
    ...small,
    '--name',
    name,
    '--set',
    'data.unit=word',
    '--set',
    'data.vocabulary=6',
    '--set',
    'logging.gradientEvery=5',
  )
})
afterAll(() => bench.close())

/** name, link, a text that shows that the view has loaded. */
const views: [string, () => string, RegExp][] = [
  ['launch', () => '#/launch', /Binary addition/],
  ['launch with a preset', () => '#/launch?preset=prose', /Validation split/],
  ['launch with a preset that needs a text', () => '#/launch?preset=alice', /needs a text of yours/],
  ['runs', () => '#/runs', /a long name/],
  ['run', () => `#/run/${text}`, /steps back[\s\S]*Checkpoints/],
  ['run on labelled lines', () => `#/run/${labelled}`, /Checkpoints/],
  ['compare', () => `#/compare?ids=${text},${labelled}`, /\btask\b[\s\S]*Tokens per second/],
  ['neurons', () => `#/neurons/${text}`, /Expected next/],
  ['card of a unit', () => `#/neurons/${text}?pane=card`, /Autocorrelation/],
  ['analyses', () => `#/analyses/${text}`, /Which unit of another run/],
  ['sample', () => `#/sample/${text}`, /Temperature/],
  ['data', () => '#/data', /Moby Dick/],
  ['program', () => `#/run/${text}/program`, /Program of one training step/],
  ['program for labelled lines', () => `#/run/${labelled}/program`, /Program of one training step/],
]

it.each(views)('%s fits at every width', async (view, link, loaded) => {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/${link()}`)
  await expect.poll(() => page.getByRole('main').innerText(), { timeout: 30_000 }).toMatch(loaded)
  for (const width of [820, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 })
    if (view === 'neurons' || view === 'card of a unit')
      await page
        .locator('.heat .line')
        .nth(3)
        .hover({ position: { x: 60, y: 8 } })
    const fit = page.getByRole('button', { name: 'Fit to width', pressed: false })
    if (await fit.count()) await fit.click()
    await page.waitForTimeout(100)
    expect({ width, faults: await page.evaluate(overflowFaults) }).toEqual({ width, faults: [] })
  }
  expect(await page.locator('.button.primary:visible').allInnerTexts()).toSatisfy(
    (found: string[]) => found.length <= 1,
  )
})
