// The registry of tasks, in menu order, one line each, and functions that read the row of a configuration's task.
import type { RunConfig } from '../../contract/config.ts'
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { PlanWarning } from '../../contract/catalog.ts'
import type { DataForm } from '../../contract/importing.ts'
import type { TextFormat } from '../../contract/textFormat.ts'
import { trainingLoss } from '../../contract/metrics.ts'
import type { TaskFacts } from '../../contract/taskInfo.ts'
import { plainReading, type Reading } from '../data/reading.ts'
import type { ScaledColumn } from '../../contract/scaledColumn.ts'
import type { Text } from '../data/source.ts'
import { detectFormat, formatOfForm } from '../formats/index.ts'
import type { Model } from '../nn/model.ts'
import type { Task } from '../training/task.ts'
import type { HeldOut } from './heldOut.ts'
import { binaryAddition } from './binaryAddition/index.ts'
import type { ConfigOf, CheckpointVocabulary, TaskRow, TextLine } from './defineTask.ts'
import { withScheduledInputs } from './scheduledInputs.ts'
import { flipFlop } from './flipFlop/index.ts'
import { imageClassification } from './imageClassification/index.ts'
import { imageRows } from './imageRows/index.ts'
import type { FilterTest } from './imageRows/filterTest.ts'
import { languageModel } from './languageModel/index.ts'
import { memoryProblem } from './memoryProblem/index.ts'
import { music } from './music/index.ts'
import { nextFrame } from './nextFrame/index.ts'
import { pixelModel } from './pixelModel/index.ts'
import { filled, refuseUnsupported } from './refusals.ts'
import type { SeriesForecaster } from './seriesForecaster.ts'
import { sequenceClassification } from './sequenceClassification/index.ts'
import { sequenceLabelling } from './sequenceLabelling/index.ts'
import { sequenceToSequence } from './sequenceToSequence/index.ts'
import { seriesForecast } from './seriesForecast/index.ts'
import { symbolSeries } from './symbolSeries/index.ts'
import type { TextResponder } from './textResponder.ts'

export { filled }
export type { TextLine }
export const tasks: readonly TaskRow[] = [
  languageModel,
  sequenceClassification,
  sequenceLabelling,
  sequenceToSequence,
  memoryProblem,
  seriesForecast,
  music,
  symbolSeries,
  binaryAddition,
  flipFlop,
  imageRows,
  nextFrame,
  pixelModel,
  imageClassification,
]

/** Throws E_CONFIG_UNKNOWN with the nearest id. */
export function taskRow(id: string): TaskRow {
  const row = tasks.find((one) => one.id === id)
  if (row) return row
  const ids = tasks.map((one) => one.id)
  const near = nearest(id, ids)
  throw new UnrollError(
    'E_CONFIG_UNKNOWN',
    `task: there is no "${id.slice(0, 64)}"; ${near ? `did you mean ${near}?` : `known here: ${ids.join(', ')}.`}`,
    { path: 'task' },
  )
}

type TaskChoice = Pick<RunConfig, 'task' | 'data'>
/** The data, which `parseConfig` has validated with the schema of the row. */
const dataOf = (config: TaskChoice) => config.data as never

/** Opens the task of a configuration for training. Throws E_CONFIG_DATA for options that it does not support, and the errors of reading its data. */
export function taskOf(config: RunConfig, text: Text, known?: CheckpointVocabulary): Task {
  const row = taskRow(config.task)
  refuseUnsupported(config, row)
  return withScheduledInputs(config, row.open(config as ConfigOf<never>, text, known))
}

/** The network of a configuration. `symbols`, `labels`: vocabulary size and number of classes, if they come from a text; `columns`: of a table. */
export const networkFor = (
  config: RunConfig,
  symbols: number,
  labels: number,
  columns: readonly ScaledColumn[] = [],
): Model => taskRow(config.task).network(config as ConfigOf<never>, symbols, labels, columns)

/** The format of a data set's lines, with the task that trains on it: that of its form, else the detected one; undefined for running text. */
export function textFormatOf(form: DataForm | '', name: string, beginning: string): TextFormat | undefined {
  const format = form === '' || form === 'text' ? detectFormat(name, beginning) : formatOfForm[form]
  const task = format && tasks.find((one) => one.format === format)
  if (!format) return undefined
  const { id, title, asRunningText } = format
  const stored = form !== '' && form !== 'text'
  return {
    id,
    title,
    ...(task && { task: task.id }),
    ...(stored && { stored }),
    ...(asRunningText !== undefined && { asRunningText }),
  }
}

/** How typed text is encoded for the task's network. */
export const readingOf = (config: TaskChoice): Reading =>
  taskRow(config.task).text?.reading(dataOf(config)) ?? plainReading

/** Whether the whole text must be in memory. */
export const needsWholeText = (config: TaskChoice): boolean =>
  taskRow(config.task).text?.whole(dataOf(config)) ?? false

/** Whether the network outputs a distribution over the next input symbol. */
export const predictsNext = (config: RunConfig): boolean =>
  taskRow(config.task).predictsNext?.(config as ConfigOf<never>) ?? false

/** Whether the network gives one class per text. */
export const classifiesText = ({ task }: TaskChoice): boolean => taskRow(task).classifiesText ?? false

/** Held-out examples of a run whose task has the ability `saliency`; undefined without it. Throws the errors of reading the data. */
export function heldOutOf(config: RunConfig, text: Text): HeldOut | undefined {
  const row = taskRow(config.task)
  return row.abilities(dataOf(config)).saliency ? row.heldOut!(config as ConfigOf<never>, text) : undefined
}

/** Answers of a run to new texts, with the symbols and classes of its checkpoint; undefined without the ability `applies`. */
export function responderOf(config: RunConfig, known: CheckpointVocabulary): TextResponder | undefined {
  const row = taskRow(config.task)
  const applies = row.abilities(dataOf(config)).applies === 'texts'
  return applies ? row.responder!(config as ConfigOf<never>, known) : undefined
}

/** Forecasts of a run of new series, with the columns of its checkpoint; undefined without the ability `applies`. */
export function seriesForecasterOf(
  config: RunConfig,
  columns: readonly ScaledColumn[],
): SeriesForecaster | undefined {
  const row = taskRow(config.task)
  const applies = row.abilities(dataOf(config)).applies === 'series'
  return applies ? row.forecaster!(config as ConfigOf<never>, columns) : undefined
}

/** The held-out images of a run with the ability `filters`; undefined without it. Throws the errors of reading the data. */
export function filterTestOf(config: RunConfig, text: Text): FilterTest | undefined {
  const row = taskRow(config.task)
  return row.abilities(dataOf(config)).filters ? row.filterTest!(config as ConfigOf<never>, text) : undefined
}

/** Warnings about a configuration, given the opened task. */
export const taskWarnings = (config: RunConfig, task: Task): PlanWarning[] =>
  taskRow(config.task).warnings?.(config as ConfigOf<never>, task) ?? []

/** Lower bound on the positions of a sequence or image whose hidden states are stored. */
export const minPositions = (config: RunConfig): number =>
  taskRow(config.task).minPositions?.(config as ConfigOf<never>) ?? 0

/** Held-out symbols `offset` .. `offset + length` of the run's text, and the number of all; undefined for a task without text. */
export const validationExcerpt = (text: Text, config: TaskChoice, offset: number, length: number) =>
  taskRow(config.task).text?.excerpt?.(text, dataOf(config), offset, length)

/** Whether the run's text has separate lines: one example per line, or labelled lines. */
export function readsLines(config: TaskChoice): boolean {
  const { text } = taskRow(config.task)
  return text?.lines !== undefined && (text.hasLines?.(dataOf(config)) ?? true)
}

/** Held-out lines of the run's text, of at most `length` symbols in all; undefined for a text without separate lines. */
export const validationLines = (text: Text, config: TaskChoice, length: number): TextLine[] | undefined =>
  readsLines(config) ? taskRow(config.task).text!.lines!(text, dataOf(config), length) : undefined

/** Whether the network of a task reads vectors of numbers. */
export const readsNumbers = (config: TaskChoice): boolean =>
  taskRow(config.task).abilities(dataOf(config)).readsNumbers === true

/**
 * The first held-out sequences of numbers, (T, channels) row by row each, of at least `steps` steps in all if there are so many; undefined for
 * tasks whose network reads no numbers.
 */
export function heldOutNumbers(config: RunConfig, text: Text, steps: number): Float64Array[] | undefined {
  const examples = readsNumbers(config) ? heldOutOf(config, text) : undefined
  if (!examples) return undefined
  const sequences: Float64Array[] = []
  for (let i = 0, read = 0; i < examples.count && read < steps; i++) {
    const { places, values } = examples.example(i)
    sequences.push(values)
    read += places
  }
  return sequences
}

/** The configuration of the same task on synthetic symbols; undefined if the task needs its own data. */
export function onSyntheticSymbols(config: RunConfig): RunConfig | undefined {
  const { synthetic } = taskRow(config.task)
  return synthetic && { ...config, data: synthetic(dataOf(config)) }
}

const defaultGradient =
  "The gradient of the last step's loss with respect to the hidden states, back to the first step of the window."

const directionsOf = ({ metrics }: TaskRow) =>
  Object.fromEntries(metrics.flatMap(({ name, direction }) => (direction ? [[name, direction]] : [])))

/** The plain data of a run's task: titles, abilities, metric directions and texts that depend on the configuration. */
export function taskFacts(config: RunConfig): TaskFacts {
  const row = taskRow(config.task)
  const data = dataOf(config)
  const validates = row.validates(data)
  return {
    id: row.id,
    title: row.title,
    data: row.dataSummary(data),
    abilities: row.abilities(data),
    words: readingOf(config).unit === 'word',
    classifiesText: row.classifiesText ?? false,
    validates,
    rankedBy: validates ? row.rankedBy : trainingLoss.name,
    directions: directionsOf(row),
    exampleInput: row.exampleInput?.(data) ?? '',
    imageSize: row.imageSize?.(data) ?? 0,
    gradient: row.gradient?.(config as ConfigOf<never>) ?? defaultGradient,
  }
}
