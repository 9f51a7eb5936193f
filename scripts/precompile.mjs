// Fills Node's compile cache with all that a server loads, in a process of its own: the compiler of TypeScript takes 25 MB, which no
// process that has used it gives back. Does nothing while the sources are those that were compiled last, or where there is no cache.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hashOf } from './build.mjs'
import { root } from './nodeVersion.mjs'

/** What is imported only when it is needed, and the entries of threads. */
const loadedLater = [
  'engine/index.ts',
  'jobs/entry.ts',
  'services/readThread.ts',
  'services/storeThread.ts',
  'shells/cli/browser.ts',
  'shells/cli/freshPage.ts',
]
const source = (path) => pathToFileURL(join(root, 'src-main', path)).href

/** Compiles what is stale, waiting for it. Throws nothing: without a cache the caller compiles by itself. */
export function precompile() {
  const cache = module.getCompileCacheDir?.()
  if (!cache) return
  const stamp = join(cache, 'sources.hash')
  const hash = hashOf(['src-main'])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { stdio: 'ignore' })
  try {
    if (status === 0) writeFileSync(stamp, hash)
  } catch {
    // A full disk: compiled again at the next start.
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // The entry of a thread that keeps the database fails outside of one: by then it is compiled.
  for (const path of loadedLater) await import(source(path)).catch(() => undefined)
  process.argv = [process.execPath, 'unroll', '--version']
  await import(source('shells/cli/main.ts'))
}
