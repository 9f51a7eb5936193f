// What a task says of itself and of each of its runs, as plain data. The rows stand in engine/tasks; every door asks these.
import type { ValueCondition } from './fieldMeta.ts'
import type { Field } from './fields.ts'
import type { MetricRow } from './metrics.ts'
import type { AnswerTables, RunRow } from './run.ts'

/** What a task records of its predictions during training: a table, images that it generated, or images with the predicted class. */
export type AnswerKind = keyof AnswerTables | 'generated images' | 'classified images'

/** What a run can be asked for. */
export interface Abilities {
  /** What it makes when it is sampled from. */
  generates: 'text' | 'images' | null
  /** What its units are shown on. */
  inspects: 'text' | 'images' | null
  /** What it records of its predictions during training; null: sampled text, or nothing. Page and terminal have a view for each kind. */
  answers: AnswerKind | null
}

/**
 * What options of the model and of training ask about a task, with what is said where a task lacks it and the option is set all the same;
 * null: the option is not read there, which harms nothing.
 */
export const traits = {
  symbols: null,
  solvable: null,
  padding: 'only tasks with whole sequences of different lengths have a choice of it',
  oneAnswer: 'there is no single answer per sequence here',
  answersAfterReading: 'every step has an answer of its own here',
  readsAhead: 'the next symbol is predicted here, and reading from the end would see it',
  predictsNext: 'the network does not read on from its own predictions here',
  rareClasses: 'generated problems have no classes that are rarer than others',
  gradient: 'the online rule has no such part',
} as const
export type Trait = keyof typeof traits

/** Of an option only these values can be used, the usual one first, and why; `when` narrows it to some configurations. */
export interface Allowed {
  path: string
  values: readonly (string | number | boolean)[]
  why: string
  when?: ValueCondition
}

/** The plain part of a task's row. */
export interface TaskInfo {
  id: string
  title: string
  about: string
  /** Which cells it takes: those of sequences or those of images. */
  reads: 'sequences' | 'images'
  /** Options of its `data` section. */
  fields: Field[]
  /** What holds for it: always (no condition), or where options of its data have these values. */
  traits: Partial<Record<Trait, readonly ValueCondition[]>>
  /** Options of which it takes some values only. */
  allowed: readonly Allowed[]
  /** What its runs may record beside the metrics of every training, in the order of charts. */
  metrics: readonly MetricRow[]
  /** Name of the metric that ranks its runs; the training loss where nothing is validated. */
  rankedBy: string
  /** The `data` section that meant this task in configurations up to version 2, first match first. */
  formerly: Readonly<Record<string, string>>
}

/** What one run's task says of it, read off its configuration. */
export interface TaskFacts {
  id: string
  title: string
  /** What it was trained on, in a few words: "prose (words)". */
  data: string
  abilities: Abilities
  /** Whether symbols are words. */
  words: boolean
  /** Whether a part of the data is held out for validation. */
  validates: boolean
  /** Name of the metric that ranks the run among those of its task; it is recorded at the end, if not before. */
  rankedBy: string
  /** The better direction of those metrics of the task that have one, by name. */
  directions: Readonly<Record<string, 'min' | 'max'>>
  /** What its units are shown on first, where it has no text of its own; '' otherwise. */
  exampleInput: string
  /** Rows and columns of its images; 0 without. */
  imageSize: number
  /** What its record of the gradient through time holds, in a sentence. */
  gradient: string
}

/** Behind the name of a run: why it gives nothing when it is sampled from, and what there is instead; undefined if it does. */
export function whyNoSample({ title, abilities: { generates, answers } }: TaskFacts): string | undefined {
  if (generates) return undefined
  return `generates nothing, because its task is ${title.toLowerCase()}${answers ? '; its predictions are recorded with the run' : ''}`
}

/** Behind the name of a run: why its units cannot be shown; undefined if they can. */
export const whyNoUnits = ({ abilities }: TaskFacts): string | undefined =>
  abilities.inspects ? undefined : 'has no text to show its units on, because it reads numbers'

/** Whether a run has weights to look at: it has made a step, or came with them. */
export const hasWeights = ({ step, status }: Pick<RunRow, 'step' | 'status'>): boolean =>
  step > 0 || status === 'finished'
