// Average linkage against its definition in plain loops, and the order of leaves.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { averageLinkage, clusterOrder, leafOrder, unitDistances } from '@/heatmaps/clusterOrder.ts'
import { heatmapOf } from '@/heatmaps/heatmap.ts'

/** Distances of the merges by the definition: the two clusters with the smallest mean distance of their leaves. */
function plainLinkage(distances: Float64Array, n: number): { members: number[]; distance: number }[] {
  let clusters = Array.from({ length: n }, (_, i) => [i])
  const merges = []
  while (clusters.length > 1) {
    let best = { distance: Infinity, a: clusters[0]!, b: clusters[1]! }
    for (const a of clusters)
      for (const b of clusters) {
        if (a === b) continue
        const all = a.flatMap((i) => b.map((j) => distances[i * n + j]!))
        const distance = all.reduce((x, y) => x + y, 0) / all.length
        if (distance < best.distance) best = { distance, a, b }
      }
    const members = [...best.a, ...best.b].sort((x, y) => x - y)
    clusters = [...clusters.filter((one) => one !== best.a && one !== best.b), members]
    merges.push({ members, distance: best.distance })
  }
  return merges
}

it('merges the same clusters at the same distances as the definition', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1e6), (n, seed) => {
      const distances = new Float64Array(n * n)
      for (let a = 0; a < n; a++)
        for (let b = 0; b < a; b++)
          distances[a * n + b] = distances[b * n + a] = Math.abs(Math.sin(seed + 12.9898 * (a * n + b)))
      const members: number[][] = Array.from({ length: n }, (_, i) => [i])
      const found = averageLinkage(distances, n).map(({ a, b, distance }) => {
        const both = [...members[a]!, ...members[b]!].sort((x, y) => x - y)
        members.push(both)
        return { members: both, distance }
      })
      const expected = plainLinkage(distances, n)
      expect(found.map((one) => one.members)).toEqual(expected.map((one) => one.members))
      found.forEach((one, i) => expect(one.distance).toBeCloseTo(expected[i]!.distance, 9))
    }),
    { numRuns: 60 },
  )
})

it('puts each unit beside those it correlates with, whatever the sign, and every unit once', () => {
  const length = 400
  const units = 9
  const wave = (u: number, t: number) =>
    (u % 2 ? -1 : 1) * Math.sin(t / (3 + (u % 3) * 5)) + 0.05 * Math.sin(t * u)
  const values = Float32Array.from({ length: length * units }, (_, i) =>
    wave(i % units, Math.floor(i / units)),
  )
  const order = clusterOrder(heatmapOf({ units, values, lo: -1, hi: 1 }, 'bounded'))
  expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  const groups = order.map((unit) => unit % 3)
  expect(groups.filter((group, i) => group !== groups[i - 1])).toHaveLength(3)
})

it('has distance 1 to a constant unit, 0 to a copy and to its negative', () => {
  const values = Float32Array.from([0.5, -0.5, 0, -0.2, 0.2, 0, 0.9, -0.9, 0])
  const heatmap = heatmapOf({ units: 3, values, lo: -1, hi: 1 }, 'bounded')
  const distances = unitDistances(heatmap)
  expect(distances[1]).toBeCloseTo(0, 6)
  expect(distances[2]).toBe(1)
  expect(leafOrder([], distances, 0)).toEqual([])
})

it('clusters 512 units in less than 1.5 seconds', () => {
  const [units, length] = [512, 2000]
  const values = Float32Array.from({ length: units * length }, (_, i) =>
    Math.sin(i * 0.37 + (i % units) ** 2),
  )
  const heatmap = heatmapOf({ units, values, lo: -1, hi: 1 }, 'bounded')
  clusterOrder(heatmap)
  const from = performance.now()
  expect(clusterOrder(heatmap)).toHaveLength(units)
  expect(performance.now() - from).toBeLessThan(1500)
})
