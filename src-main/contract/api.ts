// Every command once: name, checked input, type of the answer. The three doors, the client and the tests derive from this table.
import { z } from 'zod'
import { datasetId, seed } from './config.ts'
import type { BenchReport } from './bench.ts'
import type { Catalog, Plan } from './catalog.ts'
import { decodeModeOf, encodings, type Dataset, type DatasetDetail } from './data.ts'
import { nearest } from './errors.ts'
import type { FlowPoint } from './flow.ts'
import {
  predicates,
  type DrawnPictures,
  type PictureSignals,
  type SignalGrid,
  type UnitRanking,
} from './inspect.ts'
import type { ProgramGraph } from './programGraph.ts'
import { usualBuckets } from './thin.ts'
import {
  runStatuses,
  type MetricChunk,
  type RunDetail,
  type RunId,
  type RunRow,
  type RunStatus,
} from './run.ts'

interface Command<S extends z.ZodType, Out> {
  input: S
  /** `local`: takes file paths, so only doors of the user's own process offer it (terminal); never the page. */
  local: boolean
  readonly out?: Out
}
const command =
  <Out>() =>
  <S extends z.ZodType>(input: S, local = false): Command<S, Out> => ({ input, local })

export const runId = z.string().regex(/^[0-9a-z]{26}$/, 'expected a run id of 26 characters a-z and 0-9')
/** Runs that a page may draw at once. */
export const mostWatched = 1000
const nothing = z.strictObject({})
const one = z.strictObject({ id: runId })
const many = z.strictObject({ ids: z.array(runId).min(1).max(10000) })
const color = z.string().regex(/^([0-9]|1[0-9]|#[0-9a-f]{6})$/, 'expected a palette index 0-19 or #rrggbb')
const bytes = z.custom<Uint8Array>((v) => v instanceof Uint8Array, 'expected bytes')
const lookAt = {
  id: runId,
  /** Checkpoint to load; missing = the best, else the newest. */
  step: z.int().min(0).optional(),
  layer: z.int().min(0).max(63).default(0),
}
/** Typed text, or a stretch of the run's own validation text when `text` is missing. */
const textSource = {
  text: z.string().min(1).max(200_000).optional(),
  offset: z.int().min(0).default(0),
  length: z.int().min(1).max(100_000).default(2000),
}

const decode = z
  .string()
  .max(40)
  .default('strict')
  .transform((word, context) => {
    const mode = decodeModeOf(word)
    if (mode) return mode
    const names = ['strict', 'replace', 'skip', ...Object.keys(encodings)]
    const near = nearest(word, names)
    context.addIssue(
      `"${word}" is no encoding; ${near ? `did you mean ${near}?` : `known here: ${names.join(', ')}`}`,
    )
    return z.NEVER
  })

export const api = {
  'app.info': command<AppInfo>()(nothing),
  'app.doctor': command<DoctorReport>()(nothing),
  'settings.get': command<Settings>()(nothing),
  'settings.set': command<Settings>()(z.strictObject({ maxRunning: z.int().min(1).max(64).optional() })),

  'catalog.get': command<Catalog>()(nothing),
  /** Checks a configuration and says what it will cost; throws as `runs.launch` would. */
  'config.plan': command<Plan>()(z.strictObject({ config: z.unknown() })),
  /** The compiled training step of a configuration, explained. */
  'config.graph': command<ProgramGraph>()(z.strictObject({ config: z.unknown() })),
  /** Trains for about `seconds` on made-up symbols and measures; with `profile` every kernel call alone too. */
  'app.bench': command<BenchReport>()(
    z.strictObject({
      config: z.unknown(),
      symbols: z.int().min(2).max(20_000).default(96),
      seconds: z.number().min(0.1).max(60).default(3),
      profile: z.boolean().default(false),
    }),
  ),

  'runs.launch': command<RunRow>()(z.strictObject({ config: z.unknown() })),
  'runs.list': command<{ runs: RunRow[]; total: number }>()(
    z.strictObject({
      search: z.string().max(1000).default(''),
      status: z.enum(runStatuses).optional(),
      trash: z.boolean().default(false),
      limit: z.int().min(1).transform((n) => Math.min(n, 10_000)).default(1000),
      offset: z.int().min(0).default(0),
    }),
  ), // prettier-ignore
  'runs.get': command<RunDetail>()(one),
  /** The compiled training step of a run, explained. */
  'runs.graph': command<ProgramGraph>()(one),
  /** Curves between two steps. One with more than 4 points per bucket is thinned, see `thin.ts`. */
  'runs.metrics': command<{ id: RunId; chunks: MetricChunk[] }[]>()(
    z.strictObject({
      ids: z.array(runId).min(1).max(1000),
      names: z.array(z.string().max(200)).max(1000).optional(),
      from: z.number().optional(),
      to: z.number().optional(),
      buckets: z.int().min(1).max(100_000).default(usualBuckets),
    }),
  ),
  /** Gradient through time as recorded by `train.flowEvery`, in order of steps; `last`: only the newest so many. */
  'runs.flow': command<FlowPoint[]>()(
    z.strictObject({ id: runId, last: z.int().min(1).max(1000).optional() }),
  ),
  'runs.stop': command<RunRow>()(one),
  'runs.pause': command<RunRow>()(one),
  'runs.resume': command<RunRow>()(one),
  'runs.fork': command<RunRow>()(
    z.strictObject({ id: runId, step: z.int().min(0).optional(), config: z.unknown().optional() }),
  ),
  'runs.update': command<RunRow>()(
    z.strictObject({
      id: runId,
      name: z.string().optional(),
      notes: z.string().max(1_000_000).optional(),
      tags: z.array(z.string().min(1).max(64)).max(64).optional(),
      color: color.optional(),
      pinned: z.boolean().optional(),
    }),
  ),
  'runs.trash': command<RunRow[]>()(many),
  'runs.restore': command<RunRow[]>()(many),
  /** Deletes for good; only from the trash. */
  'runs.purge': command<{ purged: RunId[] }>()(many),
  'runs.compare': command<RunComparison>()(z.strictObject({ ids: z.array(runId).min(2).max(50) })),
  /** weights: safetensors with the configuration and vocabulary inside. metrics: CSV name,step,value,time. config: JSON. */
  'runs.export': command<{ filename: string; bytes: Uint8Array }>()(
    z.strictObject({
      id: runId,
      what: z.enum(['weights', 'metrics', 'config']),
      step: z.int().min(0).optional(),
    }),
  ),
  /**
   * A safetensors file that `runs.export` wrote becomes a finished run. `name`: the file's, used where the file holds none; `runName`: what
   * to call the run whatever the file says. `config`: for weights of another program, named as in a PyTorch state_dict, which hold none.
   * `trust` accepts NaN or infinite weights.
   */
  'runs.import': command<{ run: RunRow; warnings: { code: string; message: string }[] }>()(
    z.strictObject({
      name: z.string().max(1000),
      runName: z.string().max(1000).optional(),
      bytes,
      config: z.unknown().optional(),
      trust: z.boolean().default(false),
    }),
  ),

  'data.list': command<Dataset[]>()(nothing),
  'data.get': command<DatasetDetail>()(z.strictObject({ id: datasetId })),
  /** `decode`: how to read a file that is not UTF-8: strict, replace, skip or an encoding. */
  'data.import': command<DatasetDetail>()(
    z.strictObject({
      name: z.string().max(1000),
      bytes,
      decode,
    }),
  ),
  'data.importFile': command<DatasetDetail>()(
    z.strictObject({
      path: z.string().max(8192),
      decode,
    }),
    true,
  ),
  'data.remove': command<{ id: string }>()(z.strictObject({ id: datasetId })),

  'inspect.grid': command<SignalGrid>()(
    z.strictObject({ ...lookAt, ...textSource, signal: z.string().max(32).default('h') }),
  ),
  'inspect.find': command<UnitRanking>()(
    z.strictObject({
      id: runId,
      step: lookAt.step,
      predicate: z.enum(predicates),
      signals: z.array(z.string().max(32)).max(16).optional(),
      text: textSource.text,
      length: z.int().min(200).max(100_000).default(20_000),
      top: z.int().min(1).max(1000).default(10),
    }),
  ),
  /** Units of a run on images over one of its validation pictures. */
  'inspect.picture': command<PictureSignals>()(
    z.strictObject({
      ...lookAt,
      picture: z.int().min(0).max(1_000_000).default(0),
      direction: z.int().min(0).max(3).default(0),
      signal: z.string().max(32).default('h'),
    }),
  ),
  /** Starts writing text; tokens arrive as `sample.tokens` events of this job. */
  'sample.start': command<{ job: string; seed: number; step: number }>()(
    z.strictObject({
      id: runId,
      step: lookAt.step,
      prime: z.string().max(100_000).default(''),
      length: z.int().min(1).max(100_000).default(400),
      temperature: z.number().min(0).max(100).default(1),
      topK: z.int().min(0).max(65536).default(0),
      topP: z.number().gt(0).max(1).default(1),
      /** See unknownWords. */
      unknown: z.boolean().default(false),
      seed: seed.optional(),
    }),
  ),
  /** Draws pictures with a run on images that learnt their pixels. */
  'sample.pictures': command<DrawnPictures>()(
    z.strictObject({
      id: runId,
      step: lookAt.step,
      count: z.int().min(1).max(16).default(8),
      temperature: z.number().min(0).max(100).default(1),
      /** So many upper rows are given: those of validation picture number `picture` and the ones after it. */
      rows: z.int().min(0).max(32).default(0),
      picture: z.int().min(0).max(1_000_000).default(0),
      seed: seed.optional(),
    }),
  ),
  'sample.stop': command<{ job: string }>()(z.strictObject({ job: z.string().max(64) })),
} satisfies Record<string, Command<z.ZodType, unknown>>

export type Api = typeof api
export type CommandName = keyof Api
/** What a caller passes: optional keys may be left out. */
export type Input<K extends CommandName> = z.input<Api[K]['input']>
/** What a handler gets: defaults filled in. */
export type Parsed<K extends CommandName> = z.output<Api[K]['input']>
export type Output<K extends CommandName> = NonNullable<Api[K]['out']>

export interface AppInfo {
  version: string
  node: string
  sqlite: string
  /** native or reference, with the reason. */
  engine: { id: 'native' | 'reference'; description: string }
  cores: number
  memoryBytes: number
  dataDir: string
  /** False when the data folder cannot be written: everything can be looked at, nothing changed. */
  writable: boolean
  warnings: { code: string; message: string }[]
}

export interface DoctorReport {
  ok: boolean
  checks: { name: string; ok: boolean; message: string }[]
}

export interface Settings {
  /** Runs that may train at the same time; the others wait in the queue. */
  maxRunning: number
}

export interface RunComparison {
  runs: { id: RunId; name: string; status: RunStatus; step: number; trashedAt: number | null }[]
  /** Configuration keys (dotted) whose values differ; values in the order of `runs`, null = not set. */
  differences: { path: string; values: (string | number | boolean | null)[] }[]
  /** Equal keys, for "show all". */
  same: { path: string; value: string | number | boolean | null }[]
  /** Per metric the best and last value of each run; null = not recorded. Runs with the same number in `like` measured the same by it. */
  metrics: {
    name: string
    direction: 'min' | 'max' | null
    like: number[]
    best: (number | null)[]
    bestStep: (number | null)[]
    last: (number | null)[]
  }[]
}

/** What every door offers and every client sees. */
export interface Client {
  call<K extends CommandName>(name: K, input: Input<K>): Promise<Output<K>>
  on<E extends keyof import('./events.ts').Events>(
    name: E,
    listener: (event: import('./events.ts').Events[E]) => void,
  ): () => void
}
