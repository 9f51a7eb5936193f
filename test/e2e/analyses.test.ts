// The analyses in a real browser: each tab computes and shows its result, and its places open in Neurons.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
const ids: string[] = []

beforeAll(async () => {
  bench = await openWorkbench()
  for (const seed of ['1', '2']) {
    const sizes = ['--set', 'train.steps=20', '--set', 'model.hidden=8']
    const out = await bench.unroll(
      'train',
      '--json',
      '--preset',
      'prose',
      '--seed',
      seed,
      '--name',
      `prose ${seed}`,
      ...sizes,
    )
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { run?: string })
    ids.push(events.find(({ run }) => run)!.run!)
  }
})
afterAll(() => bench.close())

async function computed(query: string): Promise<string> {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/#/analyses/${ids[0]}?${query}`)
  const panel = page.getByRole('tabpanel')
  await panel.getByRole('button', { name: 'Compute' }).click()
  const result = panel.locator('section.panel')
  await result.first().waitFor({ timeout: 60_000 })
  return (await result.allInnerTexts()).join('\n')
}

it.each([
  ['projection', 'what=projection&length=400&colour=vowel', /360 states by PCA[\s\S]*does not hold/],
  [
    'losses',
    'what=losses&length=2000&predicates=quote',
    /9-gram model of[\s\S]*not \(quote\)[\s\S]*What would mend/,
  ],
  ['matrix', 'what=matrix&length=2000&predicates=quote; column', /prose 1[\s\S]*quote[\s\S]*column/],
  ['attribution', 'what=attribution&length=30', /log p\([\s\S]*nats at position 29[\s\S]*0\.c/],
  ['automaton', 'what=automaton&length=600', /(?:clusters|states)[\s\S]*Determinism[\s\S]*May follow/],
  ['fixed points', 'what=fixed-points&symbol=a&length=100', /Reading "a" for ever[\s\S]*fixed points?/],
  [
    'classes of lines',
    `what=classes&text=${encodeURIComponent('good\tena\ngood\tena\nbad\tota\nbad\tota\n'.repeat(10))}`,
    /tells good from bad by its [\s\S]*sparse regression[\s\S]*Sample with unit \d : \d held as in good/,
  ],
  ['Lyapunov spectrum', 'what=lyapunov&length=200', /Largest exponent[\s\S]*Growth at each symbol/],
])('%s shows its result', async (_, query, wanted) => {
  expect(await computed(query)).toMatch(wanted)
  expect(bench.faults).toEqual([])
})

it('saves a result as a page without scripts, its tables, its pictures and its numbers', async () => {
  const { page } = bench
  const save = async (name: RegExp) => {
    await page.getByRole('tabpanel').getByRole('button', { name: 'Export' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name }).click(),
    ])
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) }
  }
  await computed('what=projection&length=400&colour=vowel')
  const picture = await save(/picture.*PNG/)
  expect(picture.content.subarray(1, 4).toString()).toBe('PNG')
  const html = await save(/page \(HTML\)/)
  expect(html.name).toBe('prose 1 projection step 20.html')
  const copy = await page.context().newPage()
  await copy.setContent(html.content.toString())
  expect(await copy.locator('script, button, input, canvas').count()).toBe(0)
  expect(await copy.getByText(/360 states by PCA/).count()).toBe(1)
  const drawn = copy.locator('img').first()
  expect(await drawn.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100)
  await copy.close()
  await computed(`what=match&length=1000&other=${ids[1]}`)
  const table = (await save(/table \(CSV\)/)).content.toString().trim().split('\r\n')
  expect(table[0]).toMatch(/^Unit,Best match,Correlation/)
  expect(table[1]).toMatch(/^1 : \d,1 : \d,-?0\.\d+/)
  const numbers = JSON.parse((await save(/numbers \(JSON\)/)).content.toString()) as {
    correlations: number[]
  }
  expect(numbers.correlations).toHaveLength(64)
  await computed('what=automaton&length=600')
  expect((await save(/drawing.*SVG/)).content.toString()).toMatch(/^<svg [\s\S]*fill: [\s\S]*<\/svg>\n$/)
  expect(bench.faults).toEqual([])
})

it('tells on the card of a unit which units of another run are like it', async () => {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/#/neurons/${ids[0]}?unit=2&pane=card`)
  const units = page
    .getByRole('article', { name: 'Card of unit 2' })
    .getByRole('region', { name: 'Similar units' })
  await units.getByLabel('Other run').selectOption({ label: 'prose 2' })
  await units.getByText('Best of a random rotation of that run:').waitFor()
  const similar = units.getByRole('link', { name: /^layer 1 unit \d$/ })
  expect(await similar.count()).toBe(3)
  const [unit] = /\d$/.exec(await similar.first().innerText())!
  await similar.first().click()
  await page.getByRole('article', { name: `Card of unit ${unit}` }).waitFor()
  expect(page.url()).toContain(ids[1])
  expect(bench.faults).toEqual([])
})

it('attributes two texts of a classifier side by side, with one class and one colour scale', async () => {
  const { page, origin } = bench
  const sizes = ['--set', 'train.epochs=0', '--set', 'train.steps=30', '--set', 'model.hidden=8']
  const out = await bench.unroll('train', '--json', '--preset', 'reviews', '--seed', '1', ...sizes)
  const [id] = out.match(/(?<="run":")\w+/)!
  const texts = { text: 'the film is dull .', compared: 'the film is not dull .', label: 'positive' }
  await page.goto('about:blank')
  await page.goto(
    `${origin}/#/analyses/${id}?${new URLSearchParams({ what: 'attribution', ...texts }).toString().replaceAll('+', '%20')}`,
  )
  await page.getByRole('tabpanel').getByRole('button', { name: 'Compute' }).click()
  const results = page.getByRole('region', { name: 'Attribution' })
  await results.nth(1).waitFor({ timeout: 60_000 })
  const shown = await results.allInnerTexts()
  expect(shown).toHaveLength(2)
  for (const one of shown)
    expect(one).toMatch(/log p\(positive\) = [\s\S]*nats after [56] symbols, step 30\. Classes: /)
  const [first, second] = shown.map((one) => /from \S+ to \S+/.exec(one)![0])
  expect(first).toBe(second)
  await results.nth(1).getByText('not', { exact: true }).click()
  expect(await results.nth(1).innerText()).toMatch(/Instead of "not":/)
  expect(await results.nth(0).innerText()).toContain('A click on a symbol')
  expect(bench.faults).toEqual([])
})

it('finds fixed points of a run that reads numbers, and the held-out steps near one', async () => {
  const { page, origin } = bench
  const sizes = ['--set', 'train.steps=30', '--set', 'model.hidden=3', '--set', 'data.length=8']
  const out = await bench.unroll('train', '--json', '--preset', 'flip-flop', '--seed', '1', ...sizes)
  const [id] = out.match(/(?<="run":")\w+/)!
  await page.goto('about:blank')
  await page.goto(`${origin}/#/run/${id}`)
  await page.getByRole('img', { name: /^channel 3 over 8 steps, \d outputs with a wrong sign/ }).waitFor()
  await page.getByRole('link', { name: 'Analyses', exact: true }).last().click()
  const panel = page.getByRole('tabpanel', { name: 'Fixed points' })
  await page.getByRole('tab', { name: 'Fixed points' }).click()
  await panel.getByRole('button', { name: 'Compute' }).click()
  await panel.getByText(/Reading 0, 0, 0 for ever at step 30/).waitFor()
  expect(await page.getByRole('tab').allInnerTexts()).toEqual([
    'Saliency',
    'Fixed points',
    'Lyapunov spectrum',
  ])
  const count = await panel.getByRole('table').getByRole('row').count()
  await panel.locator('svg .point').last().click()
  await panel.getByRole('img', { name: 'Eigenvalues at point 1:' }).waitFor()
  expect(await panel.locator('svg .point').count()).toBe(count - 1)
  await panel
    .getByRole('button', { name: /^sequence \d+, step \d+ distance/ })
    .nth(1)
    .click()
  expect(await panel.getByRole('img', { name: /^channel \d over 8 steps$/ }).count()).toBe(3)
  expect(await panel.locator('svg .mark').count()).toBe(3)
  expect(bench.faults).toEqual([])
})

it('links points of a projection with the text both ways', async () => {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/#/analyses/${ids[0]}?what=projection&length=400&points=500`)
  const panel = page.getByRole('tabpanel')
  await panel.getByRole('button', { name: 'Compute' }).click()
  const text = panel.locator('p[aria-label="Text of the points"]')
  const symbol = text.locator('.point').nth(20)
  await symbol.hover()
  await expect.poll(() => panel.locator('.detail').innerText()).toContain(' · ')
  await symbol.click()
  expect(await text.locator('.chosen').innerText()).toBe(await symbol.innerText())
  await panel.getByRole('link', { name: 'Open this place in Neurons' }).click()
  await expect.poll(() => page.url()).toMatch(/neurons\/.*at=\d+/)
  expect(bench.faults).toEqual([])
})

it('draws a grid of patched units from an example of the text', async () => {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/#/analyses/${ids[0]}?what=patching&signal=c`)
  const panel = page.getByRole('tabpanel')
  await panel.getByRole('button', { name: 'Example from the text' }).click()
  await expect.poll(() => panel.getByLabel('Corrupted text').inputValue()).not.toBe('')
  await expect.poll(() => page.url()).toContain('corrupted=')
  await panel.getByRole('button', { name: 'Compute' }).click()
  const grid = panel.getByRole('img', { name: /Recovery of 8 units at \d+ positions/ })
  await grid.hover({ position: { x: 60, y: 40 } })
  await panel.getByText(/Unit \d+ after ".*of the gap comes back, log p/).waitFor()
  await grid.click({ position: { x: 60, y: 40 } })
  await expect.poll(() => page.url()).toMatch(/neurons\/.*unit=\d+&signal=c.*text=/)
  expect(bench.faults).toEqual([])
})

it('finds places like text that is selected in Neurons, and opens one of them', async () => {
  const { page, origin } = bench
  await page.goto('about:blank')
  await page.goto(`${origin}/#/neurons/${ids[0]}`)
  await page.locator('.heat .line').first().waitFor()
  await page.evaluate(() => {
    const line = document.querySelectorAll('.heat .line')[2]!
    getSelection()!.selectAllChildren(line)
  })
  await page.getByRole('link', { name: 'Find like this' }).click()
  await expect.poll(() => page.url()).toMatch(/analyses\/.*what=span&span=\d+-\d+/)
  const panel = page.getByRole('tabpanel', { name: 'Like this span' })
  await panel.getByLabel('Units').selectOption('contrast')
  await panel.getByRole('button', { name: 'Compute' }).click()
  const matches = panel.getByRole('region', { name: 'Matches' }).getByRole('link')
  await matches.nth(1).click()
  await expect.poll(() => page.url()).toMatch(/neurons\/.*unit=\d+.*signal=tanh_c/)
  expect(bench.faults).toEqual([])
})

it('matches units with another run that is chosen in the form, keeps it in the link, and opens a unit of it', async () => {
  const { page, origin } = bench
  await page.goto(`${origin}/#/analyses/${ids[0]}`)
  const panel = page.getByRole('tabpanel')
  expect(await panel.getByRole('button', { name: 'Compute' }).isDisabled()).toBe(true)
  await panel.getByLabel('Other run').selectOption({ label: 'prose 2' })
  await expect.poll(() => page.url()).toContain(`other=${ids[1]}`)
  await panel.getByRole('button', { name: 'Compute' }).click()
  const link = panel.getByRole('table').getByRole('row').nth(1).getByRole('link').nth(1)
  await link.click()
  await expect.poll(() => page.url()).toMatch(new RegExp(`#/neurons/${ids[1]}\\?.*unit=\\d`))
  await page
    .getByText(/Unit \d/)
    .first()
    .waitFor()
  expect(bench.faults).toEqual([])
})

it('says at its place that a symbol is unknown', async () => {
  const { page, origin } = bench
  await page.goto(`${origin}/#/analyses/${ids[0]}?what=fixed-points&symbol=Ж`)
  await page.getByRole('tabpanel').getByRole('button', { name: 'Compute' }).click()
  await page.getByText(/"Ж" is not a symbol of this run/).waitFor()
})
