// Leaves idle servers alone and looks at their memory: one whose data folder stays, one whose folder is removed under it, one on a disk
// that fills up, one on a disk mounted for reading, one that bundled its page first. `npm run test:idle -- --minutes 60`; each must stay
// below 150 MB, and those whose folder is lost must say so. Linux; the disks are mounted where that is permitted, else left out.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const most = 150
const root = join(import.meta.dirname, '..', '..')
const mount = (...args: string[]) => spawnSync('mount', args).status === 0
const folder = mkdtempSync(join(tmpdir(), 'unroll-idle-'))
const mounted: string[] = []

interface Server {
  name: string
  child: ChildProcess
  home: string
  said: string
  /** Largest resident memory seen, in MB. */
  peak: number
  /** What it must have said. */
  expected: RegExp
}

/** A server over a folder that has been used before. */
async function serve(name: string, home: string, expected = /^/): Promise<Server> {
  const argv = [join(root, 'bin', 'unroll.mjs'), 'serve', '--no-open', '--port', '0', '--data-dir', home]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  const server: Server = { name, child, home, said: '', peak: 0, expected }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (server.said += text))
  while (!server.said.includes('Unroll is at')) {
    if (child.exitCode !== null) throw new Error(`${name}: ended with ${child.exitCode}: ${server.said}`)
    await sleep(100)
  }
  return server
}

/** A disk of 4 MB; undefined where mounting is not permitted. */
function disk(name: string): string | undefined {
  const at = join(folder, name)
  mkdirSync(at)
  if (!mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', at)) return undefined
  mounted.push(at)
  return at
}

const use = (home: string) =>
  spawnSync(process.execPath, [join(root, 'bin', 'unroll.mjs'), 'runs', '--data-dir', home])

async function start(): Promise<Server[]> {
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(join(root, 'out', 'page.hash'), 'stale')
  const servers = [await serve('page bundled first', join(folder, 'bundled'), /built the page/)]
  servers.push(await serve('folder kept', join(folder, 'kept')))
  const gone = await serve('folder removed', join(folder, 'gone'), /data folder .* is gone/)
  rmSync(gone.home, { recursive: true })
  servers.push(gone)
  const full = disk('full')
  if (full) {
    servers.push(await serve('disk full', join(full, 'home')))
    spawnSync('dd', ['if=/dev/zero', `of=${join(full, 'fill')}`, 'bs=4k'])
    servers.push(await serve('disk full before the start', join(full, 'home'), /./))
  }
  const readOnly = disk('readOnly')
  if (readOnly) {
    use(join(readOnly, 'home'))
    if (mount('-o', 'remount,ro', readOnly))
      servers.push(await serve('disk for reading only', join(readOnly, 'home'), /W_STORE_READONLY/))
  }
  return servers
}

const residentMb = ({ child }: Server): number => {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
  return Number(found?.[1] ?? 0) / 1024
}

const option = process.argv.indexOf('--minutes')
const minutes = option > 0 ? Number(process.argv[option + 1]) : 5
let servers: Server[] = []
try {
  servers = await start()
  const end = Date.now() + minutes * 60_000
  while (Date.now() < end) {
    for (const server of servers) server.peak = Math.max(server.peak, residentMb(server))
    await sleep(1000)
  }
  for (const server of servers) {
    const { name, peak, said, expected } = server
    const faults = [
      peak >= most && `over ${most} MB`,
      !expected.test(said) && `did not say ${expected}`,
    ].filter(Boolean)
    console.log(
      `${name}: at most ${peak.toFixed(0)} MB, now ${residentMb(server).toFixed(0)} MB${faults.length ? `; ${faults.join('; ')}` : ''}`,
    )
    if (faults.length) process.exitCode = 1
  }
} finally {
  for (const { child } of servers) child.kill('SIGTERM')
  await Promise.all(
    servers.map(({ child }) => child.exitCode ?? new Promise((done) => child.once('exit', done))),
  )
  for (const at of mounted) spawnSync('umount', [at])
  rmSync(folder, { recursive: true, force: true })
}
