// An LSTM of 16 units that learnt Reber's grammar, as a language model of a stream of strings or as a memory problem of separate strings.
import { chooseExecutor, openModel } from '../../../src-main/engine/index.ts'
import { openTraining } from '../../../src-main/engine/openTraining.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { drawReber, reberSymbols } from '../../../src-main/engine/tasks/memoryProblem/grammars.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'

/** `count` strings with their ends, such as BTSSXXTTVPSE. */
export function reberStrings(count: number, seed: number): string[] {
  const random = randomStream({ seed: [seed, 0], step: 0 }, 1)
  return Array.from({ length: count }, () => {
    const { input, answer } = drawReber(random, false)
    return [input[0]!, ...(answer as number[])].map((id) => reberSymbols[id as number]!).join('')
  })
}

const logging = { sampleEvery: 0, evalEvery: 0, gradientEvery: 0 }

function modelOf(given: RunConfigInput, text: string): TrainedModel {
  const config = parseConfig({ ...given, optimizer: { lr: 0.01 }, logging }) as RunConfig
  const { executor } = chooseExecutor('auto', 1)
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) void event
  return openModel(training.checkpoint(), executor)
}

const model = { cell: 'lstm', hidden: 16, input: 'onehot' } as const

/** Trained on a stream of strings, one after the other. */
export const reberStream = () =>
  modelOf(
    { seed: 3, data: { validation: 0.05 }, model, train: { window: 32, batch: 32, steps: 600 } },
    reberStrings(20_000, 1).join(''),
  )

/** Trained on separate strings, each from the zero state and without its last symbol, which is only predicted. */
export const reberProblem = () =>
  modelOf(
    {
      seed: 1,
      task: 'memory-problem',
      data: { problem: 'reber' },
      model,
      train: { bptt: 'full', steps: 600 },
    },
    '',
  )
