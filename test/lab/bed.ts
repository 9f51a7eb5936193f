// A test bed: a text or task whose hidden structure is known, the network that is trained on it, and what the analyses must find in it. Trains through
// the engine's public door on the native executor; writes no files.
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { chooseExecutor, openModel, openTraining, type TrainedModel } from '../../src-main/engine/index.ts'
import { isWithin } from '../../src-main/engine/tasks/promises.ts'

/** One promise of a bed beside what was measured; NaN keeps no promise. */
export interface Check {
  name: string
  measured: number
  must: { atLeast?: number; atMost?: number }
}

export const isKept = ({ name, measured, must }: Check): boolean =>
  isWithin({ metric: name, ...must }, measured) && !Number.isNaN(measured)

/** Trains a configuration on a text; `run` numbers the models of a bed that trains several, from 0, and so their seeds. */
export type Train = (settings: object, text: string, run?: number) => Trained

/** A trained model with the last value of each of its curves. */
export interface Trained {
  model: TrainedModel
  last: Record<string, number>
}

export interface Bed {
  name: string
  /** What is hidden in the data, in one sentence. */
  about: string
  measure(train: Train): Check[] | Promise<Check[]>
}

/** Trains with the seeds `seed`, `seed + 1`, ...; `tell` is called with the step and the loss of every hundredth step. */
export function trainer(
  seed: number,
  threads: number,
  tell: (step: number, of: number, loss: number) => void,
): Train {
  const { executor } = chooseExecutor('native', threads)
  return (settings, text, run = 0) => {
    const config = parseConfig({ ...settings, seed: seed + run }) as RunConfig
    const training = openTraining({ config, text }, executor)
    const last: Record<string, number> = {}
    for (const event of training.events()) {
      if (event.kind === 'diverged') throw new Error(`The run diverged at step ${event.step}: ${event.what}`)
      if (event.kind !== 'metrics') continue
      Object.assign(last, event.values)
      const loss = event.values['train/loss']
      if (loss !== undefined && event.step % 100 === 0) tell(event.step, training.totalSteps, loss)
    }
    return { model: openModel(training.checkpoint(), executor), last }
  }
}

/** Adam with a one-cycle schedule on characters, records of curves and samples off: what all beds share. */
export const settingsOf = (
  model: object,
  train: { window: number; steps: number },
  lr = 0.003,
): Record<string, object | string> => ({
  task: 'language-model',
  data: { unit: 'char', validation: 0 },
  model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 32, ...model },
  train: { bptt: 'truncated', batch: 32, ...train },
  optimizer: { name: 'adam', lr, clipNorm: 1 },
  schedule: { name: 'onecycle', warmup: 0.1 },
  logging: { logEvery: 100, sampleEvery: 0, gradientEvery: 0 },
})

/** The middle of some numbers, the mean of the two middle ones of an even count. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
