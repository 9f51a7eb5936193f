// All layers in one scan: for coupled cells, cells with output feedback, and networks that read their own outputs (free running, scheduled
// sampling). Input products stay inside this loop.
import { layerKey } from '../../contract/layerPath.ts'
import type { StepOutput, StepContext } from '../cells/cell.ts'
import { sameShape, type Node } from '../graph/node.ts'
import { add, concat, gather, mul, reshape, select, zeros } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import { attendAll, attentionalOutput, attentionOver, type Context } from './attention.ts'
import { classLogits, inputLayer, outputModule, readout, activated, throughHead } from './ends.ts'
import { interventionScan } from './intervene.ts'
import { signalKey, weightPrefix } from './model.ts'
import type { SequenceNetwork } from './network.ts'
import { activityPenalty, dropInput, maskStream, linkBelow } from './regularise.ts'
import { atStep } from './overTime.ts'
import { namedStates, ownWeights, stepOf } from './step.ts'
import type { SequenceTraceOptions, Trace } from './trace.ts'
import type { Weights } from './weights.ts'

/** traceNetwork with one scan over all layers. Not for bidirectional and subsampled networks. */
export function traceJointScan(
  network: SequenceNetwork,
  weights: Weights,
  x: Node,
  init: readonly Node[],
  options: SequenceTraceOptions,
): Trace {
  const { cell, layers, regular } = network
  const training = options.training ?? false
  const batch = x.shape[1]!
  const column = options.mask && reshape(options.mask, [...options.mask.shape, 1])
  const own = layers.map(({ scans }) => ownWeights(weights, scans[0].owner))
  const flat = x.shape.length === 2
  const perturbations = perturbationsOf(network, options, x.shape[0]!, batch)
  const truth = options.own && (flat ? reshape(options.own.truth, [x.shape[0]!, batch]) : options.own.truth)
  const added = layers.map(({ scans: [{ path }], hidden }) =>
    interventionScan(options.intervene?.(path, [x.shape[0]!, batch, hidden]) ?? []),
  )
  const ahead = [x, ...(column ? [column] : []), ...(truth ? [truth] : []), ...perturbations.values()]
  const watched = layers.flatMap(({ scans: [{ path }] }) =>
    cell.signals.filter((s) => options.watch?.(path, s.id)).map((s) => ({ path, id: s.id })),
  )
  let counted: { layer: number; name: string }[] = []
  const answers = options.own !== undefined || cell.outputFeedback !== undefined
  const { attention } = network
  const attend = attention && attentionOver(attention, weights, options.attended!)
  const readsContext = attention?.kind === 'additive'
  /** Output of the top layer and h of all layers, (..., H) each -> input of the attention or the hidden layer before the output. */
  const handedOn = (handed: Node, outputs: readonly Node[]): Node => {
    const read = cell.coupled ? outputModule(weights, outputs) : handed
    return training
      ? dropInput(regular, maskStream(layers.length, false, options.masks), 'output', read)
      : read
  }
  const { beam } = options
  const first = options.own ? [zeros(x.shape.slice(1)), ...(beam?.init ?? [])] : []
  const xs = [...ahead, ...added.flatMap((part) => part.xs)]
  const holds = added.flatMap((part) => part.init)
  const result = scan({ xs, init: [...init, ...first, ...holds] }, (slots, values) => {
    const [xt, ...rest] = slots.slice(0, ahead.length) as [Node, ...Node[]]
    const later = slots.slice(ahead.length)
    const lasts = values.slice(init.length + first.length)
    const interventions = added.map((part) =>
      part.at(later.splice(0, part.xs.length), lasts.splice(0, part.init.length)),
    )
    const mask = column && rest.shift()!
    const taken = truth && rest.shift()!
    let from = 0
    const before = layers.map((layer) => {
      const to = from + layer.states.length
      const named = namedStates(layer, values.slice(from, to))
      from = to
      return named
    })
    const seen = taken ? select(taken, xt, values[from]!) : xt
    let below = inputLayer(network, weights, seen, options)
    let context: Context | undefined
    if (readsContext) {
      context = attend!(queryOf(before.at(-1)!))
      below = concat([below, context.context], -1)
    }
    const made: StepOutput[] = []
    layers.forEach((layer, index) => {
      const stream = maskStream(index, false, options.masks)
      const cut = training && (index > 0 || network.input.kind !== 'onehot')
      const read = cut ? dropInput(regular, stream, linkBelow(index, layers.length), below) : below
      const at: StepContext = {
        training,
        reverse: false,
        ...(mask && { mask }),
        ...(cell.coupled && before[index + 1] && { above: before[index + 1]! }),
        ...(cell.coupled &&
          index > 0 && { below: { ...made[index - 1]!.signals, ...made[index - 1]!.state } }),
      }
      const early = earlyPart(network, own[index]!, mask ? mul(read, mask) : read, before[index]!, at)
      const after = stepOf(
        { network, scan: layer.scans[0].path, stream, own: own[index]! },
        early.x,
        before[index]!,
        at,
        rest[index],
        interventions[index],
      )
      made.push({ ...after, state: { ...after.state, ...early.state } })
      const h = after.signals.h
      below = network.residual && index > 0 && sameShape(h.shape, below.shape) ? add(h, below) : h
    })
    const outputs = made.map((m) => m.signals.h)
    const output = answers ? handedOn(below, outputs) : below
    if (answers && attend) context ??= attend(output)
    const attentional =
      answers && attention ? attentionalOutput(attention, weights, output, context!.context) : output
    const features = answers ? throughHead(network, weights, attentional) : below
    const logits = answers ? readout(network, weights, features) : undefined
    if (cell.outputFeedback) {
      const y = activated(network, logits!)
      made.forEach(({ state }, i) => {
        state[cell.outputFeedback!] = mask ? select(mask, y, before[i]![cell.outputFeedback!]!) : y
      })
    }
    counted = training
      ? made.flatMap((m, layer) => Object.keys(m.statistics ?? {}).map((name) => ({ layer, name })))
      : []
    const state = layers.flatMap((layer, i) => layer.states.map(({ name }) => made[i]!.state[name]!))
    const ys = [
      features,
      ...outputs,
      ...(context ? [context.weights, ...(answers ? [] : [context.context])] : []),
      ...(options.keepStates ? state : []),
      ...watched.map(({ path, id }) => made[path.index]!.signals[id]!),
      ...counted.map(({ layer, name }) => made[layer]!.statistics![name]!),
      ...(logits ? [logits] : []),
    ]
    if (beam) {
      const {
        symbols,
        parents,
        next,
        ys: searched,
      } = beam.step(classLogits(network, logits!), values.slice(init.length + 1))
      return { state: [...state.map((s) => gather(s, parents)), symbols, ...next], ys: [...ys, ...searched] }
    }
    return {
      state: [
        ...state,
        ...(options.own ? [options.own.pick(classLogits(network, logits!))] : []),
        ...added.flatMap((part, index) => part.next(made[index]!)),
      ],
      ys,
    }
  })
  let at = 0
  const next = (count: number) => result.ys.slice(at, (at += count))
  const [handed] = next(1) as [Node]
  const outputs = next(layers.length)
  const [alignments] = next(attend && (answers || readsContext) ? 1 : 0)
  const [contexts] = next(readsContext && !answers ? 1 : 0)
  const ended: Pick<Trace, 'features' | 'alignments'> = {
    features: handed,
    ...(alignments && { alignments }),
  }
  if (!answers) {
    ended.features = handedOn(handed, outputs)
    if (contexts) ended.features = attentionalOutput(attention!, weights, ended.features, contexts)
    else if (attention) attendAll(attention, weights, ended, options.attended!)
    ended.features = throughHead(network, weights, ended.features)
  }
  const states = next(options.keepStates ? init.length : 0)
  const signals = next(watched.length)
  const stacked = next(counted.length)
  const [logits] = next(answers ? 1 : 0)
  const searched = next(result.ys.length - at)
  const statistics = new Map<string, Node>()
  layers.forEach(({ scans: [{ owner }] }, layer) => {
    const mine = counted.flatMap((c, i) => (c.layer === layer ? [[c.name, stacked[i]!] as const] : []))
    if (!training || !cell.statistics) return
    const values = cell.statistics(own[layer]!, Object.fromEntries(mine), network.options)
    for (const [name, node] of Object.entries(values)) statistics.set(`${weightPrefix(owner)}${name}`, node!)
  })
  const masked = outputs.map((h) => ({ h, mask: options.mask }))
  const penalty =
    training && regular.activityRegularization > 0
      ? activityPenalty(regular.activityRegularization, masked)
      : undefined
  return {
    ...ended,
    mask: options.mask,
    masks: layers.map(() => options.mask),
    final: result.state.slice(0, init.length),
    finalReverse: [],
    states,
    signals: new Map(watched.map(({ path, id }, i) => [signalKey(path, id), signals[i]!])),
    perturbations,
    penalty,
    statistics,
    held: result.state.slice(init.length + first.length),
    ...(logits && { logits }),
    ...(beam && { searched }),
  }
}

/** The query of additive attention: h before the step, or the first state of cells without one. */
const queryOf = (state: Readonly<Record<string, Node>>): Node => state.h ?? Object.values(state)[0]!

/** Perturbations by key of the layer; empty without `perturb`. */
function perturbationsOf(
  { layers }: SequenceNetwork,
  { perturb }: SequenceTraceOptions,
  steps: number,
  batch: number,
): Map<string, Node> {
  if (!perturb) return new Map()
  return new Map(
    layers.map(({ scans: [{ path }], hidden }) => [layerKey(path), perturb(path, [steps, batch, hidden])]),
  )
}

/** The cell's computation before its loop, for one step: x (B, I) -> x (B, any) and the states that `before` computes. */
function earlyPart(
  { cell, options }: SequenceNetwork,
  own: Record<string, Node>,
  x: Node,
  before: Record<string, Node>,
  at: StepContext,
): { x: Node; state: Record<string, Node> } {
  if (!cell.before) return { x, state: {} }
  const early = cell.before(own, reshape(x, [1, ...x.shape]), before, options, at)
  const state = Object.entries(early.states).flatMap(([name, stack]) =>
    stack ? [[name, atStep(stack, 0)]] : [],
  )
  return { x: atStep(early.x, 0), state: Object.fromEntries(state) as Record<string, Node> }
}
