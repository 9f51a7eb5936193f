// Attention of a decoder over the outputs of an encoder: additive (Bahdanau, Cho & Bengio 2015) or multiplicative (Luong, Pham & Manning
// 2015, "general"). Padding of the input has a weight of 0. Contains no decoding.
import type { ModelConfig } from '../../contract/config.ts'
import type { Node } from '../graph/node.ts'
import { add, concat, div, exp, linear, maximum, maxOf, mul, reshape, select, stopGradient, sub, sum, tanh } from '../graph/ops.ts' // prettier-ignore
import { scan } from '../graph/scan.ts'
import { uniformOver, type Weight } from '../cells/cell.ts'
import type { Weights } from './weights.ts'

/** Attention of a network: its kind, and the size C of an output of the encoder. */
export interface Attention {
  kind: Exclude<ModelConfig['attention'], 'none'>
  size: number
}

/** The outputs of an encoder over S steps: values (S, B, C), and their mask (S, B), 1 inside a sequence; undefined without padding. */
export interface Attended {
  values: Node
  mask: Node | undefined
}

/** The context (B, C), the mean of the values by the weights (S, B), which are at least 0 and sum to 1 over S. */
export interface Context {
  context: Node
  weights: Node
}

const matrix = (rows: number, columns: number): Weight => ({
  shape: [rows, columns],
  role: 'readout',
  gates: 1,
  initializer: uniformOver(columns),
})

/** Weights of attention with queries of `query` values (the size of the decoder's output), without biases as in the papers. */
export const attentionWeights = ({ kind, size }: Attention, query: number): [name: string, Weight][] =>
  kind === 'additive'
    ? [
        ['attention.query.w', matrix(query, query)],
        ['attention.key.w', matrix(query, size)],
        ['attention.score.w', matrix(1, query)],
      ]
    : [
        ['attention.key.w', matrix(query, size)],
        ['attention.combine.w', matrix(query, size + query)],
      ]

/** Size of the attentional output of a decoder of `query` units: [h; c], or tanh(W [c; h]). */
export const attendedSize = ({ kind, size }: Attention, query: number): number =>
  kind === 'additive' ? query + size : query

/** Below any score, inside the range of f32. */
const never = -1e30

/**
 * The attention over one encoded batch; keys are computed once. The result maps queries (B, Q) to their contexts: scores v . tanh(W q + U k) or
 * q . W k, softmax over S.
 */
export function attentionOver(
  { kind }: Attention,
  weights: Weights,
  { values, mask }: Attended,
): (query: Node) => Context {
  const [steps, batch] = values.shape as [number, number]
  const keys = linear(values, weights.get('attention.key.w')!)
  const column = mask && reshape(mask, [steps, batch, 1])
  const inside = (x: Node, otherwise: number) => (column ? select(column, x, otherwise) : x)
  return (query) => {
    const raw =
      kind === 'additive'
        ? linear(
            tanh(add(keys, linear(query, weights.get('attention.query.w')!))),
            weights.get('attention.score.w')!,
          )
        : reshape(sum(mul(keys, query), [2]), [steps, batch, 1])
    const scores = inside(raw, never)
    const powers = inside(exp(sub(scores, stopGradient(maxOf(scores, [0])))), 0)
    const shares = div(powers, maximum(sum(powers, [0]), 1e-30))
    return { context: sum(mul(shares, values), [0]), weights: reshape(shares, [steps, batch]) }
  }
}

/** Output of a decoder (..., Q) and its context (..., C) -> the attentional output (..., D): [h; c], or tanh(W [c; h]) of Luong. */
export const attentionalOutput = ({ kind }: Attention, weights: Weights, h: Node, context: Node): Node =>
  kind === 'additive'
    ? concat([h, context], -1)
    : tanh(linear(concat([context, h], -1), weights.get('attention.combine.w')!))

/**
 * Replaces the features (A, B, Q) of a trace, whose queries depend on no context, by the attentional outputs (A, B, D), and adds the alignments
 * (A, S, B).
 */
export function attendAll(
  attention: Attention,
  weights: Weights,
  trace: { features: Node; alignments?: Node },
  attended: Attended,
): void {
  const attend = attentionOver(attention, weights, attended)
  const { ys } = scan({ xs: [trace.features], init: [] }, ([query]) => {
    const { context, weights: shares } = attend(query!)
    return { state: [], ys: [context, shares] }
  })
  trace.features = attentionalOutput(attention, weights, trace.features, ys[0]!)
  trace.alignments = ys[1]!
}
