import { it } from 'vitest'
import { openWorkbench } from './workbench.ts'
it('shots', async () => {
  const bench = await openWorkbench()
  const { page, origin } = bench
  const lines = (await bench.unroll('train', '--preset', 'prose', '--seed', '3', '--set', 'train.steps=400', '--set', 'logging.sampleEvery=0', '--set', 'logging.evalEvery=200', '--json')).trim().split('\n')
  const id = (JSON.parse(lines.at(-1)!) as { run: string }).run
  await page.goto(`${origin}/#/sample/${id}?interventions=L1.c%5B*%5D%3Dscale(0.5)%20from%2030&seed=3&prime=He%20said&length=200`)
  await page.waitForTimeout(1500)
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  await page.waitForTimeout(4000)
  await page.getByRole('button', { name: 'Count', exact: true }).click()
  await page.getByText('without interventions', { exact: true }).waitFor({ timeout: 60000 })
  for (const scheme of ['light', 'dark'] as const) for (const width of [1280, 820]) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width, height: 1000 })
    await page.waitForTimeout(700)
    await page.screenshot({ path: `/tmp/shots/i-${scheme}-${width}.png` })
    await page.getByText('Rates over many samples').scrollIntoViewIfNeeded()
    await page.waitForTimeout(300)
    await page.screenshot({ path: `/tmp/shots/i-${scheme}-${width}-b.png` })
  }
  console.log(bench.faults)
  await bench.close()
}, 400000)
