// Commands on runs: start, list, read, change, compare, export and import.
import { z } from 'zod'
import type { ComparedClaim } from '../claim.ts'
import type { GradientRecord } from '../gradients.ts'
import { livePin } from '../live.ts'
import type { Direction } from '../metrics.ts'
import type { ProgramGraph } from '../programGraph.ts'
import {
  runStatuses,
  type MetricChunk,
  type RunDetail,
  type RunId,
  type RunRow,
  type RunStatus,
} from '../run.ts'
import { defaultBuckets } from '../thin.ts'
import { bytes, command, runId, runStep } from './command.ts'

/** How many runs a page may watch at once. */
export const maxWatched = 1000
const one = z.strictObject({ id: runId })
const many = z.strictObject({ ids: z.array(runId).min(1).max(10000) })
const color = z.string().regex(/^([0-9]|1[0-9]|#[0-9a-f]{6})$/, 'expected a palette index 0-19 or #rrggbb')

export const runCommands = {
  'runs.launch': command<RunRow>()({ runsIn: 'app', input: z.strictObject({ config: z.unknown() }) }),
  'runs.list': command<{ runs: RunRow[]; total: number }>()({
    runsIn: 'list reader',
    input: z.strictObject({
      search: z.string().max(1000).default(''),
      status: z.enum(runStatuses).optional(),
      trash: z.boolean().default(false),
      limit: z
        .int()
        .min(1)
        .transform((n) => Math.min(n, 10_000))
        .default(1000),
      offset: z.int().min(0).default(0),
    }),
  }),
  'runs.get': command<RunDetail>()({ runsIn: 'app', input: one }),
  /** The compile report of a run: `config.graph` of its configuration. */
  'runs.graph': command<ProgramGraph>()({ runsIn: 'app', input: one }),
  /** Curves between two steps; `names` may be former names of metrics, the answer has those of today. One with more than 4 points per bucket is thinned, see `thin.ts`. */
  'runs.metrics': command<{ id: RunId; chunks: MetricChunk[] }[]>()({
    runsIn: 'point reader',
    input: z.strictObject({
      ids: z.array(runId).min(1).max(1000),
      names: z.array(z.string().max(200)).max(1000).optional(),
      from: z.number().optional(),
      to: z.number().optional(),
      buckets: z.int().min(1).max(100_000).default(defaultBuckets),
    }),
  }),
  /** Gradient through time as recorded by `logging.gradientEvery`, in order of steps; `last`: the maximum number of records, the newest ones. */
  'runs.gradients': command<GradientRecord[]>()({
    runsIn: 'list reader',
    input: z.strictObject({ id: runId, last: z.int().min(1).max(1000).optional() }),
  }),
  'runs.stop': command<RunRow>()({ runsIn: 'app', input: one }),
  'runs.pause': command<RunRow>()({ runsIn: 'app', input: one }),
  'runs.resume': command<RunRow>()({ runsIn: 'app', input: one }),
  /** Pins a text to a run that trains: its values follow as events `run.live` until null is pinned or the run ends. */
  'runs.pin': command<{ id: RunId }>()({
    runsIn: 'app',
    input: z.strictObject({ id: runId, pin: livePin.nullable() }),
  }),
  'runs.fork': command<RunRow>()({
    runsIn: 'app',
    input: z.strictObject({ ...runStep, config: z.unknown().optional() }),
  }),
  'runs.update': command<RunRow>()({
    runsIn: 'app',
    input: z.strictObject({
      id: runId,
      name: z.string().optional(),
      notes: z.string().max(1_000_000).optional(),
      tags: z.array(z.string().min(1).max(64)).max(64).optional(),
      color: color.optional(),
      pinned: z.boolean().optional(),
    }),
  }),
  'runs.trash': command<RunRow[]>()({ runsIn: 'app', input: many }),
  'runs.restore': command<RunRow[]>()({ runsIn: 'app', input: many }),
  /** Deletes permanently; only from the trash. */
  'runs.purge': command<{ purged: RunId[] }>()({ runsIn: 'app', input: many }),
  'runs.compare': command<RunComparison>()({
    runsIn: 'list reader',
    input: z.strictObject({ ids: z.array(runId).min(2).max(50) }),
  }),
  /** weights: safetensors with the configuration and vocabulary inside. metrics: CSV name,step,value,time. config: JSON. */
  'runs.export': command<{ filename: string; bytes: Uint8Array }>()({
    runsIn: 'app',
    input: z.strictObject({ ...runStep, what: z.enum(['weights', 'metrics', 'config']) }),
  }),
  /**
   * Makes a finished run of a safetensors file from `runs.export`. `name`: the file's, used if the file has no run name; `runName`: the
   * run's name in any case. `config`: for weights of another program, named as in a PyTorch state_dict, without a configuration.
   * `trust` accepts NaN or infinite weights.
   */
  'runs.import': command<{ run: RunRow; warnings: { code: string; message: string }[] }>()({
    runsIn: 'app',
    input: z.strictObject({
      name: z.string().max(1000),
      runName: z.string().max(1000).optional(),
      bytes,
      config: z.unknown().optional(),
      trust: z.boolean().default(false),
    }),
  }),
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
    direction: Direction
    like: number[]
    best: (number | null)[]
    bestStep: (number | null)[]
    last: (number | null)[]
  }[]
  /** Claims of the workbench, and those that these runs tested. */
  claims: ComparedClaim[]
}
