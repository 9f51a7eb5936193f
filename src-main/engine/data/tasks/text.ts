// Predict the next symbol of a text: in order with carried state (truncated, online), or in shuffled independent windows.
import { UnrollError } from '../../../contract/errors.ts'
import type { RunConfig, TextData } from '../../../contract/config.ts'
import type { Node } from '../../graph/node.ts'
import {
  crossEntropy,
  ge,
  input,
  maxOf,
  mul,
  oneHot,
  reshape,
  slice,
  state,
  sum,
  zeros,
} from '../../graph/ops.ts'
import { meanCrossEntropy } from '../../nn/losses.ts'
import { networkOf, readout, stateNames, traceNetwork, type Network, type Weights } from '../../nn/network.ts'
import { seedWords } from '../../nn/initialise.ts'
import type { Executable } from '../../run/executor.ts'
import { readCorpus, type Corpus } from '../corpus.ts'
import { fillCover, fillWindow, planCover, planStreams, shuffled } from '../streams.ts'
import { vocabularyOf } from '../vocabulary.ts'
import type { Evaluation, Task } from './task.ts'

/** Above this many symbols the share of right guesses is not computed: it would double the memory of the outputs. */
const maxAccuracySymbols = 512

export const textNetwork = (model: RunConfig['model'], symbols: number): Network =>
  networkOf(model, { symbols, outputs: symbols, outputBias: true })

/** `vocabulary`: symbols of a checkpoint to go on from. Throws E_DATA_*, E_VOCAB_MAX, E_CONFIG_DATA, E_MODEL_MISMATCH. */
export function textTask(config: RunConfig, text: string, vocabulary?: readonly string[]): Task {
  const data = config.data as TextData
  const corpus = readCorpus(text, data, vocabulary && vocabularyOf(data.unit, [...vocabulary]))
  if (vocabulary) checkKnown(corpus, vocabulary)
  const symbols = corpus.vocabulary.symbols.length
  const network = textNetwork(config.model, symbols)
  const { bptt } = config.train
  if (bptt === 'full') {
    throw new UnrollError(
      'E_CONFIG_DATA',
      'train.bptt: "full" is for tasks of whole sequences (series, addition); for a text take truncated, online or windows.',
      { path: 'train.bptt' },
    )
  }
  const parts =
    bptt === 'windows' ? windowsTask(config, corpus, network) : streamsTask(config, corpus, network)
  return {
    network,
    vocabulary: corpus.vocabulary.symbols,
    symbols: { train: corpus.train.length, validation: corpus.validation.length },
    warnings: corpus.warnings,
    samples: true,
    stepsPerRun: 1,
    ...parts,
  }
}

function checkKnown(corpus: Corpus, vocabulary: readonly string[]): void {
  const missing = corpus.train.includes(-1) || corpus.validation.includes(-1)
  if (missing) {
    throw new UnrollError(
      'E_MODEL_MISMATCH',
      `data.dataset: this text has symbols that the checkpoint's vocabulary of ${vocabulary.length} lacks. Choose a text with the same symbols, or start a new run.`,
      { path: 'data.dataset' },
    )
  }
}

type Parts = Pick<Task, 'stepsPerEpoch' | 'symbolsPerStep' | 'graph' | 'feed' | 'evaluation'>

const short = (have: number, need: number, what: string) =>
  new UnrollError(
    'E_DATA_SHORT',
    `data.dataset: the training part has ${have} symbols; ${what} needs at least ${need}. Use a longer text or a shorter window.`,
    { path: 'train.window' },
  )

const carriedStates = (network: Network, batch: number): Node[] =>
  stateNames(network).map((name) => state(`carry.${name}`, [batch, network.hidden]))
const zeroStates = (network: Network, batch: number): Node[] =>
  stateNames(network).map(() => zeros([batch, network.hidden]))
const numbers = (size: number) => new Float64Array(size)

function streamsTask({ train }: RunConfig, corpus: Corpus, network: Network): Parts {
  const stride = train.bptt === 'online' ? 1 : train.stride || train.window
  const carry = (train.carry || train.bptt === 'online') && network.cell.state.length > 0
  const s = planStreams(corpus.train.length, train.batch, train.window, stride)
  if (corpus.train.length <= train.window)
    throw short(corpus.train.length, train.window + 1, `a window of ${train.window}`)
  if (s.windows < 1) {
    const most = Math.floor((corpus.train.length - 1) / train.window)
    throw new UnrollError(
      'E_CONFIG_DATA',
      `train.batch: ${train.batch} streams with windows of ${train.window} need ${train.batch * train.window + 1} symbols; the training part has ${corpus.train.length}. Use a batch of at most ${most} or a shorter window.`,
      { path: 'train.batch' },
    )
  }
  const ids = numbers(s.window * s.batch)
  const targets = numbers(stride * s.batch)
  const keep = numbers(1)
  return {
    stepsPerEpoch: s.windows,
    symbolsPerStep: stride * s.batch,
    graph(weights) {
      const x = input('ids', [s.window, s.batch])
      const y = input('targets', [stride, s.batch])
      const carried = carry ? carriedStates(network, s.batch) : []
      const kept = carry ? input('keep', []) : undefined
      const init = carry ? carried.map((c) => mul(c, kept!)) : zeroStates(network, s.batch)
      const trace = traceNetwork(network, weights, x, init, { keepStates: carry && stride < s.window })
      const after =
        stride < s.window
          ? trace.states.map((h) => reshape(slice(h, 0, stride - 1, 1), [s.batch, network.hidden]))
          : trace.final
      const logits = readout(network, weights, slice(trace.top, 0, s.window - stride, stride))
      return { loss: meanCrossEntropy(logits, y), carry: carried.map((c, i) => [c, after[i]!]) }
    },
    feed(executable, step) {
      const w = step % s.windows
      fillWindow(corpus.train, s, w, ids, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
      keep[0] = w === 0 ? 0 : 1
      if (carry) executable.write('keep', keep)
    },
    ...(corpus.validation.length > 0 && {
      evaluation: coverEvaluation(corpus, network, train.batch, Math.max(train.window, 32)),
    }),
  }
}

/** Sums of losses and of right guesses over outputs (..., V) and ids (...), negative ids left out. */
function sums(network: Network, logits: Node, ids: Node): Record<string, Node> {
  const loss = sum(crossEntropy(logits, ids))
  const given = ge(ids, 0)
  if (network.output.size > maxAccuracySymbols) return { loss, count: sum(given) }
  const axis = [ids.shape.length]
  const chosen = sum(mul(oneHot(ids, network.output.size), logits), axis)
  return { loss, count: sum(given), right: sum(mul(ge(chosen, maxOf(logits, axis)), given)) }
}

const textMetrics = (unit: 'char' | 'word') => ({ loss, count, right }: Record<string, number>): Record<string, number> => {
  const nats = loss! / count!
  return {
    'val/loss': nats,
    ...(unit === 'char' ? { 'val/bpc': nats / Math.LN2 } : { 'val/perplexity': Math.exp(nats) }),
    ...(right !== undefined && { 'val/accuracy': right / count! }),
  }
} // prettier-ignore

/** Every symbol of the validation part but the first is predicted once, in order, in parallel streams with a state of their own. */
function coverEvaluation(
  { validation, vocabulary }: Corpus,
  network: Network,
  batch: number,
  window: number,
): Evaluation {
  const s = planCover(validation.length, batch, window)
  const ids = numbers(s.window * s.batch)
  const targets = numbers(s.window * s.batch)
  return {
    runs: s.windows,
    graph(weights) {
      const x = input('ids', [s.window, s.batch])
      const y = input('targets', [s.window, s.batch])
      const keep = input('keep', [])
      const carried = carriedStates(network, s.batch)
      const trace = traceNetwork(network, weights, x, carried.map((c) => mul(c, keep))) // prettier-ignore
      return {
        outputs: sums(network, readout(network, weights, trace.top), y),
        carry: carried.map((c, i) => [c, trace.final[i]!]),
      }
    },
    feed(executable, run) {
      fillCover(validation, s, run, ids, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
      if (network.cell.state.length > 0) executable.write('keep', [run === 0 ? 0 : 1])
    },
    metrics: textMetrics(vocabulary.unit),
  }
}

function windowsTask({ train, seed }: RunConfig, corpus: Corpus, network: Network): Parts {
  const { window, batch } = train
  const count = corpus.train.length - window
  if (count < 1) throw short(corpus.train.length, window + 1, `a window of ${window}`)
  if (batch > count) {
    throw new UnrollError(
      'E_CONFIG_DATA',
      `train.batch: ${batch} is more than the ${count} windows of ${window} in the training part. Use a batch of at most ${count}.`,
      { path: 'train.batch' },
    )
  }
  const stepsPerEpoch = Math.floor(count / batch)
  const words = seedWords(seed)
  const last = (weights: Weights): { x: Node; y: Node; logits: Node } => {
    const x = input('ids', [window, batch])
    const trace = traceNetwork(network, weights, x, zeroStates(network, batch))
    const h = reshape(slice(trace.top, 0, window - 1, 1), [batch, network.hidden])
    return { x, y: input('targets', [batch]), logits: readout(network, weights, h) }
  }
  const ids = numbers(window * batch)
  const targets = numbers(batch)
  /** Window `from` in column b; -1 everywhere when there is none. */
  const fill = (text: Int32Array, b: number, from: number) => {
    const inside = from + window < text.length
    for (let t = 0; t < window; t++) ids[t * batch + b] = inside ? text[from + t]! : -1
    targets[b] = inside ? text[from + window]! : -1
  }
  const write = (executable: Executable) => {
    executable.write('ids', ids)
    executable.write('targets', targets)
  }
  const held = corpus.validation.length - window
  const evaluation: Evaluation = {
    runs: Math.ceil(held / batch),
    graph(weights) {
      const { y, logits } = last(weights)
      return { outputs: sums(network, logits, y), carry: [] }
    },
    feed(executable, run) {
      for (let b = 0; b < batch; b++) fill(corpus.validation, b, run * batch + b)
      write(executable)
    },
    metrics: textMetrics(corpus.vocabulary.unit),
  }
  return {
    stepsPerEpoch,
    symbolsPerStep: window * batch,
    graph(weights) {
      const { y, logits } = last(weights)
      return { loss: meanCrossEntropy(logits, y), carry: [] }
    },
    feed(executable, step) {
      const epoch = Math.floor(step / stepsPerEpoch)
      const first = (step % stepsPerEpoch) * batch
      for (let b = 0; b < batch; b++) fill(corpus.train, b, shuffled(first + b, count, words, epoch))
      write(executable)
    },
    ...(held > 0 && { evaluation }),
  }
}
