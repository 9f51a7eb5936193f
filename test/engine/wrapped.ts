// A network over dense inputs with values for everything it reads, and one layer of a cell run alone.
import type { ModelConfig, RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork, type SequenceTraceOptions } from '../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { values } from './check.ts'
import { evaluate } from './evaluate.ts'

export const [batch, inputs, outputs] = [2, 3, 2]
export const range = (n: number) => Array.from({ length: n }, (_, i) => i)
export type Given = NonNullable<RunConfigInput['model']>
export type Feeds = Record<string, Float64Array>

export const modelOf = (model: Given): ModelConfig => (parseConfig({ seed: 1, model }) as RunConfig).model

/** A network over dense inputs, and values for all that it reads. */
export function setUp(model: Given, steps: number, size = batch, width = inputs) {
  const network = networkOf(modelOf(model), { symbols: 0, dense: width, outputs, outputBias: true })
  const weights = weightNodes(network)
  const x = input('x', [steps, size, width])
  const init = stateShapes(network).map(({ name, size: n }) => input(`from ${name}`, [size, n]))
  const feeds: Feeds = {}
  ;[...weights.values(), x, ...init].forEach(({ attrs, shape }, i) => {
    const start = values(shape, i + 1)
    const statistic = network.weights.get(attrs.name!)?.role === 'buffer'
    feeds[attrs.name!] = statistic ? start.map((v) => Math.abs(v) + 0.3) : start
  })
  // Steps are counted from the start of a sequence.
  for (const { attrs } of init) if (/\.[tz]$/.test(attrs.name!)) feeds[attrs.name!]!.fill(0)
  return { network, weights, x, init, feeds, trace: (look: SequenceTraceOptions = {}) => traceNetwork(network, weights, x, init, look) } // prettier-ignore
}

/** Rows t of (T, B, n), others left out; and the columns from..to of each. */
export const columns = (all: ArrayLike<number>, width: number, from: number, to: number) =>
  range(all.length / width).flatMap((r) => Array.from(all).slice(r * width + from, r * width + to))
/** (T, B, n) with its steps in another order; -1: zeros. */
export const steps = (all: ArrayLike<number>, size: number, order: readonly number[]) =>
  Float64Array.from(
    order.flatMap((t) =>
      t < 0 ? range(size).map(() => 0) : Array.from(all).slice(t * size, (t + 1) * size),
    ),
  )

/** One layer of a cell run alone: h (T, B, H). `own` finds the values of its weights; states start at `from`, or zeros. */
export function alone(
  cell: string,
  hidden: number,
  x: Float64Array,
  width: number,
  own: (name: string) => Float64Array,
  from?: (name: string) => Float64Array,
): Float64Array {
  const length = x.length / batch / width
  const s = setUp({ cell, hidden }, length, batch, width)
  const feeds: Feeds = { ...s.feeds, x }
  for (const name of s.weights.keys()) if (name.startsWith('layers.0.')) feeds[name] = own(name.slice(9))
  for (const { name } of stateShapes(s.network)) {
    const zeros = new Float64Array(s.feeds[`from ${name}`]!.length)
    feeds[`from ${name}`] = from?.(name.slice(2)) ?? zeros
  }
  return evaluate([s.trace().features], feeds)[0]!
}

export const forwardOnly = cells.filter((c) => c.coupled || c.outputFeedback).map((c) => c.id)
export const ordinary = cells.map((c) => c.id).filter((id) => !forwardOnly.includes(id))
