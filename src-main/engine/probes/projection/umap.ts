// UMAP in the plane by umap-js (McInnes, Healy & Melville 2018), which is loaded at first use.
import type { randomStream } from '../../run/random.ts'

/** Places (count, 2) of points (count, size); neighbours at most count - 1. */
export async function umap(
  points: Float64Array,
  size: number,
  neighbours: number,
  random: ReturnType<typeof randomStream>,
): Promise<Float64Array> {
  const { UMAP } = await import('umap-js')
  const count = points.length / size
  const rows = Array.from({ length: count }, (_, p) => Array.from(points.subarray(p * size, (p + 1) * size)))
  const nNeighbors = Math.max(2, Math.min(neighbours, count - 1))
  const projection = new UMAP({ nComponents: 2, nNeighbors, random: random.uniform })
  return Float64Array.from(projection.fit(rows).flat())
}
