// The guard before everything: which Node may run us, and that arguments, exit code and signals pass through.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { isFit } from '../../scripts/nodeVersion.mjs'

const guard = pathToFileURL(fileURLToPath(new URL('../../scripts/nodeVersion.mjs', import.meta.url))).href
const folder = mkdtempSync(join(tmpdir(), 'unroll-node-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that first finds itself on an old Node, then, as a child, runs `body`. */
function program(name: string, body: string, findNode = '() => process.execPath'): string {
  const path = join(folder, name)
  const version = "process.env.UNROLL_TEST_CHILD ? process.version : 'v20.20.2'"
  const start = `const nodeVersion = ${version}\nprocess.env.UNROLL_TEST_CHILD = '1'\n`
  const call = `await onFitNode(() => { ${body} }, { nodeVersion, findNode: ${findNode} })\n`
  writeFileSync(path, `import { onFitNode } from ${JSON.stringify(guard)}\n${start}${call}`)
  return path
}

describe('Node version', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.17.1', false],
    ['v22.18.0', true],
    ['v23.5.0', false],
    ['v24.0.0', true],
    ['v25.1.0', true],
    ['garbage', false],
  ])('%s is fit: %s', (version, fit) => {
    expect(isFit(version)).toBe(fit)
  })

  it('hands arguments and exit code through to the fit Node', () => {
    const path = program('args.mjs', 'console.log(process.argv.slice(2).join("|")); process.exit(65)')
    const run = spawnSync(process.execPath, [path, 'train', '--set', 'a b'], { encoding: 'utf8' })
    expect([run.status, run.stdout.trim()]).toEqual([65, 'train|--set|a b'])
  })

  it('says what it needs and exits with 70 where no fit Node is', () => {
    const path = program('none.mjs', 'console.log("ran")', '() => undefined')
    const run = spawnSync(process.execPath, [path], { encoding: 'utf8' })
    expect([run.status, run.stdout]).toEqual([70, ''])
    expect(run.stderr).toContain('needs Node >= 22.18, this is v20.20.2')
  })

  it.skipIf(process.platform === 'win32')('passes a signal on and waits for the answer', async () => {
    const body =
      'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("ready")'
    const child = spawn(process.execPath, [program('signal.mjs', body)])
    child.stdout.once('data', () => child.kill('SIGTERM'))
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(7)
  })
})
