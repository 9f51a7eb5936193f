// What the network answers to held-out examples, beside what is expected, and the loss of each. It refuses tasks without the ability `saliency`.
import { UnrollError } from '../../../contract/errors.ts'
import type { ExampleAnswer, ExampleList } from '../../../contract/saliency.ts'
import { compile } from '../../compile/compile.ts'
import type { Text } from '../../data/source.ts'
import { weightNodes } from '../../nn/weights.ts'
import { heldOutOf, taskFacts } from '../../tasks/index.ts'
import type { HeldOut } from '../../tasks/heldOut.ts'
import { withWeights, type TrainedModel } from '../model.ts'
import { runStep } from '../stepStates.ts'

/** Examples that are read at once: at most 256, and of few enough places. */
const columnsFor = (places: number): number => Math.max(8, Math.min(256, Math.floor(2 ** 16 / places)))

export interface ExampleListOptions {
  /** The first example that is read. */
  example: number
  read: number
  top: number
  order: 'number' | 'loss'
  wrong: boolean
  data(): Text
}

/** The held-out examples of a model whose task has saliency; throws E_ARG for others. */
export function examplesOf({ config }: TrainedModel, data: () => Text): HeldOut {
  const { title, abilities } = taskFacts(config)
  const heldOut = abilities.saliency ? heldOutOf(config, data()) : undefined
  if (heldOut) return heldOut
  throw new UnrollError(
    'E_ARG',
    `id: the task of this run is ${title.toLowerCase()}, which has no held-out series or images. Choose a run that reads some.`,
    { path: 'id' },
  )
}

/** Lists held-out examples, also the wrongly answered ones alone. Throws E_ARG for other tasks, and for `wrong` where nothing is right or wrong. */
export function listExamples(model: TrainedModel, options: ExampleListOptions): ExampleList {
  const { example: from, read, top, order, wrong, data } = options
  const heldOut = examplesOf(model, data)
  const numbers = Array.from(
    { length: Math.max(0, Math.min(read, heldOut.count - from)) },
    (_, i) => from + i,
  )
  const all = exampleAnswers(model, heldOut, numbers)
  const judged = all.some(({ right }) => right !== null)
  if (wrong && !judged)
    throw new UnrollError(
      'E_ARG',
      'wrong: no answer of this task is right or wrong. List the examples with the largest loss instead.',
      { path: 'wrong' },
    )
  const rows = all.filter(({ right }) => !wrong || right === false)
  if (order === 'loss') rows.sort((a, b) => b.loss - a.loss || a.example - b.example)
  return {
    rows: rows.slice(0, top),
    examples: heldOut.count,
    read: all.length,
    wrong: judged ? all.filter(({ right }) => right === false).length : null,
    step: model.step,
  }
}

/** The answers to the examples of these numbers. */
export const exampleAnswers = (
  model: TrainedModel,
  heldOut: HeldOut,
  numbers: readonly number[],
): ExampleAnswer[] => {
  if (numbers.length === 0) return []
  const columns = columnsFor(heldOut.example(numbers[0]!).places)
  return Array.from({ length: Math.ceil(numbers.length / columns) }, (_, i) => {
    const part = numbers.slice(i * columns, (i + 1) * columns)
    const { outputs, write, read } = heldOut.program(model.network, weightNodes(model.network), part)
    const executable = withWeights(model, compile({ outputs }))
    try {
      write(executable)
      runStep(executable)
      model.control?.progress?.(Math.min(numbers.length, (i + 1) * columns), numbers.length)
      return read(executable)
    } finally {
      executable.dispose()
    }
  }).flat()
}
