// `npm run bench:responsive`: how quickly a server answers while four small runs log every step and a page is attached. It starts the real
// `serve`, talks to it as a page does, and reads the server's main thread from the outside (Linux).
// Options: --seconds N of load (20), --log-every N steps (1: as many points as the machine makes), --root FOLDER of another checkout, --json.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import WebSocket from 'ws'
import type { Output } from '../../src-main/contract/api.ts'
import { decodeWire, encodeWire } from '../../src-main/contract/wire.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    'log-every': { type: 'string', default: '1' },
    root: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(options.seconds)
const runs = 4
const ticksPerSecond = 100

const config = (seed: number) => ({
  seed,
  data: { kind: 'addition', bits: 4 },
  model: { cell: 'rnn', hidden: 8, input: 'onehot' },
  train: { bptt: 'full', batch: 4, steps: 10_000_000 },
  logging: { logEvery: Number(options['log-every']), evalEvery: 0, sampleEvery: 0, checkpointEvery: 100_000 },
  runtime: { threads: 1 },
})

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN
const spread = (times: number[]) => {
  const sorted = [...times].sort((a, b) => a - b)
  const ms = (value: number) => Math.round(value * 10) / 10
  return { p50: ms(quantile(sorted, 0.5)), p99: ms(quantile(sorted, 0.99)), max: ms(sorted.at(-1) ?? NaN) }
}

async function listening(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const said = JSON.parse(line) as { event?: string; url?: string }
    if (said.event === 'listening') return said.url!
  }
  throw new Error('the server ended before it listened')
}

/** Seconds of CPU time of the main thread of `pid` so far. */
function mainThreadSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Signs in as a browser does; gives `call` and a WebSocket that carries the events. */
async function signIn(url: string) {
  const { origin, hash } = new URL(url)
  const headers = { 'content-type': 'application/json', origin }
  const post = (path: string, body: unknown, cookie?: string) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(cookie && { cookie }) },
      body: encodeWire(body),
    })
  const login = await post('/login', { code: hash.slice('#code='.length) })
  const cookie = login.headers.get('set-cookie')!.split(';')[0]!
  const call = async (name: string, input: unknown): Promise<unknown> => {
    const answer = await post(`/call/${name}`, input, cookie)
    const value = decodeWire(await answer.text())
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(value)}`)
    return value
  }
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/events`, { headers: { origin, cookie } })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return { call, socket }
}

/** Pings one after the other until `until`; milliseconds of each answer. */
async function pings(socket: WebSocket, until: () => boolean): Promise<number[]> {
  const times: number[] = []
  let answered: () => void = () => undefined
  socket.on('message', (data: Buffer) => {
    if (data.length < 100 && data.includes('"pong"')) answered()
  })
  for (let id = 10; !until(); id++) {
    const started = performance.now()
    const answer = new Promise<void>((resolve) => (answered = resolve))
    socket.send(JSON.stringify({ id, type: 'ping' }))
    await answer
    times.push(performance.now() - started)
    await sleep(20)
  }
  return times
}

/** Milliseconds of each call, one every `every` ms. */
async function calls(make: () => Promise<unknown>, every: number, until: () => boolean): Promise<number[]> {
  const times: number[] = []
  while (!until()) {
    const started = performance.now()
    await make()
    times.push(performance.now() - started)
    await sleep(every)
  }
  return times
}

const home = mkdtempSync(join(tmpdir(), 'unroll-responsive-'))
const server = spawn(
  process.execPath,
  [join(options.root, 'bin/unroll.mjs'), 'serve', '--port', '0', '--no-open', '--json', '--data-dir', home],
  { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UNROLL_NODE: process.execPath } },
)
try {
  const { call, socket } = await signIn(await listening(server))
  let eventBytes = 0
  socket.on('message', (data: Buffer) => (eventBytes += data.length))
  await call('settings.set', { maxRunning: runs })
  const ids: string[] = []
  for (let seed = 1; seed <= runs; seed++)
    ids.push(((await call('runs.launch', { config: config(seed) })) as { id: string }).id)
  const list = async () => ((await call('runs.list', {})) as Output<'runs.list'>).runs
  while ((await list()).some((run) => run.step < 100)) await sleep(100)
  socket.send(JSON.stringify({ id: 1, type: 'watch', runs: ids }))

  const points = async () =>
    (await list()).flatMap((run) => run.summaries).reduce((sum, { count }) => sum + count, 0)
  const begin = performance.now()
  const [pointsBefore, cpuBefore] = [await points(), mainThreadSeconds(server.pid!)]
  const over = () => performance.now() - begin > seconds * 1000
  const ages: number[] = []
  const age = async () => {
    const [answer] = (await call('runs.metrics', {
      ids: [ids[0]!],
      names: ['train/loss'],
    })) as Output<'runs.metrics'>
    ages.push(Date.now() - (answer!.chunks[0]?.times.at(-1) ?? 0))
  }
  const [ping, listed, metrics] = await Promise.all([
    pings(socket, over),
    calls(list, 500, over),
    calls(() => call('runs.metrics', { ids }), 2000, over),
    calls(age, 1500, over),
  ])
  const wall = (performance.now() - begin) / 1000
  const share = (mainThreadSeconds(server.pid!) - cpuBefore) / wall
  const rate = ((await points()) - pointsBefore) / wall
  const stops: number[] = []
  for (const id of ids) {
    const started = performance.now()
    await call('runs.stop', { id })
    stops.push(Math.round(performance.now() - started))
  }
  const row = {
    pointsPerSecond: Math.round(rate),
    pingMs: { ...spread(ping), count: ping.length },
    listMs: spread(listed),
    metricsMs: spread(metrics),
    firstStopMs: stops[0],
    stopsMs: stops,
    mainThread: Math.round(share * 100) / 100,
    /** How old the newest stored point of the first run is when it is read. */
    newestPointMs: spread(ages),
    eventKBPerSecond: Math.round(eventBytes / 1000 / wall),
    load: Math.round(loadavg()[0]! * 10) / 10,
  }
  if (options.json) console.log(JSON.stringify(row))
  else for (const [name, value] of Object.entries(row)) console.log(name.padEnd(18), JSON.stringify(value))
  socket.terminate()
} finally {
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await gone
  rmSync(home, { recursive: true, force: true })
}
