// The interface that sequence and image networks share: layers of one cell between an input and an output layer, all weights by name, and
// the result of tracing one. network.ts and imageNetwork.ts make the layouts; traceModel.ts traces either.
import { layerKey, stepKey, type LayerPath } from '../../contract/layerPath.ts'
import type { Signal, Weight } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { zeros } from '../graph/ops.ts'
import type { Intervene } from './intervene.ts'
import type { Regularisers } from './regularise.ts'

export type InputLayer =
  | { kind: 'embedding'; symbols: number; size: number }
  | { kind: 'onehot'; symbols: number }
  | { kind: 'dense'; size: number }

/** One recurrence of a layer: a direction over time, or from one corner over an image. */
export interface LayerScan {
  path: LayerPath
  /** Path in the names of its weights: `path`, or that of the layer if all its scans share weights. */
  owner: LayerPath
}

export interface ModelLayer {
  /** Units of one scan. */
  hidden: number
  /** Output size: units of all scans concatenated, or of their sum. */
  outputSize: number
  scans: readonly LayerScan[]
}

export interface Model {
  kind: 'sequence' | 'image'
  cell: { id: string; title: string; signals: readonly Signal[] }
  /** From the bottom up. */
  layers: readonly ModelLayer[]
  input: InputLayer
  output: { size: number }
  regular: Regularisers
  /** All weights in the order of a checkpoint: `embedding.w`, `layers.0.w_ih` ..., `readout.w`. */
  weights: ReadonlyMap<string, Weight>
}

/** Returns the perturbation added to h at every step of a scan; shape of h over all steps: (T, B, H), or (R, C, B, H) for an image. */
export type Perturb = (scan: LayerPath, shape: readonly number[]) => Node

/** A perturbation of zero: its gradient is dL/dh_t through all paths, and no value changes. */
export const zeroPerturbation: Perturb = (_, shape) => zeros([...shape])

export interface TraceOptions {
  /** Whether a signal of a scan is recorded. */
  watch?: ((scan: LayerPath, signal: string) => boolean) | undefined
  /** Whether the argument of a signal that is an activation is recorded, too, as preActivation; not in joint scans and images. */
  watchArgument?: ((scan: LayerPath, signal: string) => boolean) | undefined
  /** Whether dropout and other random masks are applied. */
  training?: boolean | undefined
  perturb?: Perturb | undefined
  /** Replaces values of signals inside the steps; sequences only. */
  intervene?: Intervene | undefined
}

export interface ModelTrace {
  /** Input of the output layer: (T, B, D), or (R, C, B, D) for an image; in training after dropout. */
  features: Node
  /** Outputs before the output activation, (T, B, O); set if they were computed inside the scan. */
  logits?: Node
  /** Mask of each layer, (T, B): 1 inside a sequence, 0 in the padding. Empty for images. */
  masks: (Node | undefined)[]
  /** Final states of the forward scans, and of the reverse scans. Empty for images. */
  final: Node[]
  finalReverse: Node[]
  /** Recorded signals by signalKey, in the shape of h. */
  signals: Map<string, Node>
  /** Perturbations by layerKey of the scan. */
  perturbations: Map<string, Node>
  /** Penalty to add to the loss in training; undefined if the configuration has none. */
  penalty: Node | undefined
  /** Last values of held signals, in the order of the interventions of each scan. Undefined for images. */
  held?: Node[]
}

/** `0.h`, `0.reverse.h`: the key of a signal in a trace, and its name in a reader program. */
export const signalKey = (scan: LayerPath, signal: string): string => `${stepKey(scan)}.${signal}`

/** Prefix of the names of a layer's weights. */
export const weightPrefix = (owner: LayerPath): string => `${layerKey(owner)}.`

/** Number of trainable weights: running statistics are not counted. */
export const parameterCount = ({ weights }: Pick<Model, 'weights'>): number =>
  [...weights.values()]
    .filter((w) => w.role !== 'buffer')
    .reduce((n, w) => n + w.shape.reduce((p, d) => p * d, 1), 0)

/** Sum of the output sizes of all layers. */
export const unitCount = ({ layers }: Pick<Model, 'layers'>): number =>
  layers.reduce((n, { outputSize }) => n + outputSize, 0)
