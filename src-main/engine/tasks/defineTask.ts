// The one row of a task: its data, what it can be asked for, its presets, its network and what training needs. Every door asks the row;
// none names a task.
import type { z } from 'zod'
import type { PlanWarning } from '../../contract/catalog.ts'
import type { RunConfig } from '../../contract/config.ts'
import { fieldsOf } from '../../contract/fields.ts'
import type { MetricRow } from '../../contract/metrics.ts'
import type { Abilities, Allowed, TaskInfo } from '../../contract/taskInfo.ts'
import type { Format } from '../formats/format.ts'
import type { Reading } from '../data/reading.ts'
import type { Text } from '../data/source.ts'
import type { Model } from '../nn/model.ts'
import type { Task } from '../training/task.ts'
import type { PresetRow } from './promises.ts'

/** Symbols and classes of a checkpoint to go on from. */
export interface Known {
  vocabulary: readonly string[]
  labels: readonly string[]
}

/** A configuration whose `data` is that of the task. */
export type ConfigOf<D> = Omit<RunConfig, 'data'> & { data: D }

/** How the text of a task becomes symbols. */
interface TextReader<D> {
  reading(data: D): Reading
  /** Whether the whole text must be in memory; else it is read in pieces. */
  whole(data: D): boolean
  /** Held-out symbols `offset` .. `offset + length` as text, and how many there are; missing where it is no text to look at. */
  stretch?(text: Text, data: D, offset: number, length: number): { text: string; symbols: number }
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
  /** What its runs may record beside the metrics of every training, in the order of charts. */
  metrics: readonly MetricRow[]
  /** Name of the metric that ranks its runs; the training loss where nothing is validated. */
  rankedBy: string
  formerly: TaskInfo['formerly']
  /** What its texts must be; missing: running text, or no text at all. */
  format?: Format
  presets: readonly PresetRow[]
  /** What a run was trained on, in a few words; part of its name. */
  dataInWords(data: D): string
  abilities(data: D): Abilities
  validates(data: D): boolean
  /** Of tasks that read a text of the user. */
  text?: TextReader<D>
  /** Whether the symbol that is answered is the one read next, so that surprisal is shown. */
  predictsNext?(config: ConfigOf<D>): boolean
  /** What its units are shown on first. */
  exampleInput?(data: D): string
  imageSize?(data: D): number
  /** What its gradient through time is; a sentence in place of the usual one. */
  gradient?(config: ConfigOf<D>): string
  /** Doubts about a configuration whose task was opened. */
  warnings?(config: ConfigOf<D>, task: Task): PlanWarning[]
  /** Positions of a sequence or image at which hidden states are kept, at least; 0 where the data decides. */
  positions?(config: ConfigOf<D>): number
  /** The same task on made-up symbols, for measuring speed without a text. */
  madeUp?(data: D): D
  /** `symbols`, `labels`: sizes of the vocabulary and of the classes, where they come from a text. */
  network(config: ConfigOf<D>, symbols: number, labels: number): Model
  /** Throws E_CONFIG_DATA and, for texts, E_DATA_*, E_VOCAB_MAX, E_MODEL_MISMATCH. */
  open(config: ConfigOf<D>, text: Text, known?: Known): Task
}

/** A row as the registry keeps it: whoever has a configuration has the data of its task. */
export type TaskRow = Omit<TaskDefinition<z.ZodObject, never>, 'data'> & { data: z.ZodObject }

export const defineTask = <S extends z.ZodObject>(definition: TaskDefinition<S>): TaskRow =>
  definition as unknown as TaskRow

/** The plain part, for the catalog. */
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
