// Shared by the probes of signals on texts and images: look-up of layer and signal, and colour ranges.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { Model, ModelLayer } from '../nn/model.ts'

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

/** The 99.5 % quantile of |value| over the finite values, at least 1e-6; NaN without finite values. */
export function robustBound(values: Float32Array): number {
  const sizes = values.map(Math.abs).filter(Number.isFinite).sort()
  return Math.max(1e-6, sizes[Math.floor(sizes.length * 0.995)] ?? NaN)
}
