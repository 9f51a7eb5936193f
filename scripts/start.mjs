// Opens the workbench: the Electron window if its binary is here or can be fetched, else the same page from the
// loopback server, with one line that says why. `--no-electron` asks for the server; other arguments are passed on.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buildPage, buildWindow } from './build.mjs'
import { onFitNode, root } from './nodeVersion.mjs'

const secondsWithoutHost = 20
const secondsForDownload = 600
const secondsToFail = 10

/** Path of the installed Electron binary, or undefined. Never downloads: requiring 'electron' would. */
function installedElectron(folder) {
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return existsSync(path) ? path : undefined
}

/** Why no window could open on this machine even with a binary, or undefined. */
function noWindowReason() {
  const { platform, env } = process
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display'
  if (platform === 'linux' && process.getuid?.() === 0) return "Chromium's sandbox does not run as root"
  return undefined
}

/** True if the host of Electron's releases answers. The download itself gives up only after minutes. */
async function hostAnswers() {
  const address =
    process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com'
  try {
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(secondsWithoutHost * 500) })
    return true
  } catch {
    return false
  }
}

/** Runs Electron's own installer (it finds a cached archive without network); the reason if that fails. */
async function download(folder) {
  process.stderr.write('Fetching the Electron binary (once, about 120 MB) ...\n')
  const child = spawn(process.execPath, [join(folder, 'install.js')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (data) => (complaint += data))
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code) => resolve(code === 0 ? undefined : complaint.match(/Error: ([^\n]*)/)?.[1]))
  })
  const started = Date.now()
  let limit = setTimeout(() => child.kill('SIGKILL'), secondsWithoutHost * 1000)
  const answers = await hostAnswers()
  if (answers) {
    clearTimeout(limit)
    limit = setTimeout(() => child.kill('SIGKILL'), secondsForDownload * 1000 - (Date.now() - started))
  }
  const failure = await ended
  clearTimeout(limit)
  if (child.exitCode === 0) return undefined
  return answers ? (failure ?? 'the download stopped') : 'its host does not answer'
}

/** Opens the window and stays until it is closed; the reason if Electron ends at once with a failure. */
async function openWindow(electron, args) {
  const env = { ...process.env }
  delete env.ELECTRON_RUN_AS_NODE
  const started = Date.now()
  const child = spawn(electron, [root, ...args], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => {
      const failed = code !== 0 && Date.now() - started < secondsToFail * 1000
      if (failed && signal !== 'SIGINT' && signal !== 'SIGTERM')
        return resolve(`Electron ended with ${signal ?? code}`)
      process.exit(code ?? 0)
    })
  })
}

/** Tries the window; returns the reason why there is none. */
async function window(args) {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const reason = noWindowReason()
  if (reason) return reason
  if (!installedElectron(folder)) {
    const failure = await download(folder)
    if (failure) return `its binary could not be fetched: ${failure}`
  }
  const electron = installedElectron(folder)
  if (!electron) return 'its binary is not where it should be'
  await buildWindow()
  return openWindow(electron, args)
}

async function serve(args) {
  await buildPage()
  process.argv = [process.execPath, join(root, 'bin', 'unroll.mjs'), 'serve', ...args]
  await import('../bin/unroll.mjs')
}

await onFitNode(async () => {
  const args = process.argv.slice(2).filter((arg) => arg !== '--no-electron')
  const wanted = args.length === process.argv.length - 2
  const reason = wanted ? await window(args).catch((error) => error.message) : 'asked for with --no-electron'
  process.stderr.write(`No Electron window (${reason}): opening in the browser instead.\n`)
  await serve(args)
})
