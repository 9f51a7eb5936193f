// The layout of a network over sequences: input layer, a stack of layers of one cell, an optional hidden layer, the output layer, and all
// weights by name. trace.ts builds its graph; this file has no graph nodes and no weight values.
import type { ModelConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { LayerPath } from '../../contract/layerPath.ts'
import { layerSizes } from '../../contract/shape.ts'
import { cellById, cellOptions } from '../cells/index.ts'
import { uniformOver, type Cell, type Weight } from '../cells/cell.ts'
import { attendedSize, attentionWeights, type Attention } from './attention.ts'
import { embeddingStart } from './initialise.ts'
import { weightPrefix, type InputLayer, type LayerScan, type Model, type ModelLayer } from './model.ts'
import { noRegularisers, type Regularisers } from './regularise.ts'

/** Activation function of the output layer, as the loss of the task applies it. */
export type OutputActivation = 'softmax' | 'sigmoid' | 'none'

export interface Layer extends ModelLayer {
  /** Input size; with subsampling, of all steps of a window together. */
  input: number
  /** The forward scan, and in a bidirectional network the reverse one. */
  scans: readonly [LayerScan, ...LayerScan[]]
  /** States of one scan. */
  states: readonly { name: string; size: number }[]
}

export interface SequenceNetwork extends Model {
  kind: 'sequence'
  /** Its `state` lists only the states that its options use. */
  cell: Cell
  options: Record<string, unknown>
  layers: readonly Layer[]
  /** Units of the tanh layer between the top recurrent layer and the output layer; 0: none. */
  head: number
  output: { size: number; bias: boolean; activation: OutputActivation }
  /** Input size of the output layer. */
  features: number
  /** Whether layers above the first add their input to their output. */
  residual: boolean
  bidirectional: boolean
  /** Input steps per output step of every layer. */
  subsample: number
  /** Of the decoder of a pair: its attention over the outputs of the encoder. */
  attention?: Attention
}

export const isSequenceNetwork = (model: Model): model is SequenceNetwork => model.kind === 'sequence'

export interface NetworkSizes {
  symbols: number
  /** Whether the symbols are words of examples, most of them rare; `model.embeddingInit` auto depends on it. */
  words?: boolean
  /** Input size of tasks whose inputs are numbers, not ids. */
  dense?: number
  outputs: number
  outputBias: boolean
  /** softmax when missing. */
  activation?: OutputActivation
  /** Size of the outputs of an encoder, which a network with `model.attention` attends to; undefined: there is no encoder. */
  encoded?: number
}

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The layout of a configuration's network. Throws E_CONFIG_UNKNOWN, E_CONFIG_RANGE, and E_CONFIG_DATA if the cell excludes an option such as bidirectional. */
export function networkOf(
  model: ModelConfig,
  sizes: NetworkSizes,
  regular: Regularisers = noRegularisers,
): SequenceNetwork {
  const found = cellById(model.cell)
  const options = cellOptions(found, model.options)
  const cell = { ...found, state: found.stateFor?.(options) ?? found.state }
  const { bidirectional, subsample } = model
  const together = cell.coupled || cell.outputFeedback
  if (together && bidirectional)
    throw refuse('model.bidirectional', `a ${cell.title} goes forward only; switch it off.`)
  if (together && subsample > 1)
    throw refuse('model.subsample', `layers of a ${cell.title} step together; set it to 1.`)
  const input = inputOf(model, sizes)
  if (regular.embeddingDropout > 0 && input.kind !== 'embedding')
    throw refuse(
      'regularization.embeddingDropout',
      'the input has no embedding here; set it to 0 or take an embedding as the input.',
    )
  if (regular.recurrentDropoutOn === 'candidate' && !cell.candidate)
    throw refuse(
      'regularization.recurrentDropoutOn',
      `a ${cell.title} has no candidate; take "state" or "auto".`,
    )
  const weights = new Map<string, Weight>()
  if (input.kind === 'embedding') {
    const start = embeddingStart(model, sizes.words ?? false)
    weights.set('embedding.w', {
      shape: [input.symbols, input.size],
      role: 'embedding',
      gates: 1,
      initializer: start,
    })
  }
  const layers: Layer[] = []
  const attention = attentionOf(model, sizes)
  let below = input.kind === 'onehot' ? input.symbols : input.size
  if (attention?.kind === 'additive') {
    if (cell.state.length === 0)
      throw refuse(
        'model.attention',
        `a ${cell.title} has no state that could be the query; take multiplicative.`,
      )
    below += attention.size
  }
  const units = layerSizes(model)
  for (const [index, hidden] of units.entries()) {
    const own = { input: below * subsample, hidden, outputs: sizes.outputs, above: units[index + 1] }
    const scans = scansOf(index, bidirectional)
    for (const scan of scans) {
      for (const [name, weight] of Object.entries(cell.weights(own, options)))
        if (weight) weights.set(`${weightPrefix(scan.owner)}${name}`, weight)
    }
    const special = cell.stateSize?.(own, options) ?? {}
    const states = cell.state.map((name) => ({ name, size: special[name] ?? hidden }))
    const outputSize = bidirectional ? 2 * hidden : hidden
    layers.push({ input: own.input, hidden, outputSize, scans, states })
    below = outputSize
  }
  if (cell.coupled) {
    const all = units.reduce((n, h) => n + h, 0)
    const matrix = (rows: number, columns: number): Weight => ({
      shape: [rows, columns],
      role: 'readout',
      gates: 1,
      initializer: uniformOver(columns),
    })
    weights.set('join.gate', matrix(units.length, all))
    below = cell.joinSize?.(options) || below
    units.forEach((hidden, l) => weights.set(`join.w_${l}`, matrix(below, hidden)))
  }
  const dense = (name: string, from: number, to: number, bias: boolean) => {
    weights.set(`${name}.w`, { shape: [to, from], role: 'readout', gates: 1, initializer: uniformOver(from) })
    const zero = { kind: 'blocks', values: [0] } as const
    if (bias) weights.set(`${name}.b`, { shape: [to], role: 'bias', gates: 1, initializer: zero })
  }
  if (attention) {
    // The query of additive attention is the state of the top layer, not the joint output of coupled layers.
    const query = attention.kind === 'additive' ? units.at(-1)! : below
    for (const [name, weight] of attentionWeights(attention, query)) weights.set(name, weight)
    below = attendedSize(attention, below)
  }
  if (model.hiddenReadout > 0) dense('head', below, model.hiddenReadout, true)
  const features = model.hiddenReadout || below
  dense('readout', features, sizes.outputs, sizes.outputBias)
  return {
    kind: 'sequence',
    cell,
    options,
    layers,
    input,
    head: model.hiddenReadout,
    output: { size: sizes.outputs, bias: sizes.outputBias, activation: sizes.activation ?? 'softmax' },
    features,
    residual: model.residual,
    bidirectional,
    subsample,
    ...(attention && { attention }),
    regular,
    weights,
  }
}

const attentionOf = ({ attention: kind }: ModelConfig, { encoded: size }: NetworkSizes) =>
  kind === 'none' || size === undefined ? undefined : { kind, size }

function scansOf(index: number, bidirectional: boolean): Layer['scans'] {
  const scan = (path: LayerPath): LayerScan => ({ path, owner: path })
  return bidirectional ? [scan({ index }), scan({ index, direction: 'reverse' })] : [scan({ index })]
}

function inputOf(model: ModelConfig, { symbols, dense }: NetworkSizes): InputLayer {
  if (dense) return { kind: 'dense', size: dense }
  return model.input === 'onehot'
    ? { kind: 'onehot', symbols }
    : { kind: 'embedding', symbols, size: model.embedding }
}

/** Throws E_CONFIG_DATA for options that a network that predicts the next symbol cannot have: bidirectional would show it the answer, subsampling has no output per symbol. */
export function refuseLookingAhead({ bidirectional, subsample }: ModelConfig): void {
  if (bidirectional)
    throw refuse(
      'model.bidirectional',
      'the next symbol is predicted here, and reading from the end would see it; switch it off.',
    )
  if (subsample > 1)
    throw refuse(
      'model.subsample',
      'every step has an answer of its own here; subsampling needs one answer per sequence. Set it to 1.',
    )
}

/** Carried states of the forward direction, `0.h`, `0.c`, `1.h` ...: each (B, size). The reverse direction starts from zeros. */
export const stateShapes = ({ layers }: SequenceNetwork): { name: string; size: number }[] =>
  layers.flatMap(({ states }, layer) => states.map(({ name, size }) => ({ name: `${layer}.${name}`, size })))
