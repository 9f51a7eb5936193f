// k-means clustering: seeds by k-means++ (Arthur & Vassilvitskii 2007), then Lloyd's iterations; the best of several starts.
import type { randomStream } from '../run/random.ts'

type Random = ReturnType<typeof randomStream>
const maxIterations = 50
const restarts = 8

/** Centres (k, size) of points (count, size), row by row: those with the smallest sum of squared distances of all starts. */
export function kMeans(points: Float32Array, size: number, k: number, random: Random): Float64Array {
  let best: { centres: Float64Array; inertia: number } = { centres: new Float64Array(0), inertia: Infinity }
  for (let start = 0; start < restarts; start++) {
    const centres = seeds(points, size, k, random)
    const inertia = lloyd(points, size, centres)
    if (inertia < best.inertia) best = { centres, inertia }
  }
  return best.centres
}

function squaredDistance(a: ArrayLike<number>, atA: number, b: ArrayLike<number>, atB: number, size: number) {
  let sum = 0
  for (let i = 0; i < size; i++) {
    const d = a[atA + i]! - b[atB + i]!
    sum += d * d
  }
  return sum
}

/** The nearest of the centres (k, size) to the point at index `at`, and its squared distance. */
export function nearestCentre(
  points: ArrayLike<number>,
  at: number,
  centres: Float64Array,
  size: number,
): { centre: number; distance: number } {
  let centre = 0
  let distance = Infinity
  for (let c = 0; c * size < centres.length; c++) {
    const d = squaredDistance(points, at, centres, c * size, size)
    if (d < distance) [centre, distance] = [c, d]
  }
  return { centre, distance }
}

/** Centres among the points, each drawn with probability proportional to its squared distance from those before. */
function seeds(points: Float32Array, size: number, k: number, random: Random): Float64Array {
  const count = points.length / size
  const centres = new Float64Array(k * size)
  const distances = new Float64Array(count).fill(Infinity)
  let chosen = random.below(count)
  for (let c = 0; c < k; c++) {
    centres.set(points.subarray(chosen * size, (chosen + 1) * size), c * size)
    let total = 0
    for (let p = 0; p < count; p++) {
      distances[p] = Math.min(distances[p]!, squaredDistance(points, p * size, centres, c * size, size))
      total += distances[p]!
    }
    let rest = random.uniform() * total
    chosen = distances.findIndex((d) => (rest -= d) < 0)
    if (chosen < 0) chosen = count - 1
  }
  return centres
}

/** Moves the centres until no point changes its centre; returns the sum of squared distances. An empty centre stays. */
function lloyd(points: Float32Array, size: number, centres: Float64Array): number {
  const count = points.length / size
  const k = centres.length / size
  const owner = new Int32Array(count).fill(-1)
  for (let iteration = 0; ; iteration++) {
    let moved = false
    let inertia = 0
    const sums = new Float64Array(centres.length)
    const members = new Int32Array(k)
    for (let p = 0; p < count; p++) {
      const { centre, distance } = nearestCentre(points, p * size, centres, size)
      if (owner[p] !== centre) moved = true
      owner[p] = centre
      inertia += distance
      members[centre]!++
      for (let i = 0; i < size; i++) sums[centre * size + i]! += points[p * size + i]!
    }
    if (!moved || iteration === maxIterations) return inertia
    for (let c = 0; c < k; c++)
      if (members[c]! > 0)
        for (let i = 0; i < size; i++) centres[c * size + i] = sums[c * size + i]! / members[c]!
  }
}
