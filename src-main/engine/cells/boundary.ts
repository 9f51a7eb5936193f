// What hierarchical multiscale cells share: sums from three sides, a boundary detector, and when to write, keep and erase.
// z' is the layer's own last boundary, z_b the one that the layer below shows now (1 below the bottom):
// UPDATE z' = 0, z_b = 1; COPY z' = 0, z_b = 0; FLUSH z' = 1. The top layer detects nothing: its z is 0.
import { z as schema } from 'zod'
import type { Node } from '../graph/node.ts'
import { add, broadcastTo, concat, gt, linear, maximum, minimum, mul, slice, stopGradient, sub } from '../graph/ops.ts' // prettier-ignore
import { gatedWeights, uniformOver, type Sizes, type Surroundings, type Weight } from './cell.ts'

export const boundaryOptions = {
  boundaryBias: schema.number().min(-10).max(10).default(0.2).meta({ title: 'Boundary bias', help: 'Start of the detector\'s bias; its other weights start at 0. Above 0 every step is a boundary at first, and those that do harm go; below 0 there is none.', scale: 'linear' }),
  slope: schema.number().min(0.01).max(100).default(1).meta({ title: 'Slope', help: 'a in the hard sigmoid max(0, min(1, (a s + 1) / 2)) through which the gradient passes a boundary, at the start.', scale: 'log' }),
  slopeGrowth: schema.number().min(0).max(1).default(0.001).meta({ title: 'Slope growth', help: 'What is added to a with every update (slope annealing): the gradient comes closer to the hard step. 0: none.', scale: 'linear' }),
  slopeMax: schema.number().min(0.01).max(100).default(5).meta({ title: 'Largest slope', help: 'Where a stops growing.', scale: 'log' }),
  outputUnits: schema.int().min(0).max(16384).default(0).meta({ title: 'Output units', help: 'Units of the vector, made of all layers, that the readout reads. 0: as many as the top layer has.', scale: 'log' }),
} // prettier-ignore

/**
 * Weights of `gates` sums, and of a detector that reads what they read; nothing from above and no detector at the top. The detector starts
 * without a preference, so that where a boundary falls is learnt and not drawn.
 */
export function boundaryWeights(
  sizes: Sizes,
  gates: number,
  bias: readonly number[],
  { slope, boundaryBias }: { slope: number; boundaryBias: number },
) {
  const { input, hidden, above } = sizes
  const { w_ih, w_hh, b_ih: b } = gatedWeights(sizes, gates, bias)
  const start = uniformOver(hidden)
  const row = (columns: number, role: 'input' | 'recurrent'): Weight | null =>
    above === undefined ? null : { shape: [1, columns], role, gates: 1, start: { kind: 'uniform', bound: 0 } }
  const one = (role: 'bias' | 'statistic', value: number): Weight | null =>
    above === undefined ? null : { shape: [1], role, gates: 1, start: { kind: 'blocks', values: [value] } }
  return {
    w_ih,
    w_hh,
    w_td:
      above === undefined
        ? null
        : ({ shape: [gates * hidden, above], role: 'recurrent', gates, start } satisfies Weight),
    b,
    d_ih: row(input, 'input'),
    d_hh: row(hidden, 'recurrent'),
    d_td: row(above ?? 0, 'recurrent'),
    d_b: one('bias', boundaryBias),
    slope: one('statistic', slope),
  }
}

type Named = ReturnType<typeof boundaryWeights>
export interface Sums {
  /** (B, gates * H). */
  sums: Node
  /** 1 where the layer writes (UPDATE, FLUSH), 0 where it copies; missing: always. */
  write: Node | undefined
  /** 1 where the old state counts (UPDATE, COPY), 0 where it is erased (FLUSH); missing: always. */
  keep: Node | undefined
  /** The boundary after this step, (B, 1). */
  z: Node
}

/**
 * W_ih x z_b + W_hh h' + W_td (h of the layer above) z' + b for gates and detector, and what the boundaries decide. With `erase` the old h
 * counts as 0 after a boundary. Forward z is the step [detector > 0.5]; backward it is the detector itself (straight-through).
 */
export function readBoundaries(
  w: Record<keyof Named, Node>,
  x: Node,
  state: { h: Node; z: Node },
  { above, below }: Surroundings,
  erase = false,
): Sums {
  const last = above && state.z
  const seen = below?.z
  const keep = last && sub(1, last)
  const both = (name: 'ih' | 'hh' | 'td') => (above ? concat([w[`w_${name}`], w[`d_${name}`]], 0) : w[`w_${name}`]) // prettier-ignore
  const bottomUp = linear(x, both('ih'))
  const recurrent = linear(state.h, both('hh'))
  const rows = add(
    seen ? mul(bottomUp, seen) : bottomUp,
    erase && keep ? mul(recurrent, keep) : recurrent,
    ...(above ? [mul(linear(above['h']!, both('td')), state.z)] : []),
    above ? concat([w.b, w.d_b], 0) : w.b,
  )
  const gates = w.b.shape[0]!
  const write = last && seen ? add(last, mul(sub(1, last), seen)) : last ? undefined : seen
  if (!above) return { sums: rows, write, keep, z: state.z }
  const detector = mul(add(mul(slice(rows, 1, gates, 1), w.slope), 1), 0.5)
  const soft = maximum(0, minimum(1, detector))
  const z = add(soft, stopGradient(sub(gt(soft, 0.5), soft)))
  return { sums: slice(rows, 1, 0, gates), write, keep, z }
}

/** The boundary (B, 1) as a signal of all units of its layer. */
export const shownBoundary = (z: Node, like: Node): Node => broadcastTo(z, like.shape)

/** Next slope of a layer that has one. */
export const grownSlope = (
  w: { slope?: Node },
  { slopeGrowth, slopeMax }: { slopeGrowth: number; slopeMax: number },
): { slope?: Node } =>
  w.slope ? { slope: minimum(maximum(w.slope, slopeMax), add(w.slope, slopeGrowth)) } : {}
