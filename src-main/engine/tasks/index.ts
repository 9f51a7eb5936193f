// The tasks, in the order of the menu: one line each. Whoever has a configuration asks its row here.
import type { RunConfig } from '../../contract/config.ts'
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { PlanWarning } from '../../contract/catalog.ts'
import type { TextFormat } from '../../contract/textFormat.ts'
import { trainingLoss } from '../../contract/metrics.ts'
import type { TaskFacts } from '../../contract/taskInfo.ts'
import { plainReading, type Reading } from '../data/reading.ts'
import type { Text } from '../data/source.ts'
import { formatOf } from '../formats/index.ts'
import type { Model } from '../nn/model.ts'
import type { Task } from '../training/task.ts'
import { binaryAddition } from './binaryAddition/index.ts'
import type { ConfigOf, Known, TaskRow } from './defineTask.ts'
import { fedEachStep } from './fedEachStep.ts'
import { imageClassification } from './imageClassification/index.ts'
import { languageModel } from './languageModel/index.ts'
import { memoryProblem } from './memoryProblem/index.ts'
import { pixelModel } from './pixelModel/index.ts'
import { filled, refuseUnfit } from './refusals.ts'
import { sequenceClassification } from './sequenceClassification/index.ts'
import { sequenceLabelling } from './sequenceLabelling/index.ts'
import { sequenceToSequence } from './sequenceToSequence/index.ts'
import { seriesForecast } from './seriesForecast/index.ts'
import { symbolSeries } from './symbolSeries/index.ts'

export { filled }
export const tasks: readonly TaskRow[] = [
  languageModel,
  sequenceClassification,
  sequenceLabelling,
  sequenceToSequence,
  memoryProblem,
  seriesForecast,
  symbolSeries,
  binaryAddition,
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

type Said = Pick<RunConfig, 'task' | 'data'>
/** Data of the row's own task: `parseConfig` has checked it. */
const own = (config: Said) => config.data as never

/** The task, ready to be trained. Throws E_CONFIG_DATA for options that it cannot have, and what reading its data throws. */
export function taskOf(config: RunConfig, text: Text, known?: Known): Task {
  const row = taskRow(config.task)
  refuseUnfit(config, row)
  return fedEachStep(config, row.open(config as ConfigOf<never>, text, known))
}

/** `symbols`, `labels`: sizes of the vocabulary and of the classes, where they come from a text. */
export const networkFor = (config: RunConfig, symbols: number, labels: number): Model =>
  taskRow(config.task).network(config as ConfigOf<never>, symbols, labels)

/** What a text looks like by its name and beginning, with the task that learns from such a text; undefined for running text. */
export function textFormatOf(name: string, beginning: string): TextFormat | undefined {
  const format = formatOf(name, beginning)
  const task = format && tasks.find((one) => one.format === format)
  return format && { id: format.id, title: format.title, ...(task && { task: task.id }) }
}

/** How what is typed becomes symbols. */
export const readingOf = (config: Said): Reading =>
  taskRow(config.task).text?.reading(own(config)) ?? plainReading

/** Whether a text of this run must be in memory as a whole. */
export const needsWholeText = (config: Said): boolean =>
  taskRow(config.task).text?.whole(own(config)) ?? false

/** Whether its outputs are the probabilities of the symbol that is read next. */
export const predictsNext = (config: RunConfig): boolean =>
  taskRow(config.task).predictsNext?.(config as ConfigOf<never>) ?? false

/** What is doubtful about the configuration of an opened task. */
export const doubtsOf = (config: RunConfig, task: Task): PlanWarning[] =>
  taskRow(config.task).warnings?.(config as ConfigOf<never>, task) ?? []

/** Positions of a sequence or image at which hidden states are kept, at least. */
export const leastPositions = (config: RunConfig): number =>
  taskRow(config.task).positions?.(config as ConfigOf<never>) ?? 0

/** Held-out symbols `offset` .. `offset + length` of the run's own text, and how many there are; undefined for a task without one. */
export const ownText = (text: Text, config: Said, offset: number, length: number) =>
  taskRow(config.task).text?.stretch?.(text, own(config), offset, length)

/** The same task on made-up symbols; undefined where only its own data will do. */
export function onMadeUpSymbols(config: RunConfig): RunConfig | undefined {
  const { madeUp } = taskRow(config.task)
  return madeUp && { ...config, data: madeUp(own(config)) }
}

const usualGradient =
  "The gradient of the last step's loss by the hidden state, followed back to the first step of the window."

const directionsOf = ({ metrics }: TaskRow) =>
  Object.fromEntries(metrics.flatMap(({ name, direction }) => (direction ? [[name, direction]] : [])))

/** What a run's task says of it. */
export function taskFacts(config: RunConfig): TaskFacts {
  const row = taskRow(config.task)
  const data = own(config)
  const validates = row.validates(data)
  return {
    id: row.id,
    title: row.title,
    data: row.dataInWords(data),
    abilities: row.abilities(data),
    words: readingOf(config).unit === 'word',
    validates,
    rankedBy: validates ? row.rankedBy : trainingLoss.name,
    directions: directionsOf(row),
    exampleInput: row.exampleInput?.(data) ?? '',
    imageSize: row.imageSize?.(data) ?? 0,
    gradient: row.gradient?.(config as ConfigOf<never>) ?? usualGradient,
  }
}
