// Generated problems that require memory, drawn from a random stream; see problems/.
import type { ValueCondition } from '../../../contract/fieldMeta.ts'
import { defineTask } from '../defineTask.ts'
import { wholeSequences } from '../examples/linesData.ts'
import { answerAccuracy, answerLoss, exactMatch } from '../examples/metrics.ts'
import { exampleNetwork } from '../examples/network.ts'
import { generatedHeldOut, generatedSource } from '../examples/sources.ts'
import { examplesTask } from '../examples/training.ts'
import { presets } from './presets.ts'
import { dataOf, type AnyProblem, type GeneratedProblem } from './problem.ts'
import { problems } from './problems/index.ts'

export const memoryData = dataOf(problems)
export interface MemoryData extends Record<string, unknown> {
  problem: string
  length: number
}

const rowOf = (data: MemoryData): AnyProblem => problems.find(({ id }) => id === data.problem)!

/** The problem that `data` of a configuration selects. */
export const problemOf = (data: MemoryData): GeneratedProblem => rowOf(data).make(data)

/** The condition of a trait: the problems that have a property with their default options. */
const problemsWhere = (has: (problem: GeneratedProblem) => boolean): readonly ValueCondition[] => [
  {
    path: 'data.problem',
    in: problems
      .filter(({ id }) => has(problemOf(memoryData.parse({ problem: id }) as MemoryData)))
      .map(({ id }) => id),
  },
]

const sharedMetrics = [
  answerLoss,
  answerAccuracy(
    'the most probable class (anbn: where the grammar leaves no choice), a yes-or-no output on the right side of 0.5, a number less than 0.04 away',
  ),
  exactMatch(
    'every answer in it is right; reverse: greedy decoding generates exactly the answer and its end token',
  ),
]
const metricsByName = [...sharedMetrics, ...problems.flatMap(({ metrics = [] }) => metrics)].map(
  (row) => [row.name, row] as const,
)

export const memoryProblem = defineTask({
  id: 'memory-problem',
  title: 'Memory problem',
  about: 'Generated sequences whose answer depends on inputs many steps before.',
  reads: 'sequences',
  data: memoryData,
  traits: {
    symbols: problemsWhere(({ input }) => 'symbols' in input),
    padding: [],
    oneAnswer: problemsWhere(({ topology }) => topology === 'one'),
    answersAfterReading: problemsWhere(({ topology }) => topology !== 'each'),
    readsAhead: problemsWhere(({ predictsNext }) => !predictsNext),
    encodesPairs: problemsWhere(({ topology }) => topology === 'pair'),
    predictsNext: problemsWhere(({ topology }) => topology === 'pair'),
    gradient: [],
  },
  allowed: [wholeSequences],
  metrics: [...new Map(metricsByName).values()],
  rankedBy: 'val/loss',
  formerly: { kind: 'memory' },
  presets,
  dataSummary: (data) => rowOf(data).summary?.(data) ?? `${data.problem} ${data.length}`,
  abilities: (data) => ({
    generates: null,
    ...(rowOf(data).exampleInput === undefined
      ? { inspects: null, readsNumbers: true }
      : { inspects: 'text' }),
    saliency: problemOf(data).topology === 'pair' ? null : 'series',
    applies: null,
    answers: 'examples',
  }),
  validates: () => true,
  predictsNext: ({ data }) => problemOf(data).predictsNext,
  heldOut: (config) => generatedHeldOut(config, problemOf(config.data)),
  exampleInput: (data) => rowOf(data).exampleInput ?? '',
  network: (config) => exampleNetwork(config, problemOf(config.data)),
  open: (config) => examplesTask(config, generatedSource(config, problemOf(config.data))),
})
