// Validation of a language model on the held-out part of the text, in order and in parallel streams, independent of the way of training.
import type { RunConfig } from '../../../contract/config.ts'
import { input, mul } from '../../graph/ops.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { carriedStates, outputsOf, traceNetwork } from '../../nn/trace.ts'
import type { Corpus } from './corpus.ts'
import { fillValidation, planValidation } from '../../data/streams.ts'
import type { Evaluation } from '../../training/task.ts'
import { ignoreUnknownTargets, validationSums, textMetrics } from './losses.ts'

/** Predicts every held-out symbol once, except the first and unknown words; each stream starts with a zero state, which is carried to its end. */
export function textValidation(
  train: RunConfig['train'],
  corpus: Corpus,
  network: SequenceNetwork,
): Evaluation {
  const s = planValidation(corpus.symbols.validation)
  const ids = new Float64Array(s.window * s.batch)
  const targets = new Float64Array(s.window * s.batch)
  return {
    runs: s.windows,
    graph(weights) {
      const x = input('ids', [s.window, s.batch])
      const y = input('targets', [s.window, s.batch])
      const keep = input('keep', [])
      const carried = carriedStates(network, s.batch)
      const trace = traceNetwork(
        network,
        weights,
        x,
        carried.map((c) => mul(c, keep)),
      )
      return {
        outputs: validationSums(train, network, outputsOf(network, weights, trace), y),
        carry: carried.map((c, i) => [c, trace.final[i]!]),
      }
    },
    feed(executable, run) {
      fillValidation(corpus.validation, s, run, ids, targets)
      ignoreUnknownTargets(corpus, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
      if (network.cell.state.length > 0) executable.write('keep', [run === 0 ? 0 : 1])
    },
    metrics: textMetrics(corpus.vocabulary.unit),
  }
}
