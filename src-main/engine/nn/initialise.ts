// First values of weights: deterministic in (seed, position of the weight). Gates stacked in one matrix are drawn gate by gate.
import type { Weight } from '../cells/cell.ts'
import { randomStream } from '../run/random.ts'

export type InitName = 'default' | 'uniform' | 'xavier' | 'orthogonal' | 'identity'
type Random = ReturnType<typeof randomStream>

/** 64-bit seed words of a run's seed (below 2^53). */
export const seedWords = (seed: number): readonly [lo: number, hi: number] => [
  seed >>> 0,
  Math.floor(seed / 2 ** 32) >>> 0,
]

/** Values of one weight, row by row. `index` keeps the draws of different weights apart. */
export function initialValues(weight: Weight, init: InitName, seed: number, index: number): Float64Array {
  const random = randomStream({ seed: seedWords(seed), step: 0 }, 0x10000 + index)
  const matrix = weight.role === 'input' || weight.role === 'recurrent' || weight.role === 'readout'
  if (!matrix || init === 'default' || (init === 'identity' && weight.role !== 'recurrent'))
    return byDefault(weight, random)
  const [rows, columns] = [weight.shape[0]! / weight.gates, weight.shape[1]!]
  const values = new Float64Array(rows * columns * weight.gates)
  for (let gate = 0; gate < weight.gates; gate++)
    values.set(block(init, rows, columns, random), gate * rows * columns)
  return values
}

function byDefault({ shape, start, gates }: Weight, random: Random): Float64Array {
  const size = shape.reduce((n, d) => n * d, 1)
  if (start.kind === 'uniform')
    return Float64Array.from({ length: size }, () => (2 * random.uniform() - 1) * start.bound)
  if (start.kind === 'normal')
    return Float64Array.from({ length: size }, () => random.normal() * start.deviation)
  if (start.kind === 'identity') return diagonal(shape[0]!, shape[1]!, start.scale)
  return Float64Array.from({ length: size }, (_, i) => start.values[Math.floor((i * gates) / size)]!)
}

const diagonal = (rows: number, columns: number, scale: number): Float64Array =>
  Float64Array.from({ length: rows * columns }, (_, i) =>
    Math.floor(i / columns) === i % columns ? scale : 0,
  )

/** One (rows, columns) block. xavier: U(±sqrt(6 / (fan in + fan out))), Glorot & Bengio 2010. */
function block(
  init: Exclude<InitName, 'default'>,
  rows: number,
  columns: number,
  random: Random,
): Float64Array {
  const uniform = (bound: number) =>
    Float64Array.from({ length: rows * columns }, () => (2 * random.uniform() - 1) * bound)
  if (init === 'uniform') return uniform(1 / Math.sqrt(columns))
  if (init === 'xavier') return uniform(Math.sqrt(6 / (rows + columns)))
  if (init === 'identity') return diagonal(rows, columns, 1)
  return orthogonal(rows, columns, random)
}

/** Orthonormal rows, or columns when there are fewer of them: QR of a normal matrix (Saxe et al. 2014), by Gram and Schmidt done twice. */
function orthogonal(rows: number, columns: number, random: Random): Float64Array {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows]
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, () => random.normal()))
  vectors.forEach((v, i) => {
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const u = vectors[j]!
        let dot = 0
        for (let k = 0; k < length; k++) dot += u[k]! * v[k]!
        for (let k = 0; k < length; k++) v[k]! -= dot * u[k]!
      }
    }
    const norm = Math.hypot(...v)
    for (let k = 0; k < length; k++) v[k]! /= norm
  })
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns]
    return rows <= columns ? vectors[r]![c]! : vectors[c]![r]!
  })
}
