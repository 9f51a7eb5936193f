// The real thing for end-to-end tests: `unroll serve` on a fresh data folder, the built page in headless Chromium.
import chromium from '@sparticuz/chromium'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium as playwright, type Browser, type Page } from 'playwright-core'

const launcher = fileURLToPath(new URL('../../bin/unroll.mjs', import.meta.url))

export interface Workbench {
  browser: Browser
  page: Page
  home: string
  /** Address without the login code; the page is logged in. */
  origin: string
  /** Errors that the page wrote to its console or threw. */
  faults: string[]
  /** Runs the terminal door on the same data folder; its standard output. */
  unroll(...args: string[]): Promise<string>
  close(): Promise<void>
}

/** Starts server and browser; the page shows the workbench. */
export async function openWorkbench(options: { width?: number; height?: number } = {}): Promise<Workbench> {
  const home = mkdtempSync(join(tmpdir(), 'unroll-e2e-'))
  const server = spawn(
    process.execPath,
    [launcher, 'serve', '--port', '0', '--no-open', '--json', '--data-dir', home],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const url = await listening(server)
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    // Not the package's own list: it switches web security off, and with it the Origin header.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    headless: true,
  })
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1400, height: options.height ?? 900 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(url)
  await page.getByRole('navigation').first().waitFor()
  return {
    browser,
    page,
    home,
    origin: new URL(url).origin,
    faults,
    unroll: (...args) => runUnroll([...args, '--data-dir', home]),
    async close() {
      await browser.close()
      const gone = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await gone
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function listening(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const event = JSON.parse(line) as { event: string; url: string }
    if (event.event === 'listening') return event.url
  }
  throw new Error('the server ended before it listened')
}

function runUnroll(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => (err += data))
    child.on('exit', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`unroll ${args[0]} ended with ${code}: ${err}`)),
    )
  })
}
