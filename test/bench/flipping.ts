// `npm run bench:flipping`: how fast the Neurons page flips through units. It trains a small run, opens 100,000 symbols of its validation text in
// headless Chromium and presses the right arrow key 100 times, once per frame. Build the page first.
// Options: --units N (128), --symbols N (100000), --json.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openWorkbench } from '../e2e/workbench.ts'

const { values: options } = parseArgs({
  options: {
    units: { type: 'string', default: '128' },
    symbols: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
})
const presses = 100

/**
 * Runs in the page. `work`: milliseconds from each key to the end of its frame's rendering on the main thread (handlers, components, style, layout,
 * paint commands); `intervals`: milliseconds between frames.
 */
async function flip(count: number): Promise<{ work: number[]; intervals: number[] }> {
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
  const work: number[] = []
  const times = [await frame()]
  for (let i = 0; i < count; i++) {
    const from = performance.now()
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    const { port1, port2 } = new MessageChannel()
    // A message posted here is handled behind the rendering of this frame.
    const rendered = new Promise<void>((resolve) => (port1.onmessage = () => resolve()))
    port2.postMessage(null)
    await rendered
    work.push(performance.now() - from)
    times.push(await frame())
  }
  return { work, intervals: times.slice(1).map((time, i) => time - times[i]!) }
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))]!

const bench = await openWorkbench({ width: 1400, height: 900 })
try {
  const settings = [
    `model.hidden=${options.units}`,
    'train.steps=20',
    'data.validation=0.3',
    'logging.evalEvery=0',
    'logging.sampleEvery=0',
  ]
  const told = await bench.unroll(
    'train',
    '--preset',
    'prose',
    ...settings.flatMap((one) => ['--set', one]),
    '--json',
  )
  const { run } = JSON.parse(told.trim().split('\n').at(-1)!) as { run: string }
  const { page } = bench
  const opened = performance.now()
  await page.goto(`${bench.origin}/#/neurons/${run}?length=${options.symbols}&unit=0`)
  await page.locator('.heat .line').first().waitFor({ timeout: 120_000 })
  const openMs = performance.now() - opened
  const unit = async () =>
    Number((await page.getByRole('heading', { name: /^Unit \d+$/ }).innerText()).slice(5))
  await page.evaluate(flip, 20)
  const begin = await unit()
  // In the clock of the thread: what the page's own thread computes, however busy the machine is.
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const cpu = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
  }
  const cpuBefore = await cpu()
  const { work, intervals } = await page.evaluate(flip, presses)
  const cpuMs = ((await cpu()) - cpuBefore) / presses
  const moved = (await unit()) - begin
  if ((moved + Number(options.units)) % Number(options.units) !== presses % Number(options.units))
    throw new Error(`${presses} keys moved the page by ${moved} units`)
  const total = intervals.reduce((sum, one) => sum + one, 0)
  const result = {
    units: Number(options.units),
    symbols: Number(options.symbols),
    openMs: Math.round(openMs),
    workMs: { median: quantile(work, 0.5), p95: quantile(work, 0.95), largest: quantile(work, 1) },
    cpuMs,
    framesPerSecond: (1000 * presses) / total,
    slowFrames: intervals.filter((one) => one > 25).length,
    load: loadavg()[0]!,
  }
  const { workMs } = result
  if (options.json) console.log(JSON.stringify(result))
  else
    console.log(
      `${result.symbols} symbols x ${result.units} units, opened in ${result.openMs} ms; ${presses} units: ${result.framesPerSecond.toFixed(1)} frames per second, ${result.slowFrames} frames over 25 ms;\n` +
        `work per unit: median ${workMs.median.toFixed(1)} ms, 95 % ${workMs.p95.toFixed(1)} ms, largest ${workMs.largest.toFixed(1)} ms; ${cpuMs.toFixed(1)} ms of the page's thread; load of the machine ${result.load.toFixed(1)}`,
    )
} finally {
  await bench.close()
}
