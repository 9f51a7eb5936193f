// A language model for benchmarks of probes: an LSTM on the built-in prose, trained for one step only, since times do not depend on what is learnt.
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { openModel, openTraining } from '../../src-main/engine/index.ts'
import type { TrainedModel } from '../../src-main/engine/probes/model.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'

/** The checkpoint of an LSTM with `hidden` units that was trained on `text`. */
export function checkpointOf(hidden: number, text: string, executor: Executor): Uint8Array {
  const config = parseConfig({
    seed: 1,
    model: { cell: 'lstm', hidden, layers: 1, embedding: 32 },
    train: { window: 32, batch: 8, steps: 1 },
    logging: { sampleEvery: 0, evalEvery: 0 },
  }) as RunConfig
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) void event
  return training.checkpoint()
}

/** The opened model of that checkpoint. */
export const openedModel = (hidden: number, text: string, executor: Executor): TrainedModel =>
  openModel(checkpointOf(hidden, text, executor), executor)
