// The graph of a network over (T, B). Each layer is a scan of its own, so the products of its inputs are one large product outside the
// loop. Coupled cells, output feedback and free running need all layers at every step: jointScan.ts.
import { layerKey } from '../../contract/layerPath.ts'
import { append } from '../../contract/longLists.ts'
import type { StepContext } from '../cells/cell.ts'
import { sameShape, type Node } from '../graph/node.ts'
import { add, concat, mul, reshape, state, zeros } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import { attendAll, type Attended } from './attention.ts'
import type { Beam } from './beam.ts'
import { inputLayer, readout, throughHead } from './ends.ts'
import { interventionScan } from './intervene.ts'
import { traceJointScan } from './jointScan.ts'
import { signalKey, weightPrefix, type LayerScan, type ModelTrace, type TraceOptions } from './model.ts'
import { stateShapes, type Layer, type SequenceNetwork } from './network.ts'
import { activityPenalty, dropInput, maskStream, linkBelow, type LayerOutput } from './regularise.ts'
import { preActivation, preActivationsOf } from './preActivations.ts'
import { inWindows, lastOf, lastOutput, maskOfWindows } from './overTime.ts'
import { namedStates, ownWeights, stepOf } from './step.ts'
import type { Weights } from './weights.ts'

export interface SequenceTraceOptions extends TraceOptions {
  /** Whether to return the states after every step. */
  keepStates?: boolean
  /** (T, B): 1 inside a sequence, 0 in the padding, where states keep their value and outputs are 0; the reverse direction starts at the last symbol. */
  mask?: Node
  /** Index of the set of random masks; default 0. */
  masks?: number
  /** Only the last step of each sequence is used: `features` is (1, B, D), and the layers after the recurrent ones run on it alone. */
  last?: boolean
  /** Free running: the network reads its own output where `truth` (T, B, 1) is 0; `pick` maps logits (B, O) to the next x (B, ...). */
  own?: { truth: Node; pick: (logits: Node) => Node }
  /** The outputs of the encoder that a network with attention attends to. */
  attended?: Attended
  /** Beam search: as free running, where the columns of a sequence are its hypotheses; `own.pick` is not read. */
  beam?: Beam
}

/** With subsampling `features` and the masks have the steps of their layer. States are in the order of stateShapes. */
export interface Trace extends ModelTrace {
  /** Mask of `features`; undefined without padding. */
  mask: Node | undefined
  /** With `keepStates`: states after every step, (T, B, size). */
  states: Node[]
  /** Next values of the running statistics by weight name; filled in training. */
  statistics: Map<string, Node>
  /** Last values of held signals, in the order of the interventions of each scan. */
  held: Node[]
  /** With attention: the weights of each step over the S outputs of the encoder, (T, S, B). */
  alignments?: Node
  /** Of a beam search: what it records of each step. */
  searched?: Node[]
}

/** The graph of a network. x: ids (T, B), or numbers (T, B, size) for a dense input; init: initial states (B, size) in the order of stateShapes. */
export function traceNetwork(
  network: SequenceNetwork,
  weights: Weights,
  x: Node,
  init: readonly Node[],
  options: SequenceTraceOptions = {},
): Trace {
  const readsContext = network.attention?.kind === 'additive'
  if (network.cell.coupled || network.cell.outputFeedback || options.own || readsContext) {
    const trace = traceJointScan(network, weights, x, init, options)
    return options.last ? { ...trace, features: lastOutput(network, trace), mask: undefined } : trace
  }
  const { layers, regular } = network
  const training = options.training ?? false
  const outputs: LayerOutput[] = []
  const trace: Trace = {
    features: inputLayer(network, weights, x, options),
    mask: options.mask,
    masks: [],
    final: [],
    finalReverse: [],
    states: [],
    signals: new Map(),
    perturbations: new Map(),
    penalty: undefined,
    statistics: new Map(),
    held: [],
  }
  let from = 0
  layers.forEach((layer, index) => {
    const cut = training && (index > 0 || network.input.kind !== 'onehot')
    const link = linkBelow(index, layers.length)
    const below = cut
      ? dropInput(regular, maskStream(index, false, options.masks), link, trace.features)
      : trace.features
    const read = inWindows(below, network.subsample)
    if (trace.mask) trace.mask = maskOfWindows(trace.mask, network.subsample)
    trace.masks.push(trace.mask)
    const own = init.slice(from, (from += layer.states.length))
    const run = { network, weights, layer, x: read, mask: trace.mask, options, trace }
    const forward = traceDirection({ ...run, init: own, scan: layer.scans[0] })
    let [h] = forward.ys as [Node]
    append(trace.final, forward.final)
    append(trace.states, forward.states)
    const reverse = layer.scans[1]
    if (reverse) {
      const start = layer.states.map(({ size }) => zeros([h.shape[1]!, size]))
      const back = traceDirection({ ...run, init: start, scan: reverse })
      h = concat([h, back.ys[0]!], 2)
      append(trace.finalReverse, back.final)
    }
    outputs.push({ h, mask: trace.mask })
    const joins = network.residual && index > 0 && sameShape(h.shape, trace.features.shape)
    trace.features = joins ? add(h, trace.features) : h
  })
  if (options.last) Object.assign(trace, { features: lastOutput(network, trace), mask: undefined })
  if (training) {
    trace.features = dropInput(
      regular,
      maskStream(layers.length, false, options.masks),
      'output',
      trace.features,
    )
    if (regular.activityRegularization > 0)
      trace.penalty = activityPenalty(regular.activityRegularization, outputs)
  }
  if (network.attention) attendAll(network.attention, weights, trace, options.attended!)
  trace.features = throughHead(network, weights, trace.features)
  return trace
}

interface DirectionOfLayer {
  network: SequenceNetwork
  weights: Weights
  layer: Layer
  scan: LayerScan
  x: Node
  mask: Node | undefined
  options: SequenceTraceOptions
  init: readonly Node[]
  /** Receives signals, perturbations and running statistics. */
  trace: Trace
}

/** One layer in one direction: h (T, B, H) in ys[0], the final states, and with `keepStates` all states. */
function traceDirection({
  network,
  weights,
  layer,
  scan: { path, owner },
  x,
  mask,
  options,
  init,
  trace,
}: DirectionOfLayer) {
  const { cell } = network
  const reverse = path.direction === 'reverse'
  const own = ownWeights(weights, owner)
  const step = { network, scan: path, stream: maskStream(path.index, reverse, options.masks), own }
  const training = options.training ?? false
  const at: StepContext = { training, reverse }
  const column = mask && reshape(mask, [...mask.shape, 1])
  // Convolutions over time must not read padding.
  const before = cell.before?.(
    own,
    column ? mul(x, column) : x,
    namedStates(layer, init),
    network.options,
    at,
  )
  const perturbation = options.perturb?.(path, [...x.shape.slice(0, 2), layer.hidden])
  if (perturbation) trace.perturbations.set(layerKey(path), perturbation)
  const added = interventionScan(options.intervene?.(path, [...x.shape.slice(0, 2), layer.hidden]) ?? [])
  const ahead = [before?.x ?? x, ...(column ? [column] : []), ...(perturbation ? [perturbation] : [])]
  const early = before?.states ?? {}
  const moving = layer.states.filter(({ name }) => !early[name])
  const startOf = new Map(layer.states.map(({ name }, i) => [name, init[i]!]))
  const ids = cell.signals.map((s) => s.id)
  const wanted = [
    ...ids.filter((id) => options.watch?.(path, id)),
    ...ids.filter((id) => options.watchArgument?.(path, id)).map(preActivation),
  ]
  let watched: string[] = []
  const history = options.keepStates ? moving : []
  let statistics: string[] = []
  const result = scan(
    {
      xs: [...ahead, ...added.xs],
      init: [...moving.map(({ name }) => startOf.get(name)!), ...added.init],
      reverse,
    },
    (slots, values) => {
      const [xt, ...rest] = slots.slice(0, ahead.length) as [Node, ...Node[]]
      const state = Object.fromEntries(moving.map(({ name }, i) => [name, values[i]!]))
      const made = stepOf(
        step,
        xt,
        state,
        column ? { ...at, mask: rest[0]! } : at,
        perturbation && rest.at(-1)!,
        added.at(slots.slice(ahead.length), values.slice(moving.length)),
      )
      statistics = training ? Object.keys(made.statistics ?? {}) : []
      const recorded: Record<string, Node> = {
        ...made.signals,
        ...(options.watchArgument && preActivationsOf(made.signals)),
      }
      watched = wanted.filter((id) => recorded[id])
      const ys = [
        made.signals.h,
        ...history.map(({ name }) => made.state[name]!),
        ...watched.map((id) => recorded[id]!),
        ...statistics.map((name) => made.statistics![name]!),
      ]
      return { state: [...moving.map(({ name }) => made.state[name]!), ...added.next(made)], ys }
    },
  )
  const { ys } = result
  append(trace.held, result.state.slice(moving.length))
  const final = new Map(moving.map(({ name }, i) => [name, result.state[i]!]))
  const stacks = new Map(history.map(({ name }, i) => [name, ys[1 + i]!]))
  watched.forEach((id, i) => trace.signals.set(signalKey(path, id), ys[1 + history.length + i]!))
  const first = 1 + history.length + watched.length
  const stacked = Object.fromEntries(statistics.map((name, i) => [name, ys[first + i]!]))
  const next = training && cell.statistics ? cell.statistics(own, stacked, network.options) : {}
  for (const [name, node] of Object.entries(next))
    trace.statistics.set(`${weightPrefix(owner)}${name}`, node!)
  return {
    ys,
    final: layer.states.map(({ name }) =>
      early[name] ? lastOf(early[name], startOf.get(name)!, column, reverse) : final.get(name)!,
    ),
    states: options.keepStates ? layer.states.map(({ name }) => early[name] ?? stacks.get(name)!) : [],
  }
}

/** The loss plus the penalty of its trace. */
export const penalised = (loss: Node, { penalty }: Pick<ModelTrace, 'penalty'>): Node =>
  penalty ? add(loss, penalty) : loss

/** Updates of the running statistics, as [state, next] pairs. */
export const statisticUpdates = (weights: Weights, { statistics }: Trace): [state: Node, next: Node][] =>
  [...statistics].map(([name, next]) => [weights.get(name)!, next])

/** Zero initial states, (batch, size) each. */
export const zeroStates = (network: SequenceNetwork, batch: number): Node[] =>
  stateShapes(network).map(({ size }) => zeros([batch, size]))

/** Initial states that a program carries from run to run, (batch, size) each. */
export const carriedStates = (network: SequenceNetwork, batch: number): Node[] =>
  stateShapes(network).map(({ name, size }) => state(`carry.${name}`, [batch, size]))

/** Outputs before the output activation, (T, B, O). */
export const outputsOf = (
  network: SequenceNetwork,
  weights: Weights,
  { features, logits }: Pick<ModelTrace, 'features' | 'logits'>,
): Node => logits ?? readout(network, weights, features)
