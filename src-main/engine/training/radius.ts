// Spectral radius of the recurrent matrices, the largest |eigenvalue|. A program of its own over the weights; it has no gradient and
// changes no state.
import { splitLayer } from '../../contract/layerPath.ts'
import { fillPattern, spectralRadius as radiusMetric } from '../../contract/metrics.ts'
import type { Cell, Weight } from '../cells/cell.ts'
import { compile, type SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Node } from '../graph/node.ts'
import {
  abs,
  add,
  constant,
  div,
  exp,
  ge,
  log,
  matmul,
  maximum,
  maxOf,
  mul,
  select,
  slice,
  state,
} from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Model } from '../nn/model.ts'

/** Number of squarings: the estimate uses A^(2^16), so its relative error is about 2^-15 plus that of A in f32. */
const doublings = 16
/** Below this, entries have underflown in f32 and the matrix counts as nilpotent. */
const underflow = 1e-30

/**
 * Spectral radius of a (N, N) by Gelfand's formula, as the growth over the last doubling: (|A^2n| / |A^n|)^(1/n) with n = 2^15, in
 * which constant factors of the norms cancel. Powers come by squaring U = A^n / |A^n|, norms are kept as logarithms, |.| is the largest
 * entry. 0 for a nilpotent matrix, NaN where an entry is not finite.
 */
export function spectralRadius(a: Node): Node {
  const norm = maxOf(abs(a))
  const gone = ge(underflow, norm)
  const scaled = (matrix: Node, by: Node, isGone: Node) => div(matrix, add(by, isGone))
  const start = [scaled(a, norm, gone), log(add(norm, gone)), constant(1), constant(0), gone]
  const { state: end } = scan({ xs: [], init: start, length: doublings }, (_, [u, mean, share, , zero]) => {
    const square = matmul(u!, u!)
    const size = maxOf(abs(square))
    const isZero = ge(underflow, size)
    const half = mul(share!, 0.5)
    // log|A^2n| / 2n = log|A^n| / n + log|U U| / 2n
    const gain = mul(log(add(size, isZero)), half)
    return {
      state: [scaled(square, size, isZero), add(mean!, gain), half, gain, maximum(zero!, isZero)],
      ys: [],
    }
  })
  const [, mean, , gain, zero] = end
  return select(zero!, 0, exp(add(mean!, gain!)))
}

/** A square block of a weight: rows `start` .. `start + size` and the first `size` columns. */
export interface Block {
  /** `layers.0.w_hh`, followed by the gate if several are stacked: `layers.0.w_hh.f`. */
  name: string
  weight: string
  start: number
  size: number
}

/** The square blocks of the recurrent weights of a part of a model: whole matrices, each of the stacked gates, the diagonal block of a clockwork group. Other shapes have none. */
export function recurrentBlocks(
  { signals }: Pick<Cell, 'signals'>,
  weights: Model['weights'],
  part?: string,
): Block[] {
  const parts = signals.map(({ id }) => id).filter((id) => id !== 'h' && id !== 'c')
  const letters = parts.filter((id) => id.length === 1)
  const blocksOf = (name: string, { shape, gates }: Weight): Block[] => {
    const [rows, columns] = shape as [number, number]
    if (rows === columns) return [{ name, weight: name, start: 0, size: rows }]
    if (rows === gates * columns) {
      const gate = (i: number) => [letters, parts].find(({ length }) => length === gates)?.[i] ?? String(i)
      return Array.from({ length: gates }, (_, i) => ({
        name: `${name}.${gate(i)}`,
        weight: name,
        start: i * columns,
        size: columns,
      }))
    }
    const readsItself = gates === 1 && rows < columns && /\.w_hh_\d+$/.test(name)
    return readsItself ? [{ name, weight: name, start: 0, size: rows }] : []
  }
  return [...weights].flatMap(([name, weight]) =>
    isOf(part, name) && weight.role === 'recurrent' && weight.shape.length === 2
      ? blocksOf(name, weight)
      : [],
  )
}

function isOf(part: string | undefined, weight: string): boolean {
  const found = splitLayer(weight)
  return found !== undefined && found.layer.part === part
}

/** Multiplications and additions of the program: 2 N^3 per squaring. */
export const radiusCost = (blocks: readonly Block[]): number =>
  blocks.reduce((n, { size }) => n + 2 * doublings * size ** 3, 0)

/** The program of spectral radii. States: the weights with blocks. Outputs: scalars by the name of the block's metric, `spectral_radius/layers.0.w_hh.f`. */
export function radiusProgram(
  weights: Model['weights'],
  blocks: readonly Block[],
  kept?: SharedArena,
): Program {
  const nodes = new Map(blocks.map(({ weight }) => [weight, state(weight, weights.get(weight)!.shape)]))
  const outputs = blocks.map(({ name, weight, start, size }): [string, Node] => [
    fillPattern(radiusMetric.name, name),
    spectralRadius(slice(slice(nodes.get(weight)!, 0, start, size), 1, 0, size)),
  ])
  return compile({ outputs: Object.fromEntries(outputs), ...(kept && { shared: kept }) })
}
