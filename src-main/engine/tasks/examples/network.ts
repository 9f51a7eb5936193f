// The network for a problem of examples, and its trace: one stack with an answer at the end or at every step, or an encoder whose last
// states start a decoder. Losses and data are elsewhere.
import type { Options } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { Weight } from '../../cells/cell.ts'
import type { Node } from '../../graph/node.ts'
import { without } from '../../graph/argmax.ts'
import { constant } from '../../graph/ops.ts'
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
import type { Shape } from './example.ts'

export interface ExampleNetwork extends SequenceNetwork {
  pooling: Pooling
  /** Of a pair: what reads the first sequence; its weights are this network's with `encoder.` before their names. */
  encoder?: SequenceNetwork
}

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The loss that answers of this kind are learnt with; throws E_CONFIG_DATA on one that does not fit. */
export const lossFor = ({ train }: Options<'train'>, { output }: Shape): LossName =>
  fittingLoss(train.loss, output.kind)

const withoutEnds = (network: SequenceNetwork): SequenceNetwork => ({
  ...network,
  weights: new Map([...network.weights].filter(([name]) => !name.startsWith('readout.'))),
})

/** Lays the network out; throws E_CONFIG_DATA where topology and model exclude each other. */
export function exampleNetwork(
  config: Options<'model' | 'train' | 'regularization' | 'forcing'>,
  shape: Shape,
): ExampleNetwork {
  const { model, regularization, forcing } = config
  const { topology, output } = shape
  const outputs = output.kind === 'classes' ? output.count : output.kind === 'number' && output.stop ? 2 : 1
  const loss = lossFor(config, shape)
  const activation = output.kind === 'number' ? 'none' : loss === 'crossentropy' ? 'softmax' : 'sigmoid'
  const { words } = shape
  const ends = { outputs, outputBias: true, activation, words } satisfies Omit<NetworkSizes, 'symbols'>
  const from =
    'lines' in shape.input ? { symbols: 0, dense: shape.input.lines } : { symbols: shape.input.symbols }
  if (topology !== 'one' && model.pooling !== 'last')
    throw refuse('model.pooling', `there is no single answer per sequence here to pool for; set it to last.`)
  if (shape.next) refuseLookingAhead(model)
  if (topology === 'each' && model.subsample > 1)
    throw refuse('model.subsample', 'every step has an answer of its own here; set it to 1.')
  if (topology === 'one' && model.pooling === 'last' && model.bidirectional && model.hiddenReadout > 0)
    throw refuse(
      'model.pooling',
      'the last step is another one in each direction, and the hidden layer before the output mixes them; take mean, max or attention, or set model.hiddenReadout to 0.',
    )
  if (topology !== 'pair') {
    const network = networkOf(model, { ...from, ...ends }, regularization)
    const pooled = topology === 'one' ? poolWeights(model.pooling, network.features) : []
    return { ...network, pooling: model.pooling, weights: new Map([...network.weights, ...pooled]) }
  }
  const encoder = withoutEnds(
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
    { symbols: outputs, ...ends },
    regularization,
  )
  const weights = new Map<string, Weight>([
    ...[...encoder.weights].map(([name, weight]) => [`encoder.${name}`, weight] as const),
    ...bridgeWeights(encoder, decoder),
    ...decoder.weights,
  ])
  return { ...withProfessor({ ...decoder, weights }, forcing), pooling: model.pooling, encoder }
}

/** Outputs before squashing: (B, O) for one answer, else (T, B, O); and the traces behind them with the weights that they saw. */
export interface Outputs {
  logits: Node
  traces: (TracedPart & { trace: Trace; weights: Weights })[]
  /** Of a pair with professor forcing: the decoder as it read, and running free from the same start. */
  behaviour?: { reading: Behaviour; free: Behaviour }
}

/** What a trace reads: `x` as traceNetwork takes it, `mask` (T, B); of a pair `previous` and `inside` (A, B), see Inputs. */
export interface Read {
  x: Node
  mask: Node | undefined
  previous?: Node | undefined
  inside?: Node | undefined
}

/** With `forcing` the decoder of a pair also reads its own symbols, but for `unknown`. */
export function traceExamples(
  network: ExampleNetwork,
  shape: Shape,
  weights: Weights,
  { x, mask, previous, inside }: Read,
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
  const decoding = { training, ...(inside && { mask: inside }) }
  const trace = traceNetwork(network, weights, previous!, start, {
    ...decoding,
    perturb,
    ...(own && { own }),
  })
  const logits = outputsOf(network, weights, trace)
  const made = { logits, traces: [encoded, { network, trace, weights }] }
  if (forcing?.mode !== 'professor') return made
  const [steps, batch] = previous!.shape as [number, number]
  const alone = traceNetwork(network, weights, previous!, start, {
    ...decoding,
    own: freeRunning(forcing, steps, batch, unknown),
  })
  const free = { features: alone.features, logits: outputsOf(network, weights, alone) }
  return { ...made, behaviour: { reading: { features: trace.features, logits }, free } }
}

function traceEncoder(
  { encoder }: ExampleNetwork,
  weights: Weights,
  x: Node,
  options: Pick<SequenceTraceOptions, 'training' | 'mask' | 'perturb'>,
) {
  const own = within(weights, 'encoder.')
  // Random masks of its own, not those of the decoder.
  const trace = traceNetwork(encoder!, own, x, zeroStates(encoder!, x.shape[1]!), { ...options, masks: 2 })
  return { part: 'encoder', network: encoder!, trace, weights: own }
}

/** Next values of running statistics of all traces. */
export const statisticsOf = ({ traces }: Outputs): [state: Node, next: Node][] =>
  traces.flatMap(({ trace, weights }) => statisticUpdates(weights, trace))

/** The decoder of a pair on its own, the likeliest symbol but `unknown` at each of `steps` steps: outputs (A, B, O), that of `unknown` below all. */
export function traceGreedy(
  network: ExampleNetwork,
  weights: Weights,
  x: Node,
  mask: Node | undefined,
  steps: number,
  unknown: number,
): Node {
  const batch = x.shape[1]!
  const { trace } = traceEncoder(network, weights, x, { training: false, ...(mask && { mask }) })
  const start = bridge(network, weights, trace)
  const own = freeRunning({ ownSymbol: 'argmax' }, steps, batch, unknown)
  const run = traceNetwork(network, weights, constant(-1, [steps, batch]), start, { own })
  return without(outputsOf(network, weights, run), unknown)
}
