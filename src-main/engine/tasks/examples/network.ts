// The network for a problem of examples, and its trace: a stack with one answer or an answer per step, or an encoder whose final states
// initialise a decoder. Contains no losses and no data.
import type { Options } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { Weight } from '../../cells/cell.ts'
import type { Node } from '../../graph/node.ts'
import { without } from '../../graph/argmax.ts'
import { constant } from '../../graph/ops.ts'
import type { Attended } from '../../nn/attention.ts'
import { beamSearch, repeatColumns, repeatRows, type BeamOptions, type BeamRecord } from '../../nn/beam.ts'
import { bridge, bridgeWeights } from '../../nn/bridge.ts'
import { readout } from '../../nn/ends.ts'
import { freeRunning, ownInputs, type Forcing } from '../../nn/forcing.ts'
import { fittingLoss, type LossName } from '../../nn/losses.ts'
import type { Perturb } from '../../nn/model.ts'
import { networkOf, refuseLookingAhead, type NetworkSizes, type SequenceNetwork } from '../../nn/network.ts'
import { withProfessor, type Behaviour } from '../../nn/professor.ts'
import type { TracedPart } from '../../nn/stepGraph.ts'
import { pool, poolWeights, type Pooling } from '../../nn/pool.ts'
import {
  outputsOf,
  statisticUpdates,
  traceNetwork,
  zeroStates,
  type SequenceTraceOptions,
  type Trace,
} from '../../nn/trace.ts'
import { within, type Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import type { Shape } from './example.ts'
import { numberOutputs } from './numbers.ts'

export interface ExampleNetwork extends SequenceNetwork {
  pooling: Pooling
  /** Encoder of a pair; its weights are also this network's, named with the prefix `encoder.`. */
  encoder?: SequenceNetwork
}

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The loss function for this kind of output; throws E_CONFIG_DATA if the configured one does not fit. */
export const lossFor = ({ train }: Options<'train'>, { output }: Shape): LossName =>
  fittingLoss(train.loss, output.kind === 'number' && output.quantiles ? 'distribution' : output.kind)

const withoutReadout = (network: SequenceNetwork): SequenceNetwork => ({
  ...network,
  weights: new Map([...network.weights].filter(([name]) => !name.startsWith('readout.'))),
})

/** The network of a configuration for a problem's shape; throws E_CONFIG_DATA if they are incompatible. */
export function exampleNetwork(
  config: Options<'model' | 'train' | 'regularization' | 'forcing'>,
  shape: Shape,
): ExampleNetwork {
  const { model, regularization, forcing } = config
  const { topology, output } = shape
  const loss = lossFor(config, shape)
  const outputs =
    output.kind === 'classes' ? output.count : output.kind === 'number' ? numberOutputs(loss, output) : 1
  const activation = output.kind === 'number' ? 'none' : loss === 'crossentropy' ? 'softmax' : 'sigmoid'
  const { words } = shape
  const outputLayer = { outputs, outputBias: true, activation, words } satisfies Omit<NetworkSizes, 'symbols'>
  const from =
    'channels' in shape.input ? { symbols: 0, dense: shape.input.channels } : { symbols: shape.input.symbols }
  if (topology !== 'one' && model.pooling !== 'last')
    throw refuse(
      'model.pooling',
      `pooling needs a single answer per sequence, which this task does not have; set it to last.`,
    )
  if (shape.predictsNext) refuseLookingAhead(model)
  if (topology === 'each' && model.subsample > 1)
    throw refuse('model.subsample', 'this task has an answer at every step; set it to 1.')
  if (topology === 'one' && model.pooling === 'last' && model.bidirectional && model.hiddenReadout > 0)
    throw refuse(
      'model.pooling',
      'the last step differs between the two directions, and the hidden layer before the output mixes them; take mean, max or attention, or set model.hiddenReadout to 0.',
    )
  if (topology !== 'pair') {
    const network = networkOf(model, { ...from, ...outputLayer }, regularization)
    const pooled = topology === 'one' ? poolWeights(model.pooling, network.features) : []
    return { ...network, pooling: model.pooling, weights: new Map([...network.weights, ...pooled]) }
  }
  const encoder = withoutReadout(
    networkOf(
      { ...model, hiddenReadout: 0 },
      { ...from, words, outputs: 1, outputBias: false },
      regularization,
    ),
  )
  if (encoder.cell.outputFeedback)
    throw refuse(
      'model.cell',
      `a ${encoder.cell.title} reads outputs, and an encoder has none; take another cell.`,
    )
  const decoder = networkOf(
    { ...model, bidirectional: false, subsample: 1 },
    { symbols: outputs, ...outputLayer, encoded: encoder.features },
    regularization,
  )
  const weights = new Map<string, Weight>([
    ...[...encoder.weights].map(([name, weight]) => [`encoder.${name}`, weight] as const),
    ...bridgeWeights(encoder, decoder),
    ...decoder.weights,
  ])
  return { ...withProfessor({ ...decoder, weights }, forcing), pooling: model.pooling, encoder }
}

/** Logits, (B, O) for one answer, else (T, B, O), and the traces that they come from, each with its weights. */
export interface Outputs {
  logits: Node
  traces: (TracedPart & { trace: Trace; weights: Weights })[]
  /** Of a pair with professor forcing: the decoder with teacher forcing, and free-running from the same initial state. */
  behaviour?: { reading: Behaviour; free: Behaviour }
}

/** Inputs of a trace: `x` as in traceNetwork, `mask` (T, B); of a pair also `previous` and `answerMask` (A, B), see Inputs. */
export interface TraceInputs {
  x: Node
  mask: Node | undefined
  previous?: Node | undefined
  answerMask?: Node | undefined
}

/** Traces the network over examples; with `forcing`, the decoder of a pair also reads its own predictions, which are never `unknown`. */
export function traceExamples(
  network: ExampleNetwork,
  shape: Pick<Shape, 'topology'>,
  weights: Weights,
  { x, mask, previous, answerMask }: TraceInputs,
  training: boolean,
  {
    perturb,
    forcing,
    unknown = -1,
  }: { perturb?: Perturb | undefined; forcing?: Forcing; unknown?: number } = {},
): Outputs {
  const reading = { training, perturb, ...(mask && { mask }) }
  if (!network.encoder) {
    const one = shape.topology === 'one'
    const last = one && network.pooling === 'last'
    const trace = traceNetwork(network, weights, x, zeroStates(network, x.shape[1]!), {
      ...reading,
      last,
    })
    const logits = one
      ? readout(network, weights, pool(network.pooling, network, weights, trace))
      : outputsOf(network, weights, trace)
    return { logits, traces: [{ network, trace, weights }] }
  }
  const encoded = traceEncoder(network, weights, x, reading)
  const start = bridge(network, weights, encoded.trace)
  const own = forcing && ownInputs(forcing, previous!.shape[0]!, previous!.shape[1]!, unknown)
  const decoding = { training, attended: attendedOf(encoded.trace), ...(answerMask && { mask: answerMask }) }
  const trace = traceNetwork(network, weights, previous!, start, {
    ...decoding,
    perturb,
    ...(own && { own }),
  })
  const logits = outputsOf(network, weights, trace)
  const made = { logits, traces: [encoded, { network, trace, weights }] }
  if (forcing?.mode !== 'professor') return made
  const [steps, batch] = previous!.shape as [number, number]
  const freeTrace = traceNetwork(network, weights, previous!, start, {
    ...decoding,
    own: freeRunning(forcing, steps, batch, unknown),
  })
  const free = { features: freeTrace.features, logits: outputsOf(network, weights, freeTrace) }
  return { ...made, behaviour: { reading: { features: trace.features, logits }, free } }
}

/** Logits (B, O) of one answer per sequence, outside of training. */
export const answerLogits = (network: ExampleNetwork, weights: Weights, inputs: TraceInputs): Node =>
  traceExamples(network, { topology: 'one' }, weights, inputs, false).logits

function traceEncoder(
  { encoder }: ExampleNetwork,
  weights: Weights,
  x: Node,
  options: Pick<SequenceTraceOptions, 'training' | 'mask' | 'perturb'>,
) {
  const own = within(weights, 'encoder.')
  // Another random stream than the decoder's, so that dropout masks differ.
  const trace = traceNetwork(encoder!, own, x, zeroStates(encoder!, x.shape[1]!), { ...options, masks: 2 })
  return { part: 'encoder', network: encoder!, trace, weights: own }
}

/** Updates of the running statistics of all traces. */
export const statisticsOf = ({ traces }: Outputs): [state: Node, next: Node][] =>
  traces.flatMap(({ trace, weights }) => statisticUpdates(weights, trace))

const attendedOf = ({ features, mask }: Trace): Attended => ({ values: features, mask })

/** Input of a decoding: `x` and `mask` as in traceExamples, the steps A of the output, and the symbol that is never an output (-1: none). */
export interface Decoding {
  x: Node
  mask: Node | undefined
  steps: number
  unknown: number
}

/**
 * Greedy decoding of a pair: logits (A, B, O), each step reading the argmax before it, the logit of `unknown` below all others; with attention
 * the alignments (A, S, B).
 */
export function traceGreedy(
  network: ExampleNetwork,
  weights: Weights,
  { x, mask, steps, unknown }: Decoding,
): { logits: Node; alignments?: Node } {
  const batch = x.shape[1]!
  const { trace } = traceEncoder(network, weights, x, { training: false, ...(mask && { mask }) })
  const start = bridge(network, weights, trace)
  const own = freeRunning({ ownSymbol: 'argmax' }, steps, batch, unknown)
  const attended = attendedOf(trace)
  const run = traceNetwork(network, weights, constant(-1, [steps, batch]), start, { own, attended })
  const logits = without(outputsOf(network, weights, run), unknown)
  return { logits, ...(run.alignments && { alignments: run.alignments }) }
}

/** Beam search of a pair over N = B * width columns: what beamPaths reads, (A, N) each; with attention the alignments (A, S, N). */
export function traceBeam(
  network: ExampleNetwork,
  weights: Weights,
  { x, mask, steps, unknown }: Decoding,
  options: BeamOptions,
): { symbols: Node; parents: Node; totals: Node; alignments?: Node } {
  const { trace } = traceEncoder(network, weights, x, { training: false, ...(mask && { mask }) })
  const { width } = options
  const batch = x.shape[1]!
  const start = bridge(network, weights, trace).map((state) => repeatRows(state, width))
  const attended = {
    values: repeatColumns(trace.features, width),
    mask: trace.mask && repeatColumns(trace.mask, width),
  }
  const run = traceNetwork(network, weights, constant(-1, [steps, batch * width]), start, {
    own: freeRunning({ ownSymbol: 'argmax' }, steps, batch * width, unknown),
    beam: beamSearch(options, batch, network.output.size, unknown),
    attended,
  })
  const [symbols, parents, totals] = run.searched as [Node, Node, Node]
  return { symbols, parents, totals, ...(run.alignments && { alignments: run.alignments }) }
}

/** What a program with the outputs of traceBeam recorded. */
export function beamRecordOf(executable: Executable): BeamRecord {
  const read = (name: string) => executable.read(name)
  const columns = executable.program.slots.get('symbols')!.shape[1]!
  return { columns, symbols: read('symbols'), parents: read('parents'), totals: read('totals') }
}
