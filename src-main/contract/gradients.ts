// Records of gradient norms through time, and what a curve of them shows. Made by the engine; read by store, terminal and page.
import type { RunRow } from './run.ts'

/**
 * Gradient norms of one layer through time, in columns: one entry per step, counted back from the end of each sequence (of all that are that long),
 * which is the last entry: the last step that the loss or another network reads.
 */
export interface LayerGradients {
  /**
   * Key of a layer and direction (layerPath.ts). Steps are in the order of that direction; on images they are anti-diagonals, all places at
   * the same distance from the corner where the scan starts.
   */
  layer: string
  /** mean over the batch of |dL/dh_t| (Euclidean over the units, of all places of an anti-diagonal), L the loss of the task with its masks and activity penalty. */
  norms: Float64Array
  /** The same of the part of the loss that is read after the last step: dL/dh_T times the Jacobians dh_T/dh_t. */
  last: Float64Array
}

/** Gradient through time and spectral radii with the weights after `step` updates, on the batch that comes next. */
export interface GradientRecord {
  step: number
  /** Steps between two entries, counted back from the last: 1, or more if the window is too long to record each step. */
  stride: number
  layers: LayerGradients[]
  /** By weight, with the name of the gate if several are stacked: `layers.0.w_hh.f`. */
  radii: { name: string; value: number }[]
}

/** How the gradient changes from the last step back to the first. */
export interface GradientTrend {
  kind: 'vanishes' | 'explodes' | 'persists' | 'none'
  /** |dL/dh_t| at the first step over that at the last. */
  ratio: number
  /** Factor per step back, as the geometric mean over the steps that anything reaches. */
  perStep: number
  /** Steps back to the farthest non-zero entry, and to the first entry. */
  reach: number
  steps: number
}

/** Below this ratio of first to last a gradient counts as vanished, above its inverse as exploded. */
const vanished = 1e-3

/** Classifies a curve `last` of a layer; `none` if it has one step or no gradient. */
export function trendOf(curve: Float64Array, stride: number): GradientTrend {
  const end = curve.length - 1
  const steps = Math.max(0, end * stride)
  const [first, last] = [curve[0] ?? NaN, curve[end] ?? NaN]
  const ratio = first / last
  const far = curve.findIndex((norm) => norm > 0)
  const reach = far < 0 ? 0 : (end - far) * stride
  if (!(last > 0) || steps === 0 || Number.isNaN(ratio))
    return { kind: 'none', ratio, perStep: NaN, reach, steps }
  const perStep = reach === 0 ? 0 : (curve[far]! / last) ** (1 / reach)
  const kind = ratio < vanished ? 'vanishes' : ratio > 1 / vanished ? 'explodes' : 'persists'
  return { kind, ratio, perStep, reach, steps }
}

/** Why a run has no gradient record, for people. */
export function whyNoGradients({
  config: {
    logging: { gradientEvery },
  },
  totalSteps,
}: Pick<RunRow, 'config' | 'totalSteps'>): string {
  if (gradientEvery === 0) return 'It is switched off in this run (logging.gradientEvery is 0).'
  if (totalSteps < gradientEvery)
    return `It is recorded at the start and every ${gradientEvery} steps (logging.gradientEvery), and only in runs that reach that many; this one has ${totalSteps}.`
  return `It is recorded at the start and every ${gradientEvery} steps (logging.gradientEvery).`
}
