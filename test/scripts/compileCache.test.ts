// The command line keeps what Node makes of its sources, and starts all the same where that cannot be kept. A server never compiles.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'unroll-cache-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const launcher = fileURLToPath(new URL('../../bin/unroll.mjs', import.meta.url))
const start = (cache: string) =>
  spawnSync(process.execPath, [launcher, '--version'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  })

it('keeps its sources compiled', () => {
  const kept = join(folder, 'kept')
  expect(start(kept).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(50)
})

it('starts where nothing can be kept', () => {
  writeFileSync(join(folder, 'file'), '')
  const { status, stdout, stderr } = start(join(folder, 'file', 'below'))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^\d/)
})

it('runs a server without the compiler of TypeScript, even at the first start', async () => {
  const report = join(folder, 'report.cjs')
  writeFileSync(
    report,
    `require('node:worker_threads').isMainThread && process.on('exit', () =>
       console.log('compiler: ' + process.moduleLoadList.some((name) => name.includes('amaro'))))`,
  )
  const env = {
    ...process.env,
    NODE_COMPILE_CACHE: join(folder, 'serve'),
    NODE_OPTIONS: `--require ${report}`,
  }
  const argv = [launcher, 'serve', '--no-open', '--port', '0', '--data-dir', join(folder, 'home')]
  const server = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (text.includes('Unroll is at')) server.kill('SIGTERM')
  })
  await once(server, 'close')
  expect(said).toMatch(/^Unroll is at .*\ncompiler: false\n$/)
}, 120_000)
