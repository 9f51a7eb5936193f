// Bundles what is stale into out/: `node scripts/build.mjs` the page only (all that the server needs), with --all the
// window's main, worker and preload too. Compares hashes of the sources, so a second start costs nothing.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onFitNode, root } from './nodeVersion.mjs'

const page = ['src-renderer', 'src-main/contract', 'electron.vite.config.ts', 'package-lock.json']
const everything = ['src-main', ...page]

function* filesOf(path) {
  if (!existsSync(path)) return
  if (!statSync(path).isDirectory()) return yield path
  for (const name of readdirSync(path).sort()) yield* filesOf(join(path, name))
}

function hashOf(inputs) {
  const hash = createHash('sha256')
  for (const input of inputs) {
    for (const path of filesOf(join(root, input)))
      hash.update(path.slice(root.length)).update('\0').update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** Runs `build` unless out/`name`.hash says that these inputs were built already and `product` is there. */
async function unlessFresh(name, inputs, product, build) {
  const stamp = join(root, 'out', `${name}.hash`)
  const hash = hashOf(inputs)
  if (existsSync(join(root, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  const started = Date.now()
  await build()
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, hash)
  process.stderr.write(`built the ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

/** Builds the page into out/renderer if its sources changed. */
export function buildPage() {
  return unlessFresh('page', page, 'out/renderer/index.html', async () => {
    const { build } = await import('vite')
    const { default: config } = await import('../electron.vite.config.ts')
    await build({ ...config.renderer, configFile: false, logLevel: 'warn' })
  })
}

/** Builds the page and the Electron window's main, worker and preload, if their sources changed. */
export function buildWindow() {
  return unlessFresh('window', everything, 'out/shells/electron/main.js', async () => {
    rmSync(join(root, 'out'), { recursive: true, force: true })
    const { build } = await import('electron-vite')
    await build({ root, logLevel: 'warn' })
    writeFileSync(join(root, 'out', 'page.hash'), hashOf(page))
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await onFitNode(() => (process.argv.includes('--all') ? buildWindow() : buildPage()))
}
