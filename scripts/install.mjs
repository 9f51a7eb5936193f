// Compiles the native core into native/build/Release/unroll.node. Never fails an installation: without a compiler it
// says what is lost and the reference executor serves. Skips the work when sources and flags are those of last time.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { root } from './nodeVersion.mjs'

const native = join(root, 'native')
const addon = join(native, 'build', 'Release', 'unroll.node')
const stamp = join(native, 'build', 'unroll.hash')
const require = createRequire(import.meta.url)
const force = process.argv.includes('--force')
const started = Date.now()
const say = (text) => process.stdout.write(`native core: ${text}\n`)

/** Every file that goes into the addon, in a fixed order. */
function sources() {
  return readdirSync(native, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(cc|h|gyp|gypi)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !relative(native, path).startsWith('build'))
    .sort()
}

/** Changes whenever a recompilation could give another file: sources, target, compiler, flags. */
function fingerprint(files) {
  const hash = createHash('sha256')
  const { CXX = '', CC = '', CXXFLAGS = '', LDFLAGS = '' } = process.env
  const addonApi = require('node-addon-api/package.json').version
  hash.update(JSON.stringify([process.platform, process.arch, CXX, CC, CXXFLAGS, LDFLAGS, addonApi]))
  for (const path of files)
    hash.update(relative(native, path)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

/** True if a fresh process can load the addon (this one would keep the file open). */
function loads() {
  return (
    existsSync(addon) && spawnSync(process.execPath, ['-e', `require(${JSON.stringify(addon)})`]).status === 0
  )
}

/** Folder with include/node: npm's own setting first, then the headers that came with this very Node. */
function headers() {
  const set = process.env.npm_config_nodedir
  if (set) return set
  const beside = join(realpathSync(process.execPath), '..', '..')
  return [beside, '/usr/local', '/usr'].find((dir) => existsSync(join(dir, 'include', 'node', 'node_api.h')))
}

function compile() {
  const gyp = require.resolve('node-gyp/bin/node-gyp.js')
  const args = [
    gyp,
    'configure',
    'build',
    '--release',
    `--directory=${native}`,
    `--jobs=${availableParallelism()}`,
  ]
  const dir = headers()
  if (dir) args.push(`--nodedir=${dir}`)
  const options = { encoding: 'utf8', timeout: 300_000, killSignal: 'SIGKILL', maxBuffer: 1 << 27 }
  const run = spawnSync(process.execPath, args, { ...options, cwd: native })
  if (run.status === 0) return undefined
  if (run.error) return run.error.message
  rmSync(addon, { force: true }) // what an earlier build left would not be these sources
  return tellingLines(`${run.stdout}\n${run.stderr}`)
}

/** The few lines of a failed build's output that say why, most telling first. */
function tellingLines(output) {
  const lines = output.split('\n').map((line) => line.replace(/^gyp ERR! (stack (Error: )?)?/, ''))
  const isCause = (line) =>
    /error:|not found|No such file|Could not find any|not acceptable|EACCES|ENOTFOUND/.test(line)
  const causes = [...new Set(lines.filter(isCause))]
  return (causes.length ? causes : lines.filter(Boolean).slice(-8)).slice(0, 8).join('\n')
}

function warn(reason) {
  process.stderr.write(
    [
      `\nWARNING: the native core was not built, so training runs on the reference executor:`,
      `the same mathematics in plain loops, many times slower. Nothing else is lost.`,
      `To get it: install a C++20 compiler (g++ 11 or clang 14, or newer), make and python3, then "npm run build:native".`,
      `Reason: ${reason.trim()}\n\n`,
    ].join('\n'),
  )
}

function main() {
  const files = existsSync(native) ? sources() : []
  if (!files.some((path) => path.endsWith('.cc'))) return say('no sources here, nothing to build')
  const print = fingerprint(files)
  const known = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (!force && known === print && loads()) return say('up to date')
  say('compiling (about a minute)')
  const reason = compile() ?? (loads() ? undefined : 'it was compiled, but this Node cannot load it')
  if (reason) {
    warn(reason)
    if (force) process.exitCode = 1
    return
  }
  mkdirSync(join(native, 'build'), { recursive: true })
  writeFileSync(stamp, print)
  say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

try {
  main()
} catch (error) {
  warn(error.message)
  if (force) process.exitCode = 1
}
