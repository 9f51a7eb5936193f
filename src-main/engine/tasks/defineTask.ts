// The row of a task: data schema, abilities, presets, metrics, network and training. All other code reads the row and never names a task.
import type { z } from 'zod'
import type { PlanWarning } from '../../contract/catalog.ts'
import type { RunConfig } from '../../contract/config.ts'
import { fieldsOf } from '../../contract/fields.ts'
import type { MetricRow } from '../../contract/metrics.ts'
import type { Abilities, Allowed, TaskInfo } from '../../contract/taskInfo.ts'
import type { Format } from '../formats/format.ts'
import type { Reading } from '../data/reading.ts'
import type { Text } from '../data/source.ts'
import type { ScaledColumn } from '../../contract/scaledColumn.ts'
import type { Tokens } from '../data/tokens.ts'
import type { Model } from '../nn/model.ts'
import type { Task } from '../training/task.ts'
import type { HeldOut } from './heldOut.ts'
import type { FilterTest } from './imageRows/filterTest.ts'
import type { SeriesForecaster } from './seriesForecaster.ts'
import type { PresetRow } from './promises.ts'
import type { TextResponder } from './textResponder.ts'

/** Symbols, classes and columns of numbers of the checkpoint that training continues from. */
export interface CheckpointVocabulary {
  vocabulary: readonly string[]
  labels: readonly string[]
  columns?: readonly ScaledColumn[]
}

/** A configuration whose `data` is that of the task. */
export type ConfigOf<D> = Omit<RunConfig, 'data'> & { data: D }

/** One held-out line of a task on lines, as the network reads it. */
export interface TextLine {
  source: Tokens
  /** Class of the line. */
  label?: string
  /** Tag of each symbol. */
  tags?: readonly string[]
  /** Symbols of the output text that belongs to the line. */
  output?: readonly string[]
}

/** How the text of a task is read. */
interface TextReader<D> {
  reading(data: D): Reading
  /** Whether the whole text must be in memory; otherwise it is read in chunks. */
  whole(data: D): boolean
  /** Held-out symbols `offset` .. `offset + length` as text, and the number of all; undefined if the text is not for inspection. */
  excerpt?(text: Text, data: D, offset: number, length: number): { text: string; symbols: number }
  /** The first held-out lines, of at most `length` symbols in all but at least one line; undefined for data without lines. */
  lines?(text: Text, data: D, length: number): TextLine[]
  /** Whether the data have lines; without it all have, if `lines` is there. */
  hasLines?(data: D): boolean
}

export interface TaskDefinition<S extends z.ZodObject, D = z.output<S>> {
  id: string
  title: string
  about: string
  reads: 'sequences' | 'images'
  /** Schema of the `data` section. */
  data: S
  traits: TaskInfo['traits']
  allowed?: readonly Allowed[]
  /** Metrics of its runs in addition to those of every training, in the order of charts. */
  metrics: readonly MetricRow[]
  /** Name of the metric that ranks its runs; runs without validation are ranked by the training loss. */
  rankedBy: string
  formerly: TaskInfo['formerly']
  /** Required format of its text; undefined: running text, or no text. */
  format?: Format
  presets: readonly PresetRow[]
  /** Short description of the data, part of the names of runs. */
  dataSummary(data: D): string
  abilities(data: D): Abilities
  validates(data: D): boolean
  /** Only for tasks that read a text. */
  text?: TextReader<D>
  /** Whether the output is a distribution over the next input symbol, so that surprisal is shown. */
  predictsNext?(config: ConfigOf<D>): boolean
  /** Whether the network gives one class per text. */
  classifiesText?: boolean
  /** The examples of `abilities.saliency`. Throws the errors of reading the data. */
  heldOut?(config: ConfigOf<D>, text: Text): HeldOut
  /** The held-out images of `abilities.filters`. Throws the errors of reading the data. */
  filterTest?(config: ConfigOf<D>, text: Text): FilterTest
  /** The forecasts of `abilities.applies`: new series, read with the scaling of the checkpoint. */
  forecaster?(config: ConfigOf<D>, columns: readonly ScaledColumn[]): SeriesForecaster
  /** The answers of `abilities.applies` to new texts. */
  responder?(config: ConfigOf<D>, known: CheckpointVocabulary): TextResponder
  /** Default input of the inspection of units. */
  exampleInput?(data: D): string
  imageSize?(data: D): number
  /** A sentence that describes the gradient through time, in place of the default one. */
  gradient?(config: ConfigOf<D>): string
  /** Warnings about a configuration, given the opened task. */
  warnings?(config: ConfigOf<D>, task: Task): PlanWarning[]
  /** Lower bound on the positions of a sequence or image whose hidden states are stored; 0 if the data decides. */
  minPositions?(config: ConfigOf<D>): number
  /** Options of the same task on synthetic symbols, for benchmarks without a text. */
  synthetic?(data: D): D
  /** `symbols`, `labels`: vocabulary size and number of classes, if they come from a text; `columns`: of a table. */
  network(config: ConfigOf<D>, symbols: number, labels: number, columns: readonly ScaledColumn[]): Model
  /** Throws E_CONFIG_DATA and, for texts, E_DATA_*, E_VOCAB_MAX, E_MODEL_MISMATCH. */
  open(config: ConfigOf<D>, text: Text, known?: CheckpointVocabulary): Task
}

/** A row with the type of its data erased, as the registry stores it; callers pass the data of the row's own task. */
export type TaskRow = Omit<TaskDefinition<z.ZodObject, never>, 'data'> & { data: z.ZodObject }

/** Defines a task; the types of its functions follow from its data schema. */
export const defineTask = <S extends z.ZodObject>(definition: TaskDefinition<S>): TaskRow =>
  definition as unknown as TaskRow

/** The plain data of a row, for the catalog. */
export const taskInfo = ({
  id,
  title,
  about,
  reads,
  data,
  traits,
  allowed = [],
  metrics,
  rankedBy,
  formerly,
}: TaskRow): TaskInfo => ({
  id,
  title,
  about,
  reads,
  fields: fieldsOf(data, 'data'),
  traits,
  allowed,
  metrics,
  rankedBy,
  formerly,
})
