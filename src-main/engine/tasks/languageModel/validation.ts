// How the held-out part of a text is validated, whatever way the other part is trained: in order, in parallel streams.
import type { RunConfig } from '../../../contract/config.ts'
import { input, mul } from '../../graph/ops.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { carriedStates, outputsOf, traceNetwork } from '../../nn/trace.ts'
import type { Corpus } from './corpus.ts'
import { fillCover, planCover } from '../../data/streams.ts'
import type { Evaluation } from '../../training/task.ts'
import { askForKnown, sums, textMetrics } from './losses.ts'

/** Every symbol but the first, and but unknown words, is predicted once; each stream starts from a zero state and carries it to its end. */
export function textValidation(
  train: RunConfig['train'],
  corpus: Corpus,
  network: SequenceNetwork,
): Evaluation {
  const s = planCover(corpus.symbols.validation)
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
        outputs: sums(train, network, outputsOf(network, weights, trace), y),
        carry: carried.map((c, i) => [c, trace.final[i]!]),
      }
    },
    feed(executable, run) {
      fillCover(corpus.validation, s, run, ids, targets)
      askForKnown(corpus, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
      if (network.cell.state.length > 0) executable.write('keep', [run === 0 ? 0 : 1])
    },
    metrics: textMetrics(corpus.vocabulary.unit),
  }
}
