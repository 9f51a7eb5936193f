// Film reviews as a task: ids (T, B) of frequent words -> LSTM -> one number per sequence, binary cross-entropy. The ids are made up,
// of the published size and shape (25,000 x 80 words of 20,000); only speed is measured, nothing is learned from them.
import type { Options } from '../../src-main/contract/config.ts'
import type { Task } from '../../src-main/engine/training/task.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { readout } from '../../src-main/engine/nn/ends.ts'
import { binaryCrossEntropy } from '../../src-main/engine/nn/losses.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { traceNetwork, zeroStates } from '../../src-main/engine/nn/trace.ts'
import type { Workload } from './workloads.ts'

export const reviewCount = 25_000

/** One batch after the other over `reviewCount` made-up reviews. */
export function reviewsTask(
  w: Workload,
  { model, regularization }: Options<'model' | 'regularization'>,
): Task {
  const network = networkOf(
    model,
    { symbols: w.symbols, outputs: 1, outputBias: true, activation: 'sigmoid' },
    regularization,
  )
  const ids = new Float64Array(w.window * w.batch)
  const labels = new Float64Array(w.batch)
  const stepsPerEpoch = Math.floor(reviewCount / w.batch)
  return {
    network,
    vocabulary: [],
    stepsPerEpoch,
    stepsPerRun: 1,
    symbolsPerStep: w.batch * w.window,
    symbols: { train: reviewCount * w.window, validation: 0 },
    warnings: [],
    graph(weights) {
      const x = input('ids', [w.window, w.batch])
      const y = input('labels', [1, w.batch, 1])
      const { features: top } = traceNetwork(network, weights, x, zeroStates(network, w.batch), {
        training: true,
        last: true,
      })
      const logits = readout(network, weights, top)
      return { loss: binaryCrossEntropy(logits, y), carry: [] }
    },
    feed(executable, step) {
      // A review is the same in every epoch; frequent words have small ids, as in such lists.
      for (let i = 0; i < ids.length; i++) {
        const mixed = Math.imul(((step % stepsPerEpoch) + 1) * 0x9e37 + i, 0x85ebca6b) >>> 0
        ids[i] = Math.floor(w.symbols * (mixed / 2 ** 32) ** 3)
      }
      for (let b = 0; b < w.batch; b++) labels[b] = (step + b) % 2
      executable.write('ids', ids)
      executable.write('labels', labels)
    },
  }
}
