// Properties of a task and of its runs, as plain data. The rows are in engine/tasks; all shells read these.
import type { ValueCondition } from './fieldMeta.ts'
import type { Field } from './fields.ts'
import type { MetricRow } from './metrics.ts'
import type { AnswerTables, RunRow } from './run.ts'

/** What a task records of its predictions during training: a table, images that it generated, or images with the predicted class. */
export type AnswerKind = keyof AnswerTables | 'generated images' | 'classified images'

/** Which commands a run supports. */
export interface Abilities {
  /** What it generates. */
  generates: 'text' | 'images' | 'music' | null
  /** What its units are shown over. */
  inspects: 'text' | 'images' | null
  /** Whether its network reads vectors of numbers and some are held out, on which its dynamics are analysed. */
  readsNumbers?: true
  /** Held-out inputs whose influence on an answer can be computed, step by step or pixel by pixel. */
  saliency: 'series' | 'images' | null
  /** Whether its network answers held-out images on which filters can be laid. */
  filters?: true
  /** New inputs that its network answers. */
  applies: 'texts' | 'series' | 'images' | null
  /** Order of the n-gram model whose probabilities stand beside its answers to new texts. */
  ngram?: number
  /** What gets a class from its network: each held-out text, or each symbol of one. All those answers can be listed and counted. */
  classifies?: 'texts' | 'symbols'
  /** What it records of its predictions during training; null: sampled text, or nothing. Page and terminal have a view for each kind. */
  answers: AnswerKind | null
}

/**
 * Traits of a task that options of model and training depend on, with the message if the task lacks the trait and the option is set; null:
 * the option is ignored there without harm.
 */
export const traits = {
  symbols: null,
  solvable: null,
  padding: 'only tasks on whole sequences of different lengths have padding',
  oneAnswer: 'this task has no single answer per sequence',
  answersAfterReading: 'this task has an answer at every step',
  readsAhead: 'this task predicts the next symbol, which a network that reads ahead would see',
  encodesPairs: 'this task has no encoder whose outputs a decoder could attend to',
  predictsNext: 'in this task the network does not read its own predictions',
  rareClasses: 'generated problems have no rare classes',
  gradient: 'the online rule follows the gradient of no loss',
} as const
export type Trait = keyof typeof traits

/** The values of an option that are permitted, the default first, and why; `when` restricts this to some configurations. */
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
  /** Its kind of cells: for sequences or for images. */
  reads: 'sequences' | 'images'
  /** Options of its `data` section. */
  fields: Field[]
  /** Its traits: unconditional, or for these values of its data options. */
  traits: Partial<Record<Trait, readonly ValueCondition[]>>
  /** Options of which only some values are permitted. */
  allowed: readonly Allowed[]
  /** Metrics its runs may record beside those of every training, in the order of charts. */
  metrics: readonly MetricRow[]
  /** Name of the metric that ranks its runs; the training loss if there is no validation. */
  rankedBy: string
  /** The `data` section that meant this task in configurations up to version 2, first match first. */
  formerly: Readonly<Record<string, string>>
}

/** Properties of one run's task, derived from its configuration. */
export interface TaskFacts {
  id: string
  title: string
  /** Its training data in a few words: "prose (words)". */
  data: string
  abilities: Abilities
  /** Whether symbols are words. */
  words: boolean
  /** Whether its network gives one class per text. */
  classifiesText: boolean
  /** Whether part of the data is held out for validation. */
  validates: boolean
  /** Name of the metric that ranks the run among those of its task; recorded at the end at the latest. */
  rankedBy: string
  /** The better direction of the task's metrics that have one, by name. */
  directions: Readonly<Record<string, 'min' | 'max'>>
  /** What its units are shown over by default, if it has no text of its own; '' otherwise. */
  exampleInput: string
  /** Rows and columns of its images; 0 if it has none. */
  imageSize: number
  /** What its gradient record contains, in a sentence. */
  gradient: string
}

/** Follows the name of a run: why it cannot generate, and what to use instead; undefined if it can. */
export function whyNoSample({ title, abilities: { generates, answers } }: TaskFacts): string | undefined {
  if (generates) return undefined
  return `generates nothing, because its task is ${title.toLowerCase()}${answers ? '; its predictions are recorded with the run' : ''}`
}

/** Follows the name of a run: why its units cannot be shown; undefined if they can. */
export const whyNoUnits = ({ abilities }: TaskFacts): string | undefined =>
  abilities.inspects ? undefined : 'has no text to show its units on, because it reads numbers'

/** Follows the name of a run: why the saliency of its inputs cannot be computed; undefined if it can. */
export const whyNoSaliency = ({ title, abilities }: TaskFacts): string | undefined =>
  abilities.saliency
    ? undefined
    : `has no held-out series or images whose inputs could be explained, because its task is ${title.toLowerCase()}`

/** Follows the name of a run: why its network cannot be applied to new inputs, and what there is instead; undefined if it can. */
export function whyNoApply({
  title,
  abilities: { applies, generates, saliency },
}: TaskFacts): string | undefined {
  if (applies) return undefined
  const task = `because its task is ${title.toLowerCase()}`
  if (generates === 'text') return `continues a text instead of answering it, ${task}; generate with a prompt`
  if (generates === 'music')
    return `continues a piece instead of answering it, ${task}; generate with a prompt`
  return `takes no new inputs, ${task}; ${saliency ? 'its answers to held-out inputs can be listed' : 'its predictions are recorded with the run'}`
}

/** Follows the name of a run: why it has no confusion matrix of held-out texts; undefined if it has. */
export const whyNoClasses = ({ title, abilities }: TaskFacts): string | undefined =>
  abilities.classifies
    ? undefined
    : `gives no class to texts or their symbols, because its task is ${title.toLowerCase()}`

/** Follows the name of a run: why no filters can be laid on its held-out images; undefined if they can. */
export const whyNoFilters = ({ title, abilities }: TaskFacts): string | undefined =>
  abilities.filters
    ? undefined
    : `has no held-out images on which filters could be laid, because its task is ${title.toLowerCase()}`

/** Follows the name of a run: why its network cannot be analysed; undefined if it can. Which analyses it has depends on what it reads. */
export const whyNoAnalyses = ({
  abilities: { inspects, readsNumbers, saliency },
}: TaskFacts): string | undefined =>
  inspects === 'text' || readsNumbers || saliency
    ? undefined
    : 'has no text, no images and no held-out sequences of numbers to analyse it on'

/** Whether a run has weights to inspect: it has made a step, or was given weights. */
export const hasWeights = ({ step, status }: Pick<RunRow, 'step' | 'status'>): boolean =>
  step > 0 || status === 'finished'
