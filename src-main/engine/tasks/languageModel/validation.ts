// Validation of a language model on the held-out part of the text, with the baseline of an n-gram model: in parallel streams, or each symbol
// from the window before it.
import { input, mul } from '../../graph/ops.ts'
import { readout } from '../../nn/ends.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { atStep } from '../../nn/overTime.ts'
import { carriedStates, outputsOf, traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { Corpus } from './corpus.ts'
import type { TextData } from './data.ts'
import { fillValidation, planValidation } from '../../data/streams.ts'
import type { Evaluation } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import { ignoreUnknownTargets, validationSums, textMetrics } from './losses.ts'
import { ngramLoss } from './ngramBaseline.ts'

/** Windows per run of the program. */
const windowColumns = 256

type Validated = Pick<ConfigOf<TextData>, 'data' | 'train'>

/** The evaluation of `data.context`; undefined if the held-out part is too short for one prediction. */
export function textValidation(
  config: Validated,
  corpus: Corpus,
  network: SequenceNetwork,
): Evaluation | undefined {
  const { context, ngram } = config.data
  const first = context === 'window' ? config.train.window : 1
  if (corpus.symbols.validation <= first) return undefined
  const plain = context === 'window' ? ofWindows(config, corpus, network) : ofStreams(config, corpus, network)
  if (ngram === 0) return plain
  let baseline: number | undefined
  return {
    ...plain,
    metrics: (sums) => ({
      ...plain.metrics(sums),
      'val/loss_ngram': (baseline ??= ngramLoss(corpus, ngram, first)),
    }),
  }
}

/** Predicts every held-out symbol once, except the first and unknown words; each stream starts with a zero state, which is carried to its end. */
function ofStreams({ train }: Validated, corpus: Corpus, network: SequenceNetwork): Evaluation {
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

/** Predicts every held-out symbol after the first window once, except unknown words, from the window before it and a zero state. */
function ofWindows({ train }: Validated, corpus: Corpus, network: SequenceNetwork): Evaluation {
  const { window } = train
  const count = corpus.symbols.validation - window
  const columns = Math.min(windowColumns, count)
  const ids = new Float64Array(window * columns)
  const targets = new Float64Array(columns)
  return {
    runs: Math.ceil(count / columns),
    graph(weights) {
      const x = input('ids', [window, columns])
      const trace = traceNetwork(network, weights, x, zeroStates(network, columns), { last: true })
      const logits = readout(network, weights, atStep(trace.features, 0))
      return { outputs: validationSums(train, network, logits, input('targets', [columns])), carry: [] }
    },
    feed(executable, run) {
      const text = corpus.validation
      for (let b = 0; b < columns; b++) {
        const from = run * columns + b
        const inside = from < count
        for (let t = 0; t < window; t++) ids[t * columns + b] = inside ? text[from + t]! : -1
        targets[b] = inside ? text[from + window]! : -1
      }
      ignoreUnknownTargets(corpus, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
    },
    metrics: textMetrics(corpus.vocabulary.unit),
  }
}
