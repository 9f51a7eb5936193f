// Kills a training process with SIGKILL at random moments, again and again, and checks after each what must hold: a sound database, every
// acknowledged point there once, a truthful status; and at the end the curve and the weights of a run that was never disturbed, bit for bit.
// `npm run test:kill -- --kills 50 --seed 1` (or `--sweep`: dies at the first, second, third ... operation on the disk); the seed is printed, so that a failure can be repeated.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { createApp, type App } from '../../src-main/app.ts'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import type { RunRow } from '../../src-main/contract/run.ts'
import { openForReading } from '../../src-main/store/db.ts'
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
const configs: RunConfigInput[] = [
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
const short = {
  seed: 14,
  data: { kind: 'addition', bits: 4 },
  model: { cell: 'rnn', hidden: 8, input: 'onehot' },
  ...grouped({ ...train, bptt: 'full', steps: 90, evalEvery: 30, checkpointEvery: 25 }),
} as const
const all: RunConfigInput[] = [...configs, short]

/** What must be equal between a disturbed and an undisturbed run: every curve but the speed, and the weights. */
interface Product {
  curves: Map<string, { steps: number[]; values: number[] }>
  weights: string
}

async function productOf(app: App, id: string): Promise<Product> {
  const [found] = await app.call('runs.metrics', { ids: [id] })
  const curves = new Map(
    found!.chunks
      .filter(({ name }) => name !== 'train/tokens_per_second')
      .map(({ name, steps, values }) => [name, { steps: [...steps], values: [...values] }]),
  )
  const { checkpoints, run } = await app.call('runs.get', { id })
  if (!checkpoints.length) return { curves, weights: '' }
  const { bytes } = await app.call('runs.export', {
    id,
    what: 'weights',
    step: run.status === 'finished' ? run.step : checkpoints[0]!.step,
  })
  return { curves, weights: createHash('sha256').update(bytes).digest('hex') }
}

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

interface Life {
  id: string
  ended: string
  acknowledged: [string, number[]][]
}

/** Lets a child live until `kill` ms after its first point (or its start), then kills it; without `kill` it lives to its end. */
function life(
  folder: string,
  which: number,
  id: string,
  kill?: { afterStart: boolean; ms: number },
  env = {},
): Promise<Life> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [import.meta.filename, 'child', folder, String(which), id], {
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

const demand = (holds: boolean, what: string) => {
  if (!holds) throw new Error(what)
}

/** What must hold in the folder right after a kill. Returns the run's id, '' if the child died before it made one. */
async function inspect(
  folder: string,
  lived: Life,
  reference: Product,
): Promise<{ id: string; step: number; finished: boolean }> {
  if (!existsSync(join(folder, 'unroll.db'))) {
    demand(!lived.id, 'the database of an acknowledged run is gone')
    return { id: '', step: 0, finished: false }
  }
  const { db } = openForReading(join(folder, 'unroll.db'))
  demand(db.pragma('integrity_check', { simple: true }) === 'ok', 'the database is damaged')
  db.close()
  const app = await createApp({ dataDir: folder })
  try {
    const { runs } = await app.call('runs.list', { limit: 1 })
    const run = runs[0]
    if (!run || (lived.id && run.id !== lived.id)) {
      demand(!lived.id, 'an acknowledged run is gone')
      return { id: '', step: 0, finished: false }
    }
    const known: string[] = lived.ended === 'finished' ? ['finished'] : ['interrupted', 'finished', 'paused']
    demand(known.includes(run.status), `status ${run.status} after a kill`)
    const { curves } = await productOf(app, run.id)
    for (const [name, { steps, values }] of curves) {
      demand(new Set(steps).size === steps.length, `${name} has a step twice`)
      const expected = reference.curves.get(name)
      const at = new Map(expected?.steps.map((step, i) => [step, expected.values[i]]))
      steps.forEach((step, i) =>
        demand(
          Object.is(at.get(step), values[i]),
          `${name} at step ${step}: ${values[i]}, undisturbed ${at.get(step)}`,
        ),
      )
    }
    for (const [name, steps] of lived.acknowledged) {
      const stored = new Set(curves.get(name)?.steps)
      for (const step of steps)
        demand(
          name === 'train/tokens_per_second' || stored.has(step),
          `acknowledged ${name} of step ${step} is lost`,
        )
    }
    const { ok, checks } = await app.call('app.doctor', {})
    const sick = checks.filter(
      (check) => !check.ok && check.name !== 'engine' && check.name !== 'left-over files',
    )
    demand(ok || sick.length === 0, `doctor: ${JSON.stringify(sick)}`)
    demand(
      !readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith('.tmp')),
      'temp files are left',
    )
    const { checkpoints } = await app.call('runs.get', { id: run.id })
    return { id: run.id, step: checkpoints[0]?.step ?? 0, finished: run.status === 'finished' }
  } finally {
    await app.close()
  }
}

export interface KillReport {
  kills: number
  runs: number
  acknowledged: number
  seconds: number
}

/** Throws at the first thing that does not hold. */
export async function killLoop({ kills, seed }: { kills: number; seed: number }): Promise<KillReport> {
  let state = (seed * 2654435761) % 2147483647 || 1
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647
  const started = Date.now()
  const folders: string[] = []
  const fresh = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'unroll-kill-'))) - 1]!
  const report: KillReport = { kills: 0, runs: 0, acknowledged: 0, seconds: 0 }
  try {
    while (report.kills < kills) {
      const which = (seed + report.runs++) % configs.length
      const referenceFolder = fresh()
      const undisturbed = await life(referenceFolder, which, '')
      const app = await createApp({ dataDir: referenceFolder })
      const reference = await productOf(app, undisturbed.id)
      await app.close()
      demand(
        undisturbed.ended === 'finished' && reference.weights !== '',
        'the undisturbed run did not finish',
      )

      const folder = fresh()
      // At most a third of all kills to one run, so that every kind of task is disturbed.
      for (let id = '', mine = 0; ;) {
        const last = report.kills >= kills || mine >= Math.max(5, Math.ceil(kills / 3))
        const lived = await life(
          folder,
          which,
          id,
          last ? undefined : { afterStart: random() < 0.2, ms: random() * (random() < 0.5 ? 150 : 900) },
        )
        report.acknowledged += lived.acknowledged.reduce((sum, [, steps]) => sum + steps.length, 0)
        let finished = lived.ended === 'finished'
        if (!finished) {
          report.kills++
          mine++
          // The kill may have come between the end of the run and the child's word of it.
          ;({ id, finished } = await inspect(folder, lived, reference))
        }
        if (finished) {
          const done = await createApp({ dataDir: folder })
          const product = await productOf(done, id || lived.id)
          await done.close()
          demand(product.weights === reference.weights, 'the final weights differ from the undisturbed run')
          demand(
            JSON.stringify([...product.curves]) === JSON.stringify([...reference.curves]),
            'the curves differ from the undisturbed run',
          )
          break
        }
      }
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  report.seconds = Math.round((Date.now() - started) / 1000)
  return report
}

/** Dies at the n-th operation on the disk, for every n until the work is done; checks and finishes what is left each `every`-th time. */
export async function sweep(every: number): Promise<number> {
  const folders: string[] = []
  const fresh = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'unroll-sweep-'))) - 1]!
  const which = all.indexOf(short)
  try {
    const referenceFolder = fresh()
    const { id } = await life(referenceFolder, which, '')
    const app = await createApp({ dataDir: referenceFolder })
    const reference = await productOf(app, id)
    await app.close()
    for (let n = 1; ; n++) {
      const folder = fresh()
      const lived = await life(folder, which, '', undefined, { UNROLL_FAIL_AT: String(n) })
      if (lived.ended === 'finished') return n - 1
      if (!existsSync(join(folder, 'unroll.db'))) continue
      const left = await inspect(folder, lived, reference)
      if (n % every !== 0 || !left.id) continue
      const rest = await life(folder, which, left.id)
      const done = await createApp({ dataDir: folder })
      const product = await productOf(done, rest.id)
      await done.close()
      demand(
        JSON.stringify([...product.curves]) === JSON.stringify([...reference.curves]),
        `died at operation ${n}: the curves differ`,
      )
      demand(product.weights === reference.weights, `died at operation ${n}: the weights differ`)
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , mode, folder = '', which = '', id = ''] = process.argv
  if (mode === 'child') await child(folder, Number(which), id)
  else if (process.argv.includes('--sweep')) {
    const operations = await sweep(5)
    console.log(
      `died at each of ${operations} operations: every state was whole, every fifth was finished to the same bits`,
    )
  } else {
    const option = (name: string, otherwise: number) =>
      Number(process.argv[process.argv.indexOf(name) + 1] ?? NaN) || otherwise
    const [kills, seed] = [option('--kills', 50), option('--seed', Date.now() % 100_000)]
    console.log(`kills ${kills}, seed ${seed}`)
    const report = await killLoop({ kills, seed })
    console.log(
      `${report.kills} kills over ${report.runs} runs in ${report.seconds} s: 0 damaged databases, 0 of ${report.acknowledged} acknowledged points lost, all resumed, curves and weights equal to undisturbed runs bit for bit`,
    )
  }
}
