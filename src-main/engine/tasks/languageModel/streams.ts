// Language modelling over parallel streams of a text, read in order with carried states: truncated backpropagation through time, or an
// update after every symbol (online).
import { UnrollError } from '../../../contract/errors.ts'
import type { Node } from '../../graph/node.ts'
import { input, mul, slice } from '../../graph/ops.ts'
import { readout } from '../../nn/ends.ts'
import { freeRunning, ownInputs } from '../../nn/forcing.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { atStep } from '../../nn/overTime.ts'
import { professorGraph } from '../../nn/professor.ts'
import {
  carriedStates,
  outputsOf,
  penalised,
  statisticUpdates,
  traceNetwork,
  zeroStates,
  type Trace,
} from '../../nn/trace.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { Corpus } from './corpus.ts'
import type { TextData } from './data.ts'
import { fillWindow, planStreams } from '../../data/streams.ts'
import { unknownId } from '../../data/vocabulary.ts'
import { ignoreUnknownTargets, tooShort, trainedLoss, weightWriter, type Parts } from './losses.ts'
import { textValidation } from './validation.ts'

const numbers = (size: number) => new Float64Array(size)

/** The parts of a task that reads the text in streams. Throws E_DATA_SHORT, and E_CONFIG_DATA for a batch that is too large. */
export function streamsTask(config: ConfigOf<TextData>, corpus: Corpus, network: SequenceNetwork): Parts {
  const { train, forcing } = config
  const stride = train.bptt === 'online' ? 1 : train.stride || train.window
  const carry = (train.stateful || train.bptt === 'online') && network.cell.state.length > 0
  const s = planStreams(corpus.symbols.train, train.batch, train.window, stride)
  if (corpus.symbols.train <= train.window)
    throw tooShort(corpus.symbols.train, train.window + 1, `a window of ${train.window}`)
  if (s.windows < 1) {
    const most = Math.floor((corpus.symbols.train - 1) / train.window)
    throw new UnrollError(
      'E_CONFIG_DATA',
      `train.batch: ${train.batch} streams with windows of ${train.window} need ${train.batch * train.window + 1} symbols; the training part has ${corpus.symbols.train}. Use a batch of at most ${most} or a shorter window.`,
      { path: 'train.batch' },
    )
  }
  const ids = numbers(s.window * s.batch)
  const targets = numbers(stride * s.batch)
  const keep = numbers(1)
  const writeWeights = weightWriter(train, corpus)
  const unknown = unknownId(corpus.vocabulary)
  const evaluation = textValidation(config, corpus, network)
  return {
    stepsPerEpoch: s.windows,
    symbolsPerStep: stride * s.batch,
    graph(weights, _bucket, perturb) {
      const x = input('ids', [s.window, s.batch])
      const y = input('targets', [stride, s.batch])
      const carried = carry ? carriedStates(network, s.batch) : []
      const kept = carry ? input('keep', []) : undefined
      const init = carry ? carried.map((c) => mul(c, kept!)) : zeroStates(network, s.batch)
      const own = ownInputs(forcing, s.window, s.batch, unknown)
      const trace = traceNetwork(network, weights, x, init, {
        keepStates: carry && stride < s.window,
        training: true,
        perturb,
        ...(own && { own }),
      })
      const after = stride < s.window ? trace.states.map((stack) => atStep(stack, stride - 1)) : trace.final
      const late = (stack: Node) => slice(stack, 0, s.window - stride, stride)
      const logits = trace.logits ? late(trace.logits) : readout(network, weights, late(trace.features))
      const plain = trainedLoss(train, corpus, logits, y)
      const loss = penalised(plain.loss, trace)
      const carries = carried.map((c, i): [Node, Node] => [c, after[i]!])
      const graph = {
        ...plain,
        loss,
        carry: [...carries, ...statisticUpdates(weights, trace)],
        traced: [{ network, trace }],
      }
      if (forcing.mode !== 'professor') return graph
      const free = traceNetwork(network, weights, x, init, {
        training: true,
        own: freeRunning(forcing, s.window, s.batch, unknown),
      })
      const behaviour = (of: Trace) => ({ features: of.features, logits: outputsOf(network, weights, of) })
      const reading = stride < s.window ? behaviour(trace) : { features: trace.features, logits }
      return { ...graph, ...professorGraph(network, weights, forcing, loss, reading, behaviour(free)) }
    },
    feed(executable, step) {
      const w = step % s.windows
      fillWindow(corpus.train, s, w, ids, targets)
      ignoreUnknownTargets(corpus, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
      writeWeights(executable, targets)
      keep[0] = w === 0 ? 0 : 1
      if (carry) executable.write('keep', keep)
    },
    ...(evaluation && { evaluation }),
  }
}
