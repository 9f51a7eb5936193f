// What a run is for everybody outside the store: rows, curves, checkpoints, texts.
import type { RunConfig } from './config.ts'
import type { PlanWarning } from './catalog.ts'
import type { ErrorValue } from './errors.ts'
import type { TaskFacts } from './taskInfo.ts'

/** 26 characters [0-9a-z], sortable by time of creation. */
export type RunId = string

export const runStatuses = [
  'queued',
  'running',
  'paused',
  'finished',
  'stopped',
  'failed',
  'interrupted',
] as const
/** stopped = by the user; failed = by an error; interrupted = its process vanished (crash, kill, power). */
export type RunStatus = (typeof runStatuses)[number]

/** Kept beside each series so that tables never read points. The best value is min or max by the direction of the metric (metrics.ts). */
export interface MetricSummary {
  name: string
  count: number
  last: number
  lastStep: number
  min: number
  minStep: number
  max: number
  maxStep: number
}

/** One row of the run table. Times are milliseconds since 1970; durations in seconds without pauses. */
export interface RunRow {
  id: RunId
  name: string
  status: RunStatus
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  activeSeconds: number
  step: number
  totalSteps: number
  epoch: number
  config: RunConfig
  /** What its task says of it. */
  task: TaskFacts
  summaries: MetricSummary[]
  tags: string[]
  notes: string
  /** Index into the palette, kept for life, or a CSS hex colour that the user chose. */
  color: string
  pinned: boolean
  /** Set while the run lies in the trash. */
  trashedAt: number | null
  parent: { id: RunId; step: number } | null
  /** Position in the queue from 0 while queued. */
  queuePosition: number | null
  error: ErrorValue | null
  /** Why it has its status when nobody asked for it: the app was closed, its process vanished, the disk is full. */
  reason?: string
}

export interface Checkpoint {
  runId: RunId
  step: number
  createdAt: number
  bytes: number
  sha256: string
  /** Validation loss when it was taken, if known. */
  loss: number | null
  best: boolean
  missing: boolean
}

/** One text sampled, or one table of answers, during training. */
export interface RunSample {
  step: number
  at: number
  text: string
  table?: AnswerTable
  pictures?: GrayImages
}

/** Small gray images of one size. */
export interface GrayImages {
  rows: number
  columns: number
  /** Gray levels: 0 is black, levels - 1 white. */
  levels: number
  pictures: GrayImage[]
}

export interface GrayImage {
  /** Levels row by row, one hexadecimal digit per pixel. */
  pixels: string
  /** So many upper rows were given, the rest was drawn. */
  given?: number
  caption?: string
  /** A wrong answer stands in the caption. */
  wrong?: boolean
}

/** Tables of predictions by kind. The row of a task names the kind of its table (`Abilities.answers`). */
export interface AnswerTables {
  examples: ExamplesTable
  series: SeriesTable
}
export type AnswerTable = AnswerTables[keyof AnswerTables]

/** Predictions for a few examples as text: input, expected and predicted output. */
export interface ExamplesTable {
  kind: 'examples'
  rows: { input: string; expected: string; predicted: string; right: boolean }[]
}

/** Elman's table: per symbol of the series what went in, what should come out, what came out (all one-hot or zero vectors of 4). */
export interface SeriesTable {
  kind?: undefined
  input: number[]
  expected: number[]
  /** (T, 4) outputs, row by row. */
  predicted: number[][]
  solved: boolean
}

export interface RunDetail {
  run: RunRow
  checkpoints: Checkpoint[]
  samples: RunSample[]
  /** Everything needed to repeat it. */
  record: {
    codeVersion: string
    engine: string
    dataSha256: string
    dataName: string
    parameters: number
    memoryBytes: number
    /** What the plan warned of when it was launched. */
    warnings: PlanWarning[]
  }
}

/** A stretch of one curve, in columns. times: milliseconds since 1970. NaN and infinities are data. */
export interface MetricChunk {
  name: string
  steps: Float64Array
  values: Float64Array
  times: Float64Array
  /** In a thinned stretch (`thin.ts`): how many measured points each stands for, those since the one before up to itself. */
  counts?: Float64Array
  /** The mean of those of them that are finite. */
  means?: Float64Array
  /** In events: points of the whole curve up to the end of this stretch. */
  total?: number
}
