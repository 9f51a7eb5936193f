// Order of units by similarity: average linkage of 1 - |correlation|, leaves so that units next to each other are alike. Pure.
import type { Heatmap } from './heatmap.ts'

/** Multiplications of a correlation matrix that take about a tenth of a second; longer texts are read at every k-th symbol. */
const budget = 1e8

/** Distances 1 - |correlation| of units, (units, units) row by row; a constant unit is at distance 1 from all others. */
export function unitDistances({
  units,
  length,
  index,
}: Pick<Heatmap, 'units' | 'length' | 'index'>): Float64Array {
  const stride = Math.max(1, Math.ceil((units * units * length) / budget))
  const steps = Math.ceil(length / stride)
  const rows = Array.from({ length: units }, (_, u) => {
    const row = Float32Array.from({ length: steps }, (_, k) => index[u * length + k * stride]!)
    const mean = row.reduce((sum, v) => sum + v, 0) / steps
    const norm = Math.sqrt(row.reduce((sum, v) => sum + (v - mean) ** 2, 0))
    return row.map((v) => (norm > 0 ? (v - mean) / norm : 0))
  })
  const distances = new Float64Array(units * units)
  for (let a = 0; a < units; a++)
    for (let b = 0; b < a; b++) {
      const [x, y] = [rows[a]!, rows[b]!]
      let product = 0
      for (let k = 0; k < steps; k++) product += x[k]! * y[k]!
      distances[a * units + b] = distances[b * units + a] = Math.max(0, 1 - Math.abs(product))
    }
  return distances
}

/** A merge of two clusters, each a leaf (0..n-1) or an earlier merge (n + its number), at the mean distance of their leaves. */
export interface Merge {
  a: number
  b: number
  distance: number
}

/** Average linkage of n leaves by nearest-neighbour chains, O(n^2), in the order of the distance of the merges. */
export function averageLinkage(distances: Float64Array, n: number): Merge[] {
  const between = Float64Array.from(distances)
  const size = Array<number>(n).fill(1)
  /** Clusters that are left, named by one of their leaves. */
  const left = new Set(Array.from({ length: n }, (_, i) => i))
  const merges: Merge[] = []
  const chain: number[] = []
  while (left.size > 1) {
    if (chain.length === 0) chain.push(left.values().next().value!)
    const own = chain.at(-1)!
    const before = chain.at(-2)
    let nearest = before
    for (const other of left)
      if (other !== own && (nearest === undefined || between[own * n + other]! < between[own * n + nearest]!))
        nearest = other
    if (nearest !== before) {
      chain.push(nearest!)
      continue
    }
    chain.length -= 2
    const [a, b] = [own, nearest!]
    merges.push({ a, b, distance: between[a * n + b]! })
    left.delete(b)
    for (const other of left) {
      if (other === a) continue
      const mean =
        (size[a]! * between[a * n + other]! + size[b]! * between[b * n + other]!) / (size[a]! + size[b]!)
      between[a * n + other] = between[other * n + a] = mean
    }
    size[a]! += size[b]!
  }
  return named(merges, n)
}

/** Sorts merges by distance and names each cluster by its merge instead of by a leaf. */
function named(merges: Merge[], n: number): Merge[] {
  const cluster = Array.from({ length: n }, (_, i) => i)
  const parent = Array.from({ length: n }, (_, i) => i)
  const root = (leaf: number): number => (parent[leaf] === leaf ? leaf : (parent[leaf] = root(parent[leaf]!)))
  return merges
    .toSorted((x, y) => x.distance - y.distance)
    .map(({ a, b, distance }, i) => {
      const [ra, rb] = [root(a), root(b)]
      const merge = { a: cluster[ra]!, b: cluster[rb]!, distance }
      parent[rb] = ra
      cluster[ra] = n + i
      return merge
    })
}

/** Leaves of the tree from left to right: of two clusters the ends that are nearest stand together. */
export function leafOrder(merges: readonly Merge[], distances: Float64Array, n: number): number[] {
  const orders: number[][] = Array.from({ length: n }, (_, i) => [i])
  for (const { a, b } of merges) {
    const [x, y] = [orders[a]!, orders[b]!]
    const choices = [
      [x, y],
      [x, y.toReversed()],
      [x.toReversed(), y],
      [x.toReversed(), y.toReversed()],
    ] as const
    const gap = ([u, v]: readonly [number[], number[]]) => distances[u.at(-1)! * n + v[0]!]!
    const [first, second] = choices.reduce((best, one) => (gap(one) < gap(best) ? one : best))
    orders.push([...first, ...second])
  }
  return orders.at(-1) ?? []
}

/** Unit numbers of a heatmap, clustered. */
export function clusterOrder(heatmap: Heatmap): number[] {
  const distances = unitDistances(heatmap)
  return leafOrder(averageLinkage(distances, heatmap.units), distances, heatmap.units)
}
