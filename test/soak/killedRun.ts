// The process that is killed: trains one run and prints every point that it was told is stored. `life` starts it and kills it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { createApp, type App } from '../../src-main/app.ts'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import type { RunRow } from '../../src-main/contract/run.ts'
import { grouped } from '../options.ts'

const train = {
  steps: 1200,
  window: 32,
  batch: 8,
  logEvery: 5,
  evalEvery: 200,
  sampleEvery: 250,
  checkpointEvery: 100,
} as const
/** The runs that are killed at random moments. */
export const configs: RunConfigInput[] = [
  {
    seed: 11,
    data: { kind: 'text', dataset: 'prose', validation: 0.005 },
    model: { cell: 'lstm', hidden: 32 },
    train,
  },
  {
    seed: 12,
    data: { kind: 'series', series: 3 },
    model: { cell: 'elman', hidden: 24, input: 'onehot' },
    train: { bptt: 'online', window: 3, batch: 1, steps: 240_000 },
    optimizer: { name: 'sgd', lr: 0.0001, clipNorm: 0 },
    logging: { logEvery: 600, evalEvery: 0, sampleEvery: 12_000, checkpointEvery: 6000 },
  },
  {
    seed: 13,
    data: { kind: 'addition', bits: 8 },
    model: { cell: 'rnn', hidden: 16, input: 'onehot' },
    ...grouped({ ...train, bptt: 'full', steps: 3000 }),
  },
]
/** A run short enough to die at each of its operations on the disk. */
export const short = {
  seed: 14,
  data: { kind: 'addition', bits: 4 },
  model: { cell: 'rnn', hidden: 8, input: 'onehot' },
  ...grouped({ ...train, bptt: 'full', steps: 90, evalEvery: 30, checkpointEvery: 25 }),
} as const
export const all: RunConfigInput[] = [...configs, short]

async function ended(app: App, id: string): Promise<RunRow> {
  for (;;) {
    const { run } = await app.call('runs.get', { id })
    if (run.status !== 'queued' && run.status !== 'running') return run
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The process to be killed: trains `id` on, or a new run, and prints each point that it was told is stored. */
async function child(folder: string, which: number, id: string): Promise<void> {
  const app = await createApp({ dataDir: folder, checkpointMs: 400 })
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
  app.on('run.metrics', ({ chunks }) =>
    say({ acknowledged: chunks.map(({ name, steps }) => [name, [...steps]]) }),
  )
  const row = id
    ? await app.call('runs.resume', { id })
    : await app.call('runs.launch', { config: all[which]! })
  say({ id: row.id })
  say({ ended: (await ended(app, row.id)).status })
  await app.close()
}

/** What a child told until its end; `ended` is empty if it was killed. */
export interface Life {
  id: string
  ended: string
  acknowledged: [string, number[]][]
}

/** Lets a child live until `kill` ms after its first point (or its start), then kills it; without `kill` it lives to its end. */
export function life(
  folder: string,
  which: number,
  id: string,
  kill?: { afterStart: boolean; ms: number },
  env = {},
): Promise<Life> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [import.meta.filename, folder, String(which), id], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const result: Life = { id, ended: '', acknowledged: [] }
    let errors = ''
    let armed = false
    const arm = () => {
      if (!kill || armed) return
      armed = true
      setTimeout(() => process_.kill('SIGKILL'), kill.ms)
    }
    if (kill?.afterStart) arm()
    process_.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    createInterface({ input: process_.stdout }).on('line', (line) => {
      let said: Partial<Omit<Life, 'acknowledged'>> & { acknowledged?: [string, number[]][] }
      try {
        said = JSON.parse(line) as typeof said
      } catch {
        return // cut by the kill: not said
      }
      if (said.id) result.id = said.id
      if (said.ended) result.ended = said.ended
      if (said.acknowledged) {
        result.acknowledged.push(...said.acknowledged)
        arm()
      }
    })
    process_.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(result)
      else reject(new Error(`the child ended with ${code}: ${errors}`))
    })
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , folder = '', which = '', id = ''] = process.argv
  await child(folder, Number(which), id)
}
