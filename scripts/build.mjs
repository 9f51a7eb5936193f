// Bundles what is stale into out/: `node scripts/build.mjs` the page only (all that the server needs), with --all the
// window's main, worker and preload too. Compares hashes of the sources, so a second start costs nothing.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onFitNode, root } from './nodeVersion.mjs'

const page = ['src-renderer', 'src-main/contract', 'electron.vite.config.ts', 'package-lock.json']
const everything = ['src-main', ...page]

function* filesOf(path) {
  if (!existsSync(path)) return
  if (!statSync(path).isDirectory()) return yield path
  for (const name of readdirSync(path).sort()) yield* filesOf(join(path, name))
}

/** SHA-256 of the names and bytes of all files in these files and folders of the repository. */
export function hashOf(inputs) {
  const hash = createHash('sha256')
  for (const input of inputs) {
    for (const path of filesOf(join(root, input)))
      hash.update(path.slice(root.length)).update('\0').update(readFileSync(path))
  }
  return hash.digest('hex')
}

const targets = {
  page: {
    inputs: page,
    product: 'out/renderer/index.html',
    async build() {
      const { build } = await import('vite')
      const { default: config } = await import('../electron.vite.config.ts')
      await build({ ...config.renderer, configFile: false, logLevel: 'warn' })
    },
  },
  window: {
    inputs: everything,
    product: 'out/shells/electron/main.js',
    async build() {
      rmSync(join(root, 'out'), { recursive: true, force: true })
      const { build } = await import('electron-vite')
      await build({ root, logLevel: 'warn' })
      writeFileSync(join(root, 'out', 'page.hash'), hashOf(page))
    },
  },
}

/** The hash of the sources of `name`, if they are not those that were built last. */
function staleHash(name) {
  const { inputs, product } = targets[name]
  const stamp = join(root, 'out', `${name}.hash`)
  const hash = hashOf(inputs)
  const isFresh = existsSync(join(root, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
  return isFresh ? undefined : hash
}

async function build(name) {
  const hash = staleHash(name)
  if (!hash) return
  const started = Date.now()
  await targets[name].build()
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(join(root, 'out', `${name}.hash`), hash)
  process.stderr.write(`built the ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

/** In a process of its own: a bundler leaves 600 MB behind, and whoever calls this may live for days. */
async function buildElsewhere(name) {
  if (!staleHash(name)) return
  const file = fileURLToPath(import.meta.url)
  const child = spawn(process.execPath, [file, ...(name === 'window' ? ['--all'] : [])], {
    stdio: ['ignore', 2, 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  const [code, signal] = await once(child, 'close')
  if (code !== 0) throw new Error(said.trim() || `the build ended with ${signal ?? code}`)
  process.stderr.write(said)
}

/** Builds the page into out/renderer if its sources changed. */
export const buildPage = () => buildElsewhere('page')

/** Builds the page and the Electron window's main, worker and preload, if their sources changed. */
export const buildWindow = () => buildElsewhere('window')

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await onFitNode(() =>
    build(process.argv.includes('--all') ? 'window' : 'page').catch((error) => {
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 1
    }),
  )
}
