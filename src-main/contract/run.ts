// Runs as clients see them: rows, curves, checkpoints, samples.
import type { Alignment } from './alignment.ts'
import type { RunConfig } from './config.ts'
import type { PlanWarning } from './catalog.ts'
import type { ErrorValue } from './errors.ts'
import type { Meter } from './music/pieces.ts'
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
/** stopped = by the user; failed = by an error; interrupted = its process ended without closing (crash, kill, power). */
export type RunStatus = (typeof runStatuses)[number]

/** Stored beside each series so that tables never read points. Which of min and max is the best value depends on the metric (metrics.ts). */
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
  /** The properties that its task gives it. */
  task: TaskFacts
  summaries: MetricSummary[]
  tags: string[]
  notes: string
  /** Index into the palette, assigned once, or a CSS hex colour that the user chose. */
  color: string
  pinned: boolean
  /** Set while the run is in the trash. */
  trashedAt: number | null
  parent: { id: RunId; step: number } | null
  /** Position in the queue from 0 while queued. */
  queuePosition: number | null
  error: ErrorValue | null
  /** The cause of a status that no user asked for: the app was closed, its process ended, the disk is full. */
  reason?: string
}

export interface Checkpoint {
  runId: RunId
  step: number
  createdAt: number
  bytes: number
  sha256: string
  /** Validation loss at its step, if known. */
  loss: number | null
  best: boolean
  missing: boolean
}

/** One generated text, or one table of predictions, during training. */
export interface RunSample {
  step: number
  at: number
  text: string
  table?: AnswerTable
  pictures?: GrayImages
}

/** Small grey images of one size. */
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
  /** How many upper rows were given; the rest was generated. */
  given?: number
  caption?: string
  /** The caption marks a wrong prediction. */
  wrong?: boolean
}

/** Tables of predictions by kind. The row of a task names the kind of its table (`Abilities.answers`). */
export interface AnswerTables {
  examples: ExamplesTable
  series: SeriesTable
  channels: ChannelsTable
  forecast: ForecastTable
  'piano roll': PianoRollTable
  frames: FrameStrips
}
export type AnswerTable = AnswerTables[keyof AnswerTables]

/** Predictions of frames (height, width) as strips; the pixels of a frame are hexadecimal digits, as in a GrayImage. */
export interface FrameStrips {
  kind: 'frames'
  height: number
  width: number
  levels: number
  strips: {
    /** The frames that were read before the first predicted one. */
    given: string[]
    /** The frames that follow, those predicted from the true ones before, and those of free running: predictions fed back. */
    truth: string[]
    output: string[]
    free: string[]
  }[]
}

/** Predictions for a few examples as text: input, expected and predicted output. */
export interface ExamplesTable {
  kind: 'examples'
  /** Input and output are two texts, such as a sentence and its translation. */
  pairs?: boolean
  rows: { input: string; expected: string; predicted: string; right: boolean; alignment?: Alignment }[]
}

/** Elman's table: per symbol of the series the input, the target and the output (one-hot or zero vectors of 4). */
export interface SeriesTable {
  kind?: undefined
  input: number[]
  expected: number[]
  /** (T, 4) outputs, row by row. */
  predicted: number[][]
  solved: boolean
}

/** Sequences of numbers: input, target and output of each channel over time, (T, channels) row by row. */
export interface ChannelsTable {
  kind: 'channels'
  sequences: { input: number[][]; expected: number[][]; predicted: number[][] }[]
}

/** Forecasts of held-out records in order of time, `horizon` records ahead of the last one read. */
export interface ForecastTable {
  kind: 'forecast'
  horizon: number
  /** Probability that a truth lies between `lower` and `upper`; null without an interval. */
  level: number | null
  /** Dates, or numbers of the records from 1. */
  labels: string[]
  /** One per column that is predicted. */
  curves: ForecastCurve[]
  /** Predicted columns without a curve. */
  omitted: number
}

/** One column of a forecast table in the unit of the data, a value per record. */
export interface ForecastCurve {
  name: string
  /** null: the value is missing. */
  truth: (number | null)[]
  forecast: number[]
  lower: number[] | null
  upper: number[] | null
  /** The last value read before each forecast. */
  persistence: number[]
  /** Forecasts from record `from` of the curve on that read earlier forecasts instead of values. */
  freeRuns: { from: number; values: number[] }[]
}

/** Pieces of music: the frames as they are, the probabilities of the keys in each frame given those before it, and a generated continuation. */
export interface PianoRollTable extends Meter {
  kind: 'piano roll'
  pieces: {
    /** Frames in the stored form of music (music/pieces.ts). */
    frames: string
    /** Probability of each key in frames 1, 2 ..., 88 per frame from the lowest on, in fifteenths, one hexadecimal digit each. */
    predicted: string
    /** The first `given` frames and generated ones, in the stored form. */
    continued: string
    given: number
  }[]
}

export interface RunDetail {
  run: RunRow
  checkpoints: Checkpoint[]
  samples: RunSample[]
  /** Everything needed to reproduce the run. */
  record: {
    codeVersion: string
    engine: string
    dataSha256: string
    dataName: string
    parameters: number
    memoryBytes: number
    /** Warnings of the plan at the launch. */
    warnings: PlanWarning[]
  }
}

/** A section of one curve, in columns. times: milliseconds since 1970. NaN and infinities are data. */
export interface MetricChunk {
  name: string
  steps: Float64Array
  values: Float64Array
  times: Float64Array
  /** Only if thinned (`thin.ts`): how many measured points each point stands for, those after the previous one up to itself. */
  counts?: Float64Array
  /** The mean of the finite values among them. */
  means?: Float64Array
  /** Only in events: points of the whole curve up to the end of this section. */
  total?: number
}
