// What all probes of signals share, on texts and on images: which layer and signal are meant, and the range of their colours.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { Model, ModelLayer } from '../nn/model.ts'

type Signal = Model['cell']['signals'][number]

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Throws E_ARG naming the nearest where the cell has no such signal. */
export function signalOf({ cell }: Model, id: string): Signal {
  const signal = cell.signals.find((s) => s.id === id)
  if (signal) return signal
  const ids = cell.signals.map((s) => s.id)
  const near = nearest(id, ids)
  const hint = near ? `did you mean ${near}?` : `it has ${ids.join(', ')}.`
  throw refuse('signal', `a ${cell.title} has no "${id}"; ${hint}`)
}

/** Layer `index`, counted from 0; throws E_ARG where there is none. */
export function layerAt<L extends ModelLayer>({ layers }: { layers: readonly L[] }, index: number): L {
  const layer = layers[index]
  if (!layer) throw refuse('layer', `${index} is not one of 0..${layers.length - 1}.`)
  return layer
}

/** Gates 0..1, bounded signals -1..1, others symmetric around 0 at the 99.5 % quantile of |value|. */
export function colourRange({ kind }: Signal, values: Float32Array): { lo: number; hi: number } {
  if (kind === 'gate') return { lo: 0, hi: 1 }
  const bound = kind === 'free' ? robustBound(values) : 1
  return { lo: -bound, hi: bound }
}

/** The 99.5 % quantile of |value| over the finite values, at least a small positive number; NaN without a finite value. */
export function robustBound(values: Float32Array): number {
  const sizes = values.map(Math.abs).filter(Number.isFinite).sort()
  return Math.max(1e-6, sizes[Math.floor(sizes.length * 0.995)] ?? NaN)
}
