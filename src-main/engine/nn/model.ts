// A model as the rest of the engine sees it, over sequences or over images: layers of one cell between an input layer and a readout, all
// weights by name, and what a trace of it gives. network.ts and imageNetwork.ts lay models out; traceModel.ts traces either.
import { layerKey, stepKey, type LayerPath } from '../../contract/layerPath.ts'
import type { Signal, Weight } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { zeros } from '../graph/ops.ts'
import type { Regularisers } from './regularise.ts'

export type InputLayer =
  | { kind: 'embedding'; symbols: number; size: number }
  | { kind: 'onehot'; symbols: number }
  | { kind: 'dense'; size: number }

/** One recurrence of a layer: a direction over time, or from one corner over an image. */
export interface LayerScan {
  path: LayerPath
  /** The layer that its weights are named after: `path`, or the layer as a whole where all scans share them. */
  owner: LayerPath
}

export interface ModelLayer {
  /** Units of one scan. */
  hidden: number
  /** Width of its output: units of all scans side by side, or of their sum. */
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

/** Makes what is added to h of every step of a scan, in the shape of h over all steps: (T, B, H), or (R, C, B, H) of an image. */
export type Perturb = (scan: LayerPath, shape: readonly number[]) => Node

/** Adds zeros: no value changes, and the gradient by them is dL/dh_t through all paths. */
export const zeroPerturbation: Perturb = (_, shape) => zeros([...shape])

export interface TraceOptions {
  /** Signals wanted. */
  watch?: ((scan: LayerPath, signal: string) => boolean) | undefined
  /** Dropout and other masks fall only in training. */
  training?: boolean | undefined
  perturb?: Perturb | undefined
}

export interface ModelTrace {
  /** What the readout reads: (T, B, D), or (R, C, B, D) of an image; in training through dropout. */
  top: Node
  /** Outputs before the output activation, where they had to be computed step by step. */
  logits?: Node
  /** Padding of each layer, (T, B): 1 where a sequence is. None on images. */
  masks: (Node | undefined)[]
  /** States after the last step of each scan that starts at t = 0, and of each reverse one. None on images. */
  final: Node[]
  finalReverse: Node[]
  /** What `watch` asked for, by signalKey, in the shape of h. */
  signals: Map<string, Node>
  /** What `perturb` made, by layerKey of the scan. */
  perturbations: Map<string, Node>
  /** In training, where the configuration has one: what is to be added to the loss. */
  penalty: Node | undefined
}

/** `0.h`, `0.reverse.h`: the key of a signal in a trace, and its name in a reader program. */
export const signalKey = (scan: LayerPath, signal: string): string => `${stepKey(scan)}.${signal}`

/** What the names of a layer's weights begin with. */
export const weightPrefix = (owner: LayerPath): string => `${layerKey(owner)}.`

/** Weights that gradients move. */
export const parameterCount = ({ weights }: Pick<Model, 'weights'>): number =>
  [...weights.values()]
    .filter((w) => w.role !== 'buffer')
    .reduce((n, w) => n + w.shape.reduce((p, d) => p * d, 1), 0)

/** Values that all layers put out at one step. */
export const unitCount = ({ layers }: Pick<Model, 'layers'>): number =>
  layers.reduce((n, { outputSize }) => n + outputSize, 0)
