// The command line keeps what Node makes of its sources, and starts all the same where that cannot be kept.
import { spawnSync } from 'node:child_process'
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
