// The Neurons page in a real browser: what it opens on, keys without a click, the finder beside the text, the card of a unit.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page
let run: string

beforeAll(async () => {
  bench = await openWorkbench({ width: 1280, height: 800 })
  page = bench.page
  const small = [
    'model.hidden=12',
    'model.layers=2',
    'train.steps=60',
    'logging.evalEvery=30',
    'logging.checkpointEvery=20',
  ]
  const told = await bench.unroll(
    'train',
    '--preset',
    'prose',
    ...small.flatMap((one) => ['--set', one]),
    '--json',
  )
  run = (JSON.parse(told.trim().split('\n').at(-1)!) as { run: string }).run
})
afterAll(() => bench.close())

const unitNow = async () =>
  Number((await page.getByRole('heading', { name: /^Unit \d+$/ }).innerText()).slice(5))
const open = async (query = '') => {
  await page.goto('about:blank')
  await page.goto(`${bench.origin}/#/neurons/${run}${query}`)
  await page.locator('.heat .line').first().waitFor()
}

it('opens an LSTM on c and on the unit that varies most', async () => {
  await open()
  expect(await page.getByLabel('Signal').inputValue()).toBe('c')
  const told = await bench.unroll('inspect', run, '--signal', 'c', '--json')
  expect(await unitNow()).toBe((JSON.parse(told) as { unit: number }).unit)
  expect(page.url()).not.toContain('unit=')
  // It stays while another part is read, also if another unit varies more there.
  const unit = await unitNow()
  for (let part = 1; part < 4; part++) {
    await page.getByRole('button', { name: 'Next part' }).click()
    await expect.poll(() => page.url()).toContain(`offset=${part * 2000}`)
    expect(await unitNow()).toBe(unit)
  }
  const finder = (await page.getByRole('complementary', { name: 'Finder' }).boundingBox())!
  const text = (await page.locator('.heat').boundingBox())!
  expect(finder.x).toBeGreaterThan(text.x + text.width)
  expect(finder.height).toBeGreaterThan(500)
})

it('is ruled by keys before anything was clicked', async () => {
  await open('?unit=3')
  await page.keyboard.press('ArrowRight')
  await expect.poll(unitNow).toBe(4)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(unitNow).toBe(3)
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => page.url()).toMatch(/at=\d+/)
  const order = page.getByLabel('Order of units')
  for (const next of ['variance', 'similarity', 'number']) {
    await page.keyboard.press('s')
    await expect.poll(() => order.inputValue()).toBe(next)
  }
  await page.keyboard.press('g')
  await page.getByRole('tab', { name: 'Card' }).and(page.locator('[aria-selected=true]')).waitFor()
  await page.keyboard.press('/')
  await page.getByRole('tabpanel', { name: 'Find' }).getByRole('button', { name: 'Find units' }).waitFor()
  const focused = () => page.evaluate(() => document.activeElement?.closest('[role=tabpanel]')?.id ?? '')
  await expect.poll(focused).toContain('find')
})

it('tells the card of a unit, whose contexts and similar units lead on', async () => {
  await open('?unit=3&pane=card&layer=1')
  const card = page.getByRole('article', { name: 'Card of unit 3' })
  await card.waitFor()
  expect(await card.locator('.sentence').innerText()).toMatch(/ (writes -?\d|No symbol).*\./)
  expect(await card.getByRole('region', { name: 'Histogram' }).locator('svg rect').count()).toBeGreaterThan(
    20,
  )
  expect(await card.getByRole('region', { name: 'Gate saturation' }).innerText()).toMatch(
    /i\s+[\d.]+ %[\s\S]*f[\s\S]*o/,
  )
  expect(await card.getByRole('region', { name: 'Outgoing weights to the output' }).innerText()).toMatch(
    /Raises/,
  )
  // A position outside the part that is read is gone to with its part.
  await card.getByRole('button', { name: 'Smallest' }).click()
  const line = card.getByRole('button', { name: /^Position \d+, value/ })
  const names = await line.evaluateAll((lines) => lines.map((one) => one.getAttribute('aria-label')!))
  const far = names.findIndex((name) => Number(/\d+/.exec(name)![0]) >= 2000)
  const [position] = /\d+/.exec(names[far]!)!.map(Number)
  const offset = Math.floor(position! / 2000) * 2000
  await line.nth(far).click()
  await expect.poll(() => page.url()).toContain(`offset=${offset}`)
  await expect.poll(() => page.url()).toContain(`at=${position! - offset}`)
  const strip = page.getByRole('region', { name: 'Symbol', exact: true })
  await expect
    .poll(() => strip.innerText())
    .toMatch(new RegExp(`Position\\s+${(position! - offset).toLocaleString('en')}`))
  await page.locator('.heat .caret').waitFor()
  // The card is that of the whole text: it stays.
  expect(await line.nth(far).getAttribute('aria-label')).toBe(names[far])
  const similar = card.getByRole('region', { name: 'Similar units' }).getByRole('link').first()
  const unit = Number(/\d+$/.exec(await similar.innerText())![0])
  await similar.click()
  await page.getByRole('article', { name: `Card of unit ${unit}` }).waitFor()
  await expect.poll(unitNow).toBe(unit)
})

it('keeps what is shown in the link', async () => {
  await open()
  await page.getByRole('button', { name: /^All units/ }).click()
  await page.getByLabel('Order of units').selectOption('similarity')
  await page.getByRole('tab', { name: 'Card' }).click()
  await expect.poll(() => page.url()).toMatch(/(?=.*map=0)(?=.*order=similarity)(?=.*pane=card)/)
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByRole('article', { name: /^Card of unit/ }).waitFor()
  expect(await page.locator('.map').count()).toBe(0)
  expect(bench.faults).toEqual([])
})

it('exports the coloured text and tables, and copies an address that opens the same view', async () => {
  await open('?unit=3&find=vowel&surprisal=1&pane=find')
  const found = page.getByRole('tabpanel', { name: 'Find' })
  await found.getByText('Shuffled labels', { exact: true }).waitFor()
  expect(await found.getByRole('combobox').inputValue()).toBe('vowel')
  const choose = async (name: string) => {
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  const save = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent('download'), choose(name)])
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) }
  }
  const legend = page.getByRole('img', { name: /^Colours from/ })
  const shared = await legend.getAttribute('aria-label')
  await page.getByRole('button', { name: 'Own range' }).click()
  const reach = async () => / to (\S+)$/.exec((await legend.getAttribute('aria-label'))!)![1]
  await expect.poll(() => legend.getAttribute('aria-label')).not.toBe(shared)
  const own = await reach()
  const html = await save('Coloured text as a page (HTML)')
  expect(html.name).toMatch(/ step 60 c 3 layer 1\.html$/)
  const told = await bench.unroll('inspect', run, '--signal', 'c', '--json')
  const { tokens } = JSON.parse(told) as { tokens: string[] }
  const copy = await page.context().newPage()
  await copy.setContent(html.content.toString())
  expect(await copy.locator('pre').evaluate((pre) => pre.textContent)).toBe(tokens.join(''))
  expect(await copy.getByText(` to ${own!.slice(0, 4)}`).count()).toBe(1)
  await copy.close()
  expect((await save('Coloured text (SVG)')).content.toString()).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  expect((await save('Coloured text (PNG)')).content.subarray(1, 4).toString()).toBe('PNG')
  const units = (await save('Found units (CSV)')).content.toString()
  expect(units.split('\r\n')[1]).toMatch(/^vowel,60,\d,/)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await choose('Copy the address of this view')
  const address = await page.evaluate(() => navigator.clipboard.readText())
  expect(address).toMatch(
    /(?=.*unit=3)(?=.*step=60)(?=.*signal=c)(?=.*find=vowel)(?=.*surprisal=1)(?=.*range=unit)/,
  )
  await page.goto('about:blank')
  await page.goto(address)
  await page.getByRole('tabpanel', { name: 'Find' }).getByText('Shuffled labels', { exact: true }).waitFor()
  expect(await unitNow()).toBe(3)
  expect(await page.getByRole('button', { name: 'Surprisal', pressed: true }).count()).toBe(1)
  await expect.poll(reach).toBe(own)
})

it('judges the best unit of a search by itself, and samples with it held on demand', async () => {
  await open('?pane=find')
  const found = page.getByRole('tabpanel', { name: 'Find' })
  await found.getByRole('combobox').fill('vowel')
  await found.getByRole('button', { name: 'Find units' }).click()
  const verdict = found.getByRole('region', { name: /^Verdict on / })
  await expect
    .poll(() => verdict.innerText(), { timeout: 30_000 })
    .toMatch(/represent[\s\S]*AUC \d[\s\S]*\nis (not )?used\n[\s\S]*nats|no class of 10/)
  await verdict.getByRole('button', { name: 'Sample with the unit held' }).click()
  await expect
    .poll(() => verdict.innerText(), { timeout: 30_000 })
    .toMatch(/held as where it does not: 0\.\d+ \(0\.\d+ to/)
  expect(bench.faults).toEqual([])
})

it('shows the same text by another checkpoint or signal beside it, scrolled, pointed at and coloured alike', async () => {
  await page.setViewportSize({ width: 1600, height: 900 })
  await open('?unit=3')
  await page.getByRole('button', { name: 'Compare with' }).click()
  const [first, second] = [
    page.getByRole('region', { name: 'Text coloured by one unit' }),
    page.getByRole('region', { name: 'Compared text', exact: true }),
  ]
  await second.locator('.heat .line').first().waitFor()
  await expect.poll(() => page.url()).toMatch(/with=same&with_step=40/)
  const link = page.url()
  expect(await second.getByRole('heading').innerText()).toBe('Compared unit 3')
  const range = (pane: typeof first) =>
    pane.getByRole('img', { name: /^Colours from/ }).getAttribute('aria-label')
  expect(await range(first)).toBe(await range(second))
  const left = (await first.boundingBox())!
  expect((await second.boundingBox())!.x).toBeGreaterThan(left.x + left.width)
  await first.locator('.heat').hover({ position: { x: 40, y: 60 } })
  const pointed = (pane: typeof first) => pane.locator('.frame:not(.caret)').getAttribute('style')
  await expect.poll(() => pointed(second)).toBe(await pointed(first))
  await page.mouse.wheel(0, 300)
  const top = (pane: typeof first) => pane.locator('.heat').evaluate((heat) => heat.scrollTop)
  await expect.poll(() => top(second)).toBe(300)
  expect(await top(first)).toBe(300)
  // Keys and units of the first pane go on; the other follows in the same run.
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => second.getByRole('heading').innerText()).toBe('Compared unit 4')
  await page.getByRole('region', { name: 'Compare with' }).getByLabel('Signal').selectOption('f')
  await expect.poll(() => range(second)).toBe('Colours from 0 to 1.00')
  await page.goto('about:blank')
  await page.goto(link)
  await second.locator('.heat .line').first().waitFor()
  expect(await second.innerText()).toContain('step 40')
  await page.getByRole('button', { name: 'One pane' }).click()
  await expect.poll(() => page.url()).not.toContain('with')
  expect(await second.count()).toBe(0)
})

it('moves through the kept checkpoints of the run, which the link keeps, and reads each once', async () => {
  await open('?unit=3&step=60')
  const read: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('inspect.text') || request.postData()?.includes('inspect.text'))
      read.push(request.url())
  })
  const slider = page.getByRole('slider', { name: 'Checkpoint over training' })
  const values = () => page.locator('.page > header').innerText()
  await slider.focus()
  await page.keyboard.press('Home')
  await expect.poll(() => page.url()).toContain('step=40')
  await expect.poll(values).toContain('step 40')
  expect(await slider.getAttribute('aria-valuetext')).toBe('step 40')
  await slider.focus()
  await page.keyboard.press('End')
  await expect.poll(() => page.url()).toContain('step=60')
  await slider.focus()
  await page.keyboard.press('Home')
  await expect.poll(values).toContain('step 40')
  expect(read).toHaveLength(1)
  expect(bench.faults).toEqual([])
})

it('draws the cell at work, which moves with the position', async () => {
  await open('?unit=3&pane=card&at=10')
  const drawing = page.getByRole('img', { name: /^Unit 3 at symbol \d+/ })
  const values = async () => {
    const [, at, list] = /at symbol (\d+): (.*)/.exec((await drawing.getAttribute('aria-label'))!)!
    return {
      at: Number(at),
      ...Object.fromEntries(list!.split(', ').map((one) => one.split(/ (?=\S+$)/))),
    } as Record<string, string | number>
  }
  await drawing.waitFor()
  const before = await values()
  expect(before['at']).toBe(10)
  await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(async () => (await values())['at']).toBe(11)
  expect((await values())['c before']).toBe(before['c after'])
  const told = await bench.unroll('inspect', run, '--cell', '--unit', '3', '--at', '11', '--json')
  const { signals } = JSON.parse(told) as { signals: { signal: string; after: number }[] }
  const f = signals.find(({ signal }) => signal === 'f')!.after
  expect(Number((await values())['f'])).toBeCloseTo(f, 2)
  await page.getByRole('button', { name: /^Symbol before/ }).click()
  await expect.poll(async () => (await values())['at']).toBe(10)
  expect(bench.faults).toEqual([])
})
