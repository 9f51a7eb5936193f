// A network as a value: input layer, a stack of cells, readout; its weights by name, and its trace over (T, B). No values, no loss.
import type { ModelConfig } from '../../contract/config.ts'
import { cellById, cellOptions } from '../cells/index.ts'
import { uniformOver, type Cell, type Weight } from '../cells/cell.ts'
import { sameShape, type Node } from '../graph/node.ts'
import { add, gather, linear, oneHot } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import { activityPenalty, dropInput, dropRecurrent, noRegularisers, zoneOut, type Regularisers } from './regularise.ts' // prettier-ignore

export type InputLayer =
  | { kind: 'embedding'; symbols: number; size: number }
  | { kind: 'onehot'; symbols: number }
  | { kind: 'dense'; size: number }

export interface Network {
  /** With the states that its options need. */
  cell: Cell
  options: Record<string, unknown>
  hidden: number
  layers: number
  input: InputLayer
  output: { size: number; bias: boolean }
  /** Whether layers above the first add what they read to what they show. */
  residual: boolean
  regular: Regularisers
  /** All weights in the order of a checkpoint: `embedding.w`, `layers.0.w_ih` ..., `readout.w`. */
  weights: ReadonlyMap<string, Weight>
}

/** Lays a network out. `dense` is the number of input lines where symbols are not ids. */
export function networkOf(
  model: ModelConfig,
  sizes: { symbols: number; dense?: number; outputs: number; outputBias: boolean },
  regular: Regularisers = noRegularisers,
): Network {
  const found = cellById(model.cell)
  const options = cellOptions(found, model.options)
  const cell = { ...found, state: found.stateFor?.(options) ?? found.state }
  const { symbols, dense } = sizes
  const input: InputLayer = dense
    ? { kind: 'dense', size: dense }
    : model.input === 'onehot'
      ? { kind: 'onehot', symbols }
      : { kind: 'embedding', symbols, size: model.embedding }
  const weights = new Map<string, Weight>()
  if (input.kind === 'embedding') {
    weights.set('embedding.w', {
      shape: [symbols, input.size],
      role: 'embedding',
      gates: 1,
      start: { kind: 'normal', deviation: 1 },
    })
  }
  for (let layer = 0; layer < model.layers; layer++) {
    const below = layer > 0 ? model.hidden : input.kind === 'onehot' ? input.symbols : input.size
    const own = cell.weights({ input: below, hidden: model.hidden }, options)
    for (const [name, weight] of Object.entries(own))
      if (weight) weights.set(`layers.${layer}.${name}`, weight)
  }
  weights.set('readout.w', {
    shape: [sizes.outputs, model.hidden],
    role: 'readout',
    gates: 1,
    start: uniformOver(model.hidden),
  })
  if (sizes.outputBias) {
    weights.set('readout.b', {
      shape: [sizes.outputs],
      role: 'bias',
      gates: 1,
      start: { kind: 'blocks', values: [0] },
    })
  }
  return {
    cell,
    options,
    hidden: model.hidden,
    layers: model.layers,
    input,
    output: { size: sizes.outputs, bias: sizes.outputBias },
    residual: model.residual,
    regular,
    weights,
  }
}

export const parameterCount = (network: Network): number =>
  [...network.weights.values()].reduce((n, w) => n + w.shape.reduce((p, d) => p * d, 1), 0)

/** Names of the carried states, `0.h`, `0.c`, `1.h` ...: each (B, H). */
export const stateNames = ({ cell, layers }: Network): string[] =>
  Array.from({ length: layers }, (_, layer) => cell.state.map((name) => `${layer}.${name}`)).flat()

/** Weights as nodes, by full name. */
export type Weights = ReadonlyMap<string, Node>

export interface Trace {
  /** What the readout reads, (T, B, H): what the top layer shows, in training through dropout. */
  top: Node
  /** States after the last step, in the order of stateNames. */
  final: Node[]
  /** With `keepStates`: states after every step, (T, B, H), in the same order. */
  states: Node[]
  /** Signals that `watch` asked for, `layer.signal` -> (T, B, H). */
  signals: Map<string, Node>
  /** In training, if one is asked for: what is to be added to the loss. */
  penalty: Node | undefined
}

/** x: ids (T, B), or numbers (T, B, size) for a dense input; init: states (B, H) in the order of stateNames. Masks fall only in `training`. */
export function traceNetwork(
  network: Network,
  weights: Weights,
  x: Node,
  init: readonly Node[],
  look: { watch?: (layer: number, signal: string) => boolean; keepStates?: boolean; training?: boolean } = {},
): Trace {
  const { cell, options, layers, regular } = network
  const training = look.training ?? false
  const shown: Node[] = []
  const trace: Trace = {
    top: inputLayer(network.input, weights, x),
    final: [],
    states: [],
    signals: new Map(),
    penalty: undefined,
  }
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `layers.${layer}.`
    const own = Object.fromEntries(
      [...weights].flatMap(([name, node]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), node]] : [],
      ),
    )
    const watched = cell.signals.map((s) => s.id).filter((id) => look.watch?.(layer, id))
    const history = look.keepStates ? cell.state : []
    const from = layer * cell.state.length
    const below = trace.top
    const cut = training && (layer > 0 || network.input.kind !== 'onehot')
    const x = cut ? dropInput(regular, layer, below) : below
    const result = scan({ xs: [x], init: init.slice(from, from + cell.state.length) }, ([xt], before) => {
      const state = Object.fromEntries(cell.state.map((name, i) => [name, before[i]!]))
      const made = cell.step(own, xt!, state, options)
      const kept = training ? dropRecurrent(regular, layer, cell, state, made) : made
      const after = zoneOut(regular, layer, cell, state, kept, training)
      const ys = [
        after.signals.h!,
        ...history.map((name) => after.state[name]!),
        ...watched.map((id) => after.signals[id]!),
      ]
      return { state: cell.state.map((name) => after.state[name]!), ys }
    })
    const h = result.ys[0]!
    shown.push(h)
    trace.top = network.residual && layer > 0 && sameShape(h.shape, below.shape) ? add(h, below) : h
    trace.final.push(...result.state)
    trace.states.push(...result.ys.slice(1, 1 + history.length))
    watched.forEach((id, i) => trace.signals.set(`${layer}.${id}`, result.ys[1 + history.length + i]!))
  }
  if (training) {
    trace.top = dropInput(regular, layers, trace.top)
    if (regular.activityPenalty > 0) trace.penalty = activityPenalty(regular.activityPenalty, shown)
  }
  return trace
}

/** A loss with the penalty that its trace asks for. */
export const penalised = (loss: Node, { penalty }: Trace): Node => (penalty ? add(loss, penalty) : loss)

/** ids (...) or dense numbers (..., size) -> what the first layer reads, (..., I). */
export function inputLayer(input: InputLayer, weights: Weights, x: Node): Node {
  if (input.kind === 'embedding') return gather(weights.get('embedding.w')!, x)
  return input.kind === 'onehot' ? oneHot(x, input.symbols) : x
}

/** h (..., H) -> outputs before any squashing (..., V). */
export function readout(network: Network, weights: Weights, h: Node): Node {
  const product = linear(h, weights.get('readout.w')!)
  return network.output.bias ? add(product, weights.get('readout.b')!) : product
}
