// A data folder that an earlier build made (test/fixtures/dataFolder): unpacked, and what is asked of each of its runs.
import { taskRow } from '../../src-main/engine/tasks/index.ts'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { App } from '../../src-main/app.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import type { RunRow } from '../../src-main/contract/run.ts'

export const pastUrl = new URL('../fixtures/dataFolder/', import.meta.url)

/** Writes the files of `folder.tar.gz` (ustar: blocks of 512 bytes; name at 0, size in octal at 124, kind at 156) into `folder`. */
export function unpackPast(folder: string): void {
  const tar = gunzipSync(readFileSync(new URL('folder.tar.gz', pastUrl)))
  const text = (at: number, length: number) => tar.toString('latin1', at, at + length).replace(/\0.*$/s, '')
  for (let at = 0; text(at, 100) !== '';) {
    const path = join(folder, text(at, 100))
    const size = parseInt(text(at + 124, 12), 8)
    if (text(at + 156, 1) === '5') mkdirSync(path, { recursive: true })
    else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, tar.subarray(at + 512, at + 512 + size))
    }
    at += 512 * (1 + Math.ceil(size / 512))
  }
}

export interface Curve {
  steps: number[]
  values: number[]
}

const lossNames = ['train/loss', 'val/loss']

/** The losses of a run. */
async function curvesOf(app: App, id: string): Promise<Record<string, Curve>> {
  const [found] = await app.call('runs.metrics', { ids: [id], names: lossNames })
  return Object.fromEntries(
    found!.chunks.map(({ name, steps, values }) => [name, { steps: [...steps], values: [...values] }]),
  )
}

/** Text or pixels that a run writes; undefined for one that writes nothing. */
export async function sampleOf(app: App, run: RunRow): Promise<string | undefined> {
  const { generates } = run.task.abilities
  if (generates === 'images') {
    const { drawn } = await app.call('sample.images', { id: run.id, count: 2, seed: 9 })
    return drawn.pictures.map(({ pixels }) => pixels).join(' ')
  }
  if (generates !== 'text') return undefined
  // Its first token comes after the answer.
  const { job } = await app.call('sample.start', { id: run.id, prime: 'the ', length: 40, seed: 9 })
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  let text = ''
  const quiet = [
    app.on('sample.tokens', (event) => {
      if (event.job === job) for (const token of event.tokens) text += token.text
    }),
    app.on('sample.done', (event) => {
      if (event.job !== job) return
      if (event.error) reject(new Error(event.error.message))
      else resolve(undefined)
    }),
  ]
  await promise
  for (const stop of quiet) stop()
  return text
}

/** Something to read that a generated problem knows the symbols of. */
function typedText({ task, data }: RunConfig): string | undefined {
  if (task === 'symbol-series') return '123'
  const byProblem = { copy: 'ab··?', parity: '0110', reber: 'BTSXE', 'embedded-reber': 'BTBTSXETE', dyck: '([])', anbn: 'aabb', reverse: 'abc' } // prettier-ignore
  return byProblem[data.problem as keyof typeof byProblem]
}

export interface Units {
  units: number
  /** Of the first three symbols all units; of a picture the first unit's map. */
  values: number[]
  /** Of the second to the sixth symbol; empty where no symbol is predicted. */
  surprise: number[]
}

/** What the hidden state of the lowest layer is on a text or a picture; undefined for a run that shows nothing. */
export async function unitsOf(app: App, run: RunRow): Promise<Units | undefined> {
  const { inspects } = run.task.abilities
  if (inspects === 'images') {
    const { units, values } = await app.call('inspect.image', { id: run.id })
    return { units, values: [...values.subarray(0, 12)], surprise: [] }
  }
  if (inspects !== 'text') return undefined
  const grid = await app.call('inspect.text', { id: run.id, text: typedText(run.config), length: 40 })
  const surprise = [...grid.surprisal.subarray(1, 6)].filter(Number.isFinite)
  return { units: grid.units, values: [...grid.values.subarray(0, 3 * grid.units)], surprise }
}

/** What a run that was cut came to. */
export interface Resumed {
  status: string
  step: number
  /** Names of all its metrics: none was begun anew under another name. */
  metrics: string[]
  curves: Record<string, Curve>
}

export const resumedOf = async (app: App, { id, status, step, summaries }: RunRow): Promise<Resumed> => ({
  status,
  step,
  metrics: summaries.map(({ name }) => name).sort(),
  curves: await curvesOf(app, id),
})

export interface PastRun {
  id: string
  name: string
  status: string
  step: number
  tags: string[]
  notes: string
  color: string
  pinned: boolean
  trashed: boolean
  kind: string
  error?: string
  parent?: string
  /** Last value of every metric. */
  last: Record<string, number>
  /** All points of the losses. */
  curves: Record<string, Curve>
  /** Steps at which the gradient through time was recorded, with the norms of the first layer at the last of them. */
  flow?: { steps: number[]; norms: number[] }
  sample?: string
  units?: Units
  /** Its newest table of answers. */
  table?: unknown
  /** By the build that made the folder. */
  resumed?: Resumed
}

export interface Past {
  runs: PastRun[]
  datasets: { id: string; name: string; sha256: string }[]
  /** Parameters of the network that each file of `configs/` describes. */
  configs: Record<string, number>
  /** The run that each file of `exports/` was made of. */
  exports: Record<string, string>
}

/** NaN and the infinities stand as text in JSON. */
export const readPast = (): Past =>
  JSON.parse(readFileSync(new URL('expected.json', pastUrl), 'utf8'), (_, value: unknown) =>
    ['NaN', 'Infinity', '-Infinity'].includes(value as string) ? Number(value) : value,
  ) as Past

/** All that is remembered of a run but what resuming brings. */
export async function remember(app: App, { id }: { id: string }): Promise<PastRun> {
  const { run, samples, checkpoints } = await app.call('runs.get', { id })
  const table = samples.findLast((sample) => sample.table)?.table
  const points = await app.call('runs.gradients', { id })
  const looks = checkpoints.length > 0 && {
    sample: await sampleOf(app, run),
    units: await unitsOf(app, run),
  }
  return {
    id,
    name: run.name,
    status: run.status,
    step: run.step,
    tags: run.tags,
    notes: run.notes,
    color: run.color,
    pinned: run.pinned,
    trashed: run.trashedAt !== null,
    kind: taskRow(run.task.id).formerly['kind']!,
    ...(run.error && { error: run.error.code }),
    ...(run.parent && { parent: run.parent.id }),
    last: Object.fromEntries(
      run.summaries
        .filter(({ name }) => name !== 'train/tokens_per_second')
        .map(({ name, last }) => [name, last]),
    ),
    curves: await curvesOf(app, id),
    ...(points.length > 0 && {
      flow: { steps: points.map(({ step }) => step), norms: [...points.at(-1)!.layers[0]!.norms] },
    }),
    ...looks,
    ...(table && { table }),
  }
}

/** The runs that a build goes on with to their end. */
export const isCut = ({ name }: { name: string }): boolean => /(cut|killed|stopped) at \d+$/.test(name)
