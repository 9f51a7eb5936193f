// Shared by the probes of signals on texts and images: look-up of layer and signal, and colour ranges.
import { nearest, UnrollError } from '../../contract/errors.ts'
import { derivedSignals } from '../nn/derivedSignals.ts'
import type { Model, ModelLayer } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'

type Signal = Model['cell']['signals'][number]

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** The signal of a cell by id; throws E_ARG with the nearest id if there is none. */
export function signalOf({ cell }: Model, id: string): Signal {
  const signal = cell.signals.find((s) => s.id === id)
  if (signal) return signal
  const ids = cell.signals.map((s) => s.id)
  const near = nearest(id, ids)
  const hint = near ? `did you mean ${near}?` : `it has ${ids.join(', ')}.`
  throw refuse('signal', `a ${cell.title} has no "${id}"; ${hint}`)
}

/** A signal that can be read over a text: one of the cell, or a derived one such as `pre_i` or `grad_c`; throws E_ARG as signalOf. */
export const readableSignal = (network: SequenceNetwork, id: string): Signal =>
  derivedSignals(network).find((signal) => signal.id === id) ?? signalOf(network, id)

/** Layer `index`, from 0; throws E_ARG if there is none. */
export function layerAt<L extends ModelLayer>({ layers }: { layers: readonly L[] }, index: number): L {
  const layer = layers[index]
  if (!layer) throw refuse('layer', `${index} is not one of 0..${layers.length - 1}.`)
  return layer
}

/** Colour range of a signal: 0..1 for gates, -1..1 for bounded signals, otherwise symmetric with the 99.5 % quantile of |value| as the bound. */
export function colourRange({ kind }: Signal, values: Float32Array): { lo: number; hi: number } {
  if (kind === 'gate') return { lo: 0, hi: 1 }
  const bound = kind === 'free' ? robustBound(values) : 1
  return { lo: -bound, hi: bound }
}

/** The 99.5 % quantile of |value| over the finite values, at least 1e-6; NaN without finite values. Linear in their number. */
export function robustBound(values: Float32Array): number {
  // Without the sign bit, the bits of floats are in the order of |value|; Infinity and NaN are the largest.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const sizes = (count: (size: number) => void) => {
    for (let i = 0; i < bits.length; i++)
      if ((bits[i]! & 0x7fffffff) < 0x7f800000) count(bits[i]! & 0x7fffffff)
  }
  const upper = new Uint32Array(1 << 15)
  let finite = 0
  sizes((size) => {
    upper[size >>> 16]!++
    finite++
  })
  if (finite === 0) return NaN
  const [half, rest] = bucketOf(upper, Math.floor(finite * 0.995))
  const lower = new Uint32Array(1 << 16)
  sizes((size) => {
    if (size >>> 16 === half) lower[size & 0xffff]!++
  })
  const [end] = bucketOf(lower, rest)
  return Math.max(1e-6, new Float32Array(Uint32Array.of(half * 65_536 + end).buffer)[0]!)
}

/** The bucket that holds the entry of a rank (from 0), and the rank within it. */
function bucketOf(counts: Uint32Array, rank: number): [bucket: number, rank: number] {
  let bucket = 0
  while (rank >= counts[bucket]!) rank -= counts[bucket++]!
  return [bucket, rank]
}
