// Charts, coloured text and samples in a real browser: what only a real layout can show.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
let page: Page
let hostile: string

/** Wide, combining, invisible and direction-turning glyphs beside plain ones. */
const words = [
  'the',
  'dog',
  'said',
  '漢字',
  'emoji😀',
  'e\u0301cole',
  'naïve',
  '\u202eevil',
  'zero\u200bwidth',
  'tab\there',
]
const text = Array.from(
  { length: 3000 },
  (_, i) => words[(i * 7 + (i >> 3)) % words.length] + (i % 11 === 10 ? '.\n' : ' '),
).join('')
const small = ['--set', 'model.hidden=16', '--set', 'train.batch=8', '--set', 'train.window=20']

beforeAll(async () => {
  bench = await openWorkbench()
  page = bench.page
  const file = join(bench.home, 'hostile.txt')
  writeFileSync(file, text)
  const said = await bench.unroll('train', '--data', file, ...small, '--set', 'train.steps=60', '--json')
  hostile = /"run":"([0-9a-z]{26})"/.exec(said)![1]!
})
afterAll(() => bench.close())

it('keeps the colour of every symbol under its glyph, whatever the glyph', async () => {
  await page.goto(`${bench.origin}/#/neurons/${hostile}`)
  await page.locator('.heat .line').nth(4).waitFor()
  const lines = await page.locator('.heat .line').count()
  let checked = 0
  for (let i = 1; i < Math.min(lines, 8); i++) {
    const glyph = await page
      .locator('.heat .line')
      .nth(i)
      .evaluate((line) => {
        const node = line.firstChild as Text
        const at = node.data.length - 2
        const range = document.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + 1)
        const { left, top, width, height } = range.getBoundingClientRect()
        return { left, top, width, height, letter: node.data[at]! }
      })
    if (!/[a-z]/.test(glyph.letter)) continue
    await page.mouse.click(glyph.left + glyph.width / 2, glyph.top + glyph.height / 2)
    await page.waitForTimeout(50)
    const frame = (await page.locator('.heat .caret').boundingBox())!
    expect(Math.abs(frame.x + 1 - glyph.left)).toBeLessThan(1)
    expect(await page.locator('.inspect .symbol').innerText()).toBe(glyph.letter)
    checked++
  }
  expect(checked).toBeGreaterThan(2)
})

it('copies the symbols themselves, without stand-ins and without breaks of the layout', async () => {
  const copied = await page.locator('.heat').evaluate((heat) => {
    const lines = [...heat.querySelectorAll('.line')]
    const range = document.createRange()
    range.setStart(lines[1]!.firstChild!, 0)
    range.setEnd(lines[5]!.firstChild!, 3)
    const selection = getSelection()!
    selection.removeAllRanges()
    selection.addRange(range)
    const event = new ClipboardEvent('copy', {
      clipboardData: new DataTransfer(),
      bubbles: true,
      cancelable: true,
    })
    heat.dispatchEvent(event)
    selection.removeAllRanges()
    return event.clipboardData!.getData('text/plain')
  })
  expect(copied.length).toBeGreaterThan(40)
  expect(text).toContain(copied)
  expect(copied).toMatch(/[\u202e\u200b\t]/)
})

it('keeps a drag while a line appears, and zoom and hidden lines while points come in', async () => {
  const running = bench.unroll(
    'train',
    '--preset',
    'prose',
    ...small,
    '--set',
    'train.steps=100000',
    '--set',
    'logging.logEvery=2',
    '--set',
    'logging.evalEvery=10000',
    '--json',
  )
  try {
    let id = ''
    await expect
      .poll(
        async () =>
          (id =
            /"id":"([0-9a-z]{26})"[^{]*"status":"running"/.exec(await bench.unroll('runs', '--json'))?.[1] ??
            ''),
        { timeout: 30_000 },
      )
      .not.toBe('')
    await page.goto(`${bench.origin}/#/run/${id}`)
    const chart = page.locator('figure.chart').first()
    const note = async () =>
      Number(
        /([\d,]+) points/.exec(await chart.locator('.note').first().innerText())?.[1]?.replaceAll(',', '') ??
          0,
      )
    await expect.poll(note, { timeout: 30_000 }).toBeGreaterThan(300)
    const box = (await chart.locator('canvas').boundingBox())!
    await page.mouse.move(box.x + 90, box.y + 30)
    await page.mouse.down()
    await page.mouse.move(box.x + 200, box.y + 120, { steps: 4 })
    await chart.getByRole('button', { name: 'val', exact: true }).waitFor({ timeout: 60_000 })
    await page.mouse.move(box.x + 320, box.y + 200, { steps: 4 })
    await page.mouse.up()
    await chart.getByRole('button', { name: 'Reset zoom' }).waitFor()
    await chart.getByRole('button', { name: 'val', exact: true }).click()
    const step = () =>
      page
        .getByRole('progressbar', { name: 'Progress', exact: true })
        .getAttribute('aria-valuenow')
        .then(Number)
    const advance = async (steps: number) => {
      const before = await step()
      await expect.poll(step, { timeout: 30_000 }).toBeGreaterThan(before + steps)
    }
    // The range in view is read once more, so that points that were told in one while the page was opened are counted where they lie.
    const settled = async () => {
      const first = await note()
      await page.waitForTimeout(2000)
      return (await note()) === first
    }
    await expect.poll(settled, { timeout: 60_000 }).toBe(true)
    const inView = await note()
    expect(inView).toBeGreaterThan(0)
    await advance(100)
    expect(await note()).toBe(inView)
    expect(await chart.getByRole('button', { name: 'val', exact: true }).getAttribute('aria-pressed')).toBe(
      'false',
    )
    await chart.getByRole('button', { name: 'Reset zoom' }).click()
    await expect.poll(note).toBeGreaterThan(inView)
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
  } finally {
    await running.catch(() => undefined)
  }
})

it('writes the same text for the same seed, and says so', async () => {
  await page.goto(`${bench.origin}/#/sample/${hostile}?seed=5&length=80`)
  await page.getByRole('button', { name: 'Generate', exact: true }).first().click()
  await page.getByRole('button', { name: 'Generate again with the same seed' }).first().click()
  await page.getByText('same text as sample 1').waitFor()
  expect(bench.faults).toEqual([])
})
