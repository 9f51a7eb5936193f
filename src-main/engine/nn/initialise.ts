// Initial values of weights, a function of (seed, index of the weight). Gates stacked in one matrix are drawn gate by gate.
import type { ModelConfig } from '../../contract/config.ts'
import { largest } from '../../contract/longLists.ts'
import type { Initializer, Weight } from '../cells/cell.ts'
import { randomStream } from '../run/random.ts'

export type InitName = ModelConfig['init']
type Random = ReturnType<typeof randomStream>
type Values = Float64Array | Float32Array

/** 64-bit seed words of a run's seed (below 2^53). */
export const seedWords = (seed: number): readonly [lo: number, hi: number] => [
  seed >>> 0,
  Math.floor(seed / 2 ** 32) >>> 0,
]

/** The initializer of a weight by the model's options; embeddings, biases and gains keep their own. */
export const initOf = (
  { role }: Weight,
  { init, recurrentInit }: Pick<ModelConfig, 'init' | 'recurrentInit'>,
): InitName => (role === 'recurrent' && recurrentInit !== 'same' ? recurrentInit : init)

/** Initializer of an embedding (V, E); `words`: of words of examples, see `model.embeddingInit`. */
export function embeddingStart(
  { embeddingInit, embeddingScale }: Pick<ModelConfig, 'embeddingInit' | 'embeddingScale'>,
  words: boolean,
): Initializer {
  if (embeddingInit === 'normal') return { kind: 'normal', deviation: embeddingScale }
  if (embeddingInit === 'uniform') return { kind: 'uniform', bound: embeddingScale }
  return words ? { kind: 'uniform', bound: 0.05 } : { kind: 'normal', deviation: 1 }
}

/** Writes the initial values of a weight into `values`, row by row. `index` selects the random stream of the weight. */
export function initialise(
  weight: Weight,
  init: InitName,
  seed: number,
  index: number,
  values: Values,
): void {
  const random = randomStream({ seed: seedWords(seed), step: 0 }, 0x10000 + index)
  const matrix = weight.role === 'input' || weight.role === 'recurrent' || weight.role === 'readout'
  if (!matrix || init === 'default' || (init === 'identity' && weight.role !== 'recurrent'))
    return byDefault(weight, random, values)
  const [rows, columns] = [weight.shape[0]! / weight.gates, weight.shape[1]!]
  const size = rows * columns
  for (let gate = 0; gate < weight.gates; gate++)
    block(init, rows, columns, random, values.subarray(gate * size, (gate + 1) * size))
}

/** The initial values of a weight in a new array. */
export function initialValues(weight: Weight, init: InitName, seed: number, index: number): Float64Array {
  const values = new Float64Array(weight.shape.reduce((n, d) => n * d, 1))
  initialise(weight, init, seed, index, values)
  return values
}

function fill(values: Values, of: (i: number) => number): void {
  for (let i = 0; i < values.length; i++) values[i] = of(i)
}

function byDefault({ shape, initializer: start, gates }: Weight, random: Random, values: Values): void {
  if (start.kind === 'uniform') fill(values, () => (2 * random.uniform() - 1) * start.bound)
  else if (start.kind === 'normal') fill(values, () => random.normal() * start.deviation)
  else if (start.kind === 'identity') diagonal(shape[1]!, start.scale, values)
  else fill(values, (i) => start.values[Math.floor((i * gates) / values.length)]!)
}

const diagonal = (columns: number, scale: number, values: Values): void =>
  fill(values, (i) => (Math.floor(i / columns) === i % columns ? scale : 0))

/** Initial values of one gate, (rows, columns). xavier: U(±sqrt(6 / (fan in + fan out))), Glorot & Bengio 2010. */
function block(
  init: Exclude<InitName, 'default'>,
  rows: number,
  columns: number,
  random: Random,
  values: Values,
): void {
  const uniform = (bound: number) => fill(values, () => (2 * random.uniform() - 1) * bound)
  if (init === 'uniform') uniform(1 / Math.sqrt(columns))
  else if (init === 'xavier') uniform(Math.sqrt(6 / (rows + columns)))
  else if (init === 'identity') diagonal(columns, 1, values)
  else orthogonal(rows, columns, random, values)
}

/** Euclidean norm with Kahan summation; Math.hypot for vectors of any length. */
function lengthOf(vector: Float64Array): number {
  const greatest = largest(vector.map(Math.abs))
  let sum = 0
  let lost = 0
  for (const value of vector) {
    const share = value / greatest
    const square = share * share - lost
    const next = sum + square
    lost = next - sum - square
    sum = next
  }
  return Math.sqrt(sum) * greatest
}

/** Orthonormal rows, or columns if there are fewer: QR of a normal matrix (Saxe et al. 2014) by Gram-Schmidt, applied twice for accuracy. */
function orthogonal(rows: number, columns: number, random: Random, values: Values): void {
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
    const norm = lengthOf(v)
    for (let k = 0; k < length; k++) v[k]! /= norm
  })
  fill(values, (i) => {
    const [r, c] = [Math.floor(i / columns), i % columns]
    return rows <= columns ? vectors[r]![c]! : vectors[c]![r]!
  })
}
