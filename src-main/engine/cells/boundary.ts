// Common parts of hierarchical multiscale cells (Chung et al. 2017): sums of three products, a boundary detector, and the operation of a step.
// z' is the layer's previous boundary, z_b the current one of the layer below (1 for the bottom layer):
// UPDATE z' = 0, z_b = 1; COPY z' = 0, z_b = 0; FLUSH z' = 1. The top layer has no detector: its z is 0.
import { z as schema } from 'zod'
import type { Node } from '../graph/node.ts'
import {
  add,
  broadcastTo,
  concat,
  constant,
  div,
  gt,
  linear,
  maximum,
  minimum,
  mul,
  slice,
  stopGradient,
  sub,
  sum,
} from '../graph/ops.ts'
import { gatedWeights, uniformOver, type Sizes, type StepContext, type Weight } from './cell.ts'
import { layerNorm } from './layerNorm.ts'

export const boundaryOptions = {
  boundaryBias: schema.number().min(-10).max(10).default(0.2).meta({ title: 'Boundary bias', help: 'Initial bias of the detector; its other weights start at 0. Above 0, every step is a boundary at first and harmful ones are unlearnt; below 0, none is.', scale: 'linear' }),
  slope: schema.number().min(0.01).max(100).default(1).meta({ title: 'Slope', help: 'a in the hard sigmoid max(0, min(1, (a s + 1) / 2)) that replaces the step function of a boundary in the backward pass; initial value.', scale: 'log' }),
  slopeGrowth: schema.number().min(0).max(1).default(0.001).meta({ title: 'Slope growth', help: 'Added to a at every update (slope annealing), so that the hard sigmoid approaches the step function. 0: no annealing.', scale: 'linear' }),
  slopeMax: schema.number().min(0.01).max(100).default(5).meta({ title: 'Largest slope', help: 'Upper limit of a.', scale: 'log' }),
  boundaryRate: schema.number().min(0).max(0.99).default(0).meta({ title: 'Boundary rate', help: 'Target fraction of boundaries among the steps of a layer (the steps at which the layer below has a boundary; all steps for the lowest layer). After every update an offset of the detector\'s sum grows by the gain (next option) times the difference between this rate and the fraction in the batch. The positions of boundaries are learnt. 0: no offset; the fraction is learnt as well.', scale: 'linear' }),
  boundaryGain: schema.number().min(0.0001).max(1).default(0.02).meta({ title: 'Gain of the boundary rate', help: 'Rate of change of that offset. While the slope times the detector\'s sum is above 1, every step is a boundary and the detector learns nothing; from a large boundary bias (5) this lasts about 250 updates at 0.02, and the network has then learnt which boundaries it needs. With some seeds, a detector that learns from the first update finds arbitrary boundaries.', scale: 'log' }),
  layerNorm: schema.boolean().default(false).meta({ title: 'Layer normalisation', help: 'Normalises the sums of the gates over the units of a layer at every step and multiplies them by a learnt gain (Ba et al. 2016); the detector\'s sum is not normalised.' }),
  topDownBias: schema.boolean().default(false).meta({ title: 'Top-down bias', help: 'After a boundary a learnt vector is added to the sums of the gates (a bias of the product with h of the layer above), so that a layer knows that a segment has begun. Off: the paper.' }),
  outputUnits: schema.int().min(0).max(16384).default(0).meta({ title: 'Output units', help: 'Size of the vector, computed from all layers, that the readout reads. 0: the size of the top layer.', scale: 'log' }),
} // prettier-ignore

export type BoundaryOptions = schema.output<schema.ZodObject<typeof boundaryOptions>>

const normEpsilon = 1e-5

/**
 * Weights of `gates` sums and of a detector with the same inputs; the top layer has no input from above and no detector. The weights of the
 * detector start at 0, so that the positions of boundaries are learnt and do not depend on the seed.
 */
export function boundaryWeights(
  sizes: Sizes,
  gates: number,
  bias: readonly number[],
  options: BoundaryOptions,
) {
  const { input, hidden, above } = sizes
  const { w_ih, w_hh, b_ih: b } = gatedWeights(sizes, gates, bias)
  const initializer = uniformOver(hidden)
  const inner = above !== undefined
  const vector = (role: 'bias' | 'gain', value: number): Weight => ({
    shape: [gates * hidden],
    role,
    gates,
    initializer: { kind: 'blocks', values: bias.map(() => value) },
  })
  const row = (columns: number, role: 'input' | 'recurrent'): Weight | null =>
    inner ? { shape: [1, columns], role, gates: 1, initializer: { kind: 'uniform', bound: 0 } } : null
  const one = (role: 'bias' | 'buffer', value: number): Weight | null =>
    inner ? { shape: [1], role, gates: 1, initializer: { kind: 'blocks', values: [value] } } : null
  const topDown: Weight | null = inner
    ? { shape: [gates * hidden, above], role: 'recurrent', gates, initializer }
    : null
  return {
    w_ih,
    w_hh,
    w_td: topDown,
    gain: options.layerNorm ? vector('gain', 1) : null,
    b,
    b_td: inner && options.topDownBias ? vector('bias', 0) : null,
    d_ih: row(input, 'input'),
    d_hh: row(hidden, 'recurrent'),
    d_td: row(above ?? 0, 'recurrent'),
    d_b: one('bias', options.boundaryBias),
    d_offset: options.boundaryRate > 0 ? one('buffer', 0) : null,
    slope: one('buffer', options.slope),
  }
}

type Named = ReturnType<typeof boundaryWeights>
export interface Sums {
  /** (B, gates * H). */
  sums: Node
  /** 1 where the layer writes (UPDATE, FLUSH), 0 where it copies (COPY); undefined: always 1. */
  write: Node | undefined
  /** 1 where the old state is kept (UPDATE, COPY), 0 where it is erased (FLUSH); undefined: always 1. */
  keep: Node | undefined
  /** The boundary after this step, (B, 1). */
  z: Node
  /** With a boundary rate, both (B, 1), 0 at padding: the rate minus this step's boundary, and 1. */
  statistics: { shortfall: Node; counted: Node } | undefined
}

/**
 * W_ih x z_b + W_hh h' + W_td (h of the layer above) z' + b for gates and detector, and the operation of the step. With `erase` the old h
 * is 0 after a boundary; `layerNorm` normalises the products of the gates, `topDownBias` adds b_td z' to them, and a boundary rate
 * adds the offset to the detector. Forward z is the step [detector > 0.5]; backward it is the detector itself (straight-through).
 */
export function readBoundaries(
  w: Record<keyof Named, Node>,
  x: Node,
  state: { h: Node; z: Node },
  { above, below, mask }: StepContext,
  options: BoundaryOptions & { erase: boolean },
): Sums {
  const last = above && state.z
  const seen = below?.z
  const keep = last && sub(1, last)
  const both = (name: 'ih' | 'hh' | 'td') =>
    above ? concat([w[`w_${name}`], w[`d_${name}`]], 0) : w[`w_${name}`]
  const bottomUp = linear(x, both('ih'))
  const recurrent = linear(state.h, both('hh'))
  const rows = add(
    seen ? mul(bottomUp, seen) : bottomUp,
    options.erase && keep ? mul(recurrent, keep) : recurrent,
    ...(above ? [mul(linear(above['h']!, both('td')), state.z)] : []),
  )
  const gates = w.b.shape[0]!
  const plain = above ? slice(rows, 1, 0, gates) : rows
  const sums = add(
    options.layerNorm ? layerNorm(plain, w.gain, normEpsilon) : plain,
    w.b,
    ...(above && options.topDownBias ? [mul(w.b_td, state.z)] : []),
  )
  const write = last && seen ? add(last, mul(sub(1, last), seen)) : last ? undefined : seen
  if (!above) return { sums, write, keep, z: state.z, statistics: undefined }
  const steered = options.boundaryRate > 0
  const detector = add(slice(rows, 1, gates, 1), w.d_b, ...(steered ? [w.d_offset] : []))
  const soft = maximum(0, minimum(1, mul(add(mul(detector, w.slope), 1), 0.5)))
  const z = add(soft, stopGradient(sub(gt(soft, 0.5), soft)))
  if (!steered) return { sums, write, keep, z, statistics: undefined }
  const missed = sub(seen ? mul(seen, options.boundaryRate) : options.boundaryRate, z)
  const counted = mask ?? constant(1, z.shape)
  return { sums, write, keep, z, statistics: { shortfall: mul(missed, counted), counted } }
}

/** The boundary (B, 1) broadcast to all units of its layer, as a signal. */
export const shownBoundary = (z: Node, like: Node): Node => broadcastTo(z, like.shape)

/** Next slope and next offset of a layer that has a detector. */
const nextStatistics = (
  w: { slope?: Node; d_offset?: Node },
  { shortfall, counted }: { shortfall?: Node; counted?: Node },
  { slopeGrowth, slopeMax, boundaryGain }: BoundaryOptions,
): { slope?: Node; d_offset?: Node } => ({
  ...(w.slope && { slope: minimum(maximum(w.slope, slopeMax), add(w.slope, slopeGrowth)) }),
  ...(w.d_offset &&
    shortfall &&
    counted && { d_offset: add(w.d_offset, mul(div(sum(shortfall), sum(counted)), boundaryGain)) }),
})

/** The common fields of cells with boundaries. */
export const boundaryCell = {
  paper: 'Chung, Ahn & Bengio, Hierarchical multiscale recurrent neural networks (2017)',
  stateSize: () => ({ z: 1 }),
  exact: ['z'],
  coupled: true,
  joinSize: ({ outputUnits }: BoundaryOptions) => outputUnits,
  statistics: nextStatistics,
} as const
