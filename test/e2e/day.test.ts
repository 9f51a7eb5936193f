// A researcher's day on the real server, in a real browser: launch from the form, watch, launch another, compare, look at a unit, sample.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page

beforeAll(async () => {
  bench = await openWorkbench()
  page = bench.page
})
afterAll(() => bench.close())

/** Types into the form's field of that label. */
async function fill(label: string, value: string): Promise<void> {
  const field = page
    .getByRole('textbox', { name: label, exact: true })
    .or(page.getByRole('spinbutton', { name: label, exact: true }))
  await field.first().fill(value)
  await field.first().blur()
}

/** Launches the prose preset from the form, cut short; resolves on the run's page. */
async function launch(name: string, changes: Record<string, string>): Promise<string> {
  await page.goto(`${bench.origin}/#/launch?preset=prose`)
  await page.getByText('87,130').waitFor()
  await page.locator('summary', { hasText: 'Logging' }).click()
  await fill('Name', name)
  for (const [label, value] of Object.entries(changes)) await fill(label, value)
  await page.getByRole('button', { name: 'Launch', exact: true }).click()
  await page.waitForURL(/#\/run\/[0-9a-z]{26}/)
  return /run\/([0-9a-z]{26})/.exec(page.url())![1]!
}

const quick = { Steps: '160', 'Log every': '5', 'Validate every': '40', 'Sample every': '80' }
const finished = () =>
  page.getByRole('main').getByText('Finished', { exact: true }).first().waitFor({ timeout: 100_000 })

describe('a day at the workbench', () => {
  const ids: string[] = []

  it('folds settings away and says what was changed in them', async () => {
    await page.goto(`${bench.origin}/#/launch?preset=prose`)
    const fold = page.locator('summary', { hasText: 'Shape of the network' })
    await fold.click()
    await fill('Hidden layer before output', '9')
    await fold.getByText('Hidden layer before output: 9').waitFor()
    await fill('Hidden layer before output', '0')
    const layers = page.getByRole('textbox', { name: 'Layers', exact: true })
    expect(await layers.inputValue()).toBe('1')
    await fill('Layers', '24/12')
    await page.getByText('8,562').waitFor()
    // The size of all layers alike does not count then.
    expect(await page.getByRole('spinbutton', { name: 'Hidden units', exact: true }).count()).toBe(0)
  })

  it('launches from the form and the curve grows while it trains', async () => {
    ids.push(await launch('first of the day', quick))
    const points = async () =>
      Number(/(\d+) points/.exec((await page.getByRole('main').innerText()).replaceAll(',', ''))?.[1] ?? 0)
    await expect.poll(points, { timeout: 60_000 }).toBeGreaterThan(2)
    const early = await points()
    await finished()
    await expect.poll(points, { timeout: 10_000 }).toBeGreaterThan(early)
    // The text written during training is there.
    await expect.poll(() => page.getByRole('main').innerText()).toMatch(/Step 160|step 160/)
  })

  it('launches a second with another setting and compares the two', async () => {
    ids.push(await launch('second of the day', { ...quick, Seed: '7', 'Learning rate': '0.001' }))
    await finished()
    await page.goto(`${bench.origin}/#/compare?ids=${ids.join(',')}`)
    const main = page.getByRole('main')
    await main.getByRole('heading', { name: 'Compare', exact: true }).waitFor()
    await main.getByText('optimizer.lr').first().waitFor()
    const text = await main.innerText()
    expect(text).toContain('first of the day')
    expect(text).toContain('second of the day')
    expect(text).toContain('0.001')
    expect(text).toContain('0.003')
    expect(text).toContain('val/loss')
  })

  it('shows a unit on text, goes on to the next by keyboard, and finds units by what they know', async () => {
    await page.goto(`${bench.origin}/#/neurons/${ids[0]}`)
    const main = page.getByRole('main')
    const unit = main.getByRole('heading', { name: /^Unit \d+$/ })
    await unit.waitFor()
    const first = Number((await unit.innerText()).slice(5))
    await main.getByRole('button', { name: /^Next unit/ }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => unit.innerText()).not.toBe(`Unit ${first}`)
    const next = (await unit.innerText()).slice(5)
    await expect.poll(() => page.url()).toContain(`unit=${next}`)
    await main.getByRole('tab', { name: 'Find' }).click()
    await main.getByRole('button', { name: 'Find units' }).click()
    // Best unit first, with the area under its curve.
    await expect
      .poll(() => main.getByRole('tabpanel', { name: 'Find' }).innerText(), { timeout: 90_000 })
      .toMatch(/0\.[5-9]\d+/)
    // A unit opens at the step of its score, and the scores are still there on return.
    const found = main.getByRole('tabpanel', { name: 'Find' })
    const step = /Scores of step ([\d,]+)/.exec(await found.innerText())![1]!.replaceAll(',', '')
    await found.locator('tbody button').first().click()
    await expect.poll(() => page.url()).toContain(`step=${step}`)
    await page.goto(`${bench.origin}/#/runs`)
    await main.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
    await page.goBack()
    await found.getByText(/^Scores of step/).waitFor()
  })

  it('completes a predicate by keyboard, marks its fault, and ranks units by a number', async () => {
    await page.goto(`${bench.origin}/#/neurons/${ids[0]}`)
    const main = page.getByRole('main')
    await main.getByRole('tab', { name: 'Find' }).click()
    const found = main.getByRole('tabpanel', { name: 'Find' })
    const field = found.getByRole('combobox', { name: 'Predicate of text positions' })
    await field.fill('')
    await field.pressSequentially('vowel and not brack')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await field.inputValue()).toBe('vowel and not bracket')
    await page.keyboard.press('Enter')
    await found.getByText(/Holds at [\d,]+ of [\d,]+ positions/).waitFor({ timeout: 90_000 })
    await field.fill('colum >= 3')
    await found
      .getByText('predicate, character 1: there is no property "colum"; did you mean column?')
      .waitFor()
    await found.getByRole('button', { name: 'column', exact: true }).click()
    await found.getByText('Number per symbol', { exact: true }).waitFor({ timeout: 90_000 })
    expect(await found.getByRole('columnheader').allInnerTexts()).toEqual(['Unit', 'Correlation'])
    // Text that is selected in the heatmap is a predicate, too.
    await page.evaluate(() => {
      const line = document.querySelector('[data-line="5"]')!.firstChild!
      getSelection()!.setBaseAndExtent(line, 2, line, 12)
    })
    const chip = found.getByRole('button', { name: /^span\(/ })
    const span = (await chip.innerText()).trim()
    const [from, to] = span.match(/\d+/g)!.map(Number)
    expect(to! - from!).toBe(9)
    await chip.click()
    expect(await field.inputValue()).toBe(span)
    await found.getByText(/Holds at 10 of/).waitFor({ timeout: 90_000 })
  })

  it('refuses a number that can be read in two ways, and says what to write', async () => {
    await page.goto(`${bench.origin}/#/launch?preset=prose`)
    await page.getByText('87,130').waitFor()
    await fill('Learning rate', '0,003')
    await page.getByText('write a point before the decimals: 0.003').first().waitFor()
    expect(await page.getByRole('button', { name: 'Launch', exact: true }).isDisabled()).toBe(true)
    await fill('Learning rate', '0.003')
    await expect
      .poll(() => page.getByRole('button', { name: 'Launch', exact: true }).isEnabled(), { timeout: 30_000 })
      .toBe(true)
  })

  it('samples: the same seed writes the same text', async () => {
    await page.goto(`${bench.origin}/#/sample/${ids[0]}`)
    const main = page.getByRole('main')
    await main.getByRole('checkbox', { name: 'fixed' }).check()
    await fill('Seed', '11')
    await fill('Length', '120')
    const cards = main.getByRole('article')
    await main.getByRole('button', { name: 'Generate', exact: true }).first().click()
    const done = (count: number) =>
      expect.poll(() => cards.filter({ hasText: '120 symbols' }).count(), { timeout: 60_000 }).toBe(count)
    await done(1)
    await cards
      .first()
      .getByRole('button', { name: /same seed/ })
      .click()
    await done(2)
    await main.getByText('same text as sample 1').first().waitFor()
  })

  it('is the same run in the terminal', async () => {
    const list = JSON.parse(await bench.unroll('runs', '--json')) as {
      runs: { id: string; name: string; status: string }[]
    }
    expect(list.runs.map((r) => [r.name, r.status])).toEqual([
      ['second of the day', 'finished'],
      ['first of the day', 'finished'],
    ])
  })

  it('moves a run to the trash by keyboard and takes it back', async () => {
    await page.goto(`${bench.origin}/#/runs`)
    const rows = page.getByRole('main').getByRole('row').filter({ hasText: 'of the day' })
    await expect.poll(() => rows.count()).toBe(2)
    await rows.first().getByRole('checkbox').check()
    await page
      .getByRole('main')
      .getByRole('grid')
      .or(page.getByRole('main').getByRole('table'))
      .first()
      .focus()
    await page.keyboard.press('Delete')
    await expect.poll(() => rows.count()).toBe(1)
    await page.keyboard.press('Control+z')
    await expect.poll(() => rows.count()).toBe(2)
  })

  it('writes no error to the console', () => {
    expect(bench.faults).toEqual([])
  })
})
