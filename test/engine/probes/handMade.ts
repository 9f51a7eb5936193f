// Networks with given weights over the symbols "a", "b" ..., with one-hot inputs: dynamics that are known without a training.
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { plainReading } from '../../../src-main/engine/data/reading.ts'
import { vocabularyOf } from '../../../src-main/engine/data/vocabulary.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { networkFor } from '../../../src-main/engine/tasks/index.ts'

/** A tanh network of `recurrent.length` units: h' = tanh(input[symbol] + recurrent h); the output layer is zero. */
export function handMadeTanh(
  recurrent: readonly (readonly number[])[],
  input: readonly (readonly number[])[],
  executor: Executor,
): TrainedModel {
  const size = recurrent.length
  const vocabulary = input.map((_, i) => String.fromCharCode(97 + i))
  const config = parseConfig({ seed: 1, model: { cell: 'rnn', hidden: size, input: 'onehot' } }) as RunConfig
  const network = networkFor(config, vocabulary.length, 0)
  const weights = new Map(
    [...network.weights].map(([name, { shape }]) => [
      name,
      { shape: [...shape], data: new Float64Array(shape.reduce((n, d) => n * d, 1)) },
    ]),
  )
  recurrent.forEach((row, r) => weights.get('layers.0.w_hh')!.data.set(row, r * size))
  const columns = weights.get('layers.0.w_ih')!.data
  input.forEach((vector, symbol) =>
    vector.forEach((value, r) => (columns[r * vocabulary.length + symbol] = value)),
  )
  return {
    config,
    step: 0,
    vocabulary,
    labels: [],
    parameters: 0,
    network,
    symbols: vocabularyOf('char', vocabulary, plainReading),
    weights,
    whole: { network, weights },
    executor,
  }
}
