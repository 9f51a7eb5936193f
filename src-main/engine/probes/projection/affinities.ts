// Affinities of t-SNE: symmetric probabilities of being neighbours, with a bandwidth per point that gives the wanted perplexity.

/** A sparse symmetric matrix that sums to 1: entries `from[p]` to `from[p + 1]` of `to` and `weight` belong to point p. */
export interface Affinities {
  from: Int32Array
  to: Int32Array
  weight: Float64Array
}

/** The `k` nearest other points of each point (count, size) with squared distances, nearest first, by comparing all pairs. */
function nearestNeighbours(points: Float64Array, size: number, k: number) {
  const count = points.length / size
  const index = new Int32Array(count * k)
  const distance = new Float64Array(count * k).fill(Infinity)
  for (let p = 0; p < count; p++) {
    for (let q = 0; q < count; q++) {
      if (q === p) continue
      let sum = 0
      for (let i = 0; i < size; i++) {
        const d = points[p * size + i]! - points[q * size + i]!
        sum += d * d
      }
      let at = k - 1
      if (sum >= distance[p * k + at]!) continue
      while (at > 0 && distance[p * k + at - 1]! > sum) {
        distance[p * k + at] = distance[p * k + at - 1]!
        index[p * k + at] = index[p * k + at - 1]!
        at--
      }
      distance[p * k + at] = sum
      index[p * k + at] = q
    }
  }
  return { index, distance }
}

/** Probabilities exp(-beta d) / sum of `distances` with 2^entropy = perplexity; beta by bisection. */
export function conditionalProbabilities(distances: Float64Array, perplexity: number): Float64Array {
  const wanted = Math.log(perplexity)
  const nearest = distances[0]!
  let [low, high, beta] = [0, Infinity, 1]
  let p = distances
  for (let i = 0; i < 64; i++) {
    p = distances.map((d) => Math.exp(-beta * (d - nearest)))
    const sum = p.reduce((a, b) => a + b, 0)
    const entropy = Math.log(sum) + (beta * p.reduce((a, b, j) => a + b * (distances[j]! - nearest), 0)) / sum
    p = p.map((value) => value / sum)
    if (Math.abs(entropy - wanted) < 1e-6) break
    if (entropy > wanted) low = beta
    else high = beta
    beta = high === Infinity ? beta * 2 : (low + high) / 2
  }
  return p
}

/** Affinities of points (count, size) over their 3 * perplexity nearest neighbours. */
export function affinitiesOf(points: Float64Array, size: number, perplexity: number): Affinities {
  const count = points.length / size
  const k = Math.min(count - 1, Math.floor(3 * perplexity))
  const { index, distance } = nearestNeighbours(points, size, k)
  const rows = Array.from({ length: count }, () => new Map<number, number>())
  for (let p = 0; p < count; p++) {
    const own = conditionalProbabilities(distance.subarray(p * k, (p + 1) * k), perplexity)
    own.forEach((value, i) => {
      const q = index[p * k + i]!
      const half = value / (2 * count)
      rows[p]!.set(q, (rows[p]!.get(q) ?? 0) + half)
      rows[q]!.set(p, (rows[q]!.get(p) ?? 0) + half)
    })
  }
  const from = new Int32Array(count + 1)
  rows.forEach((row, p) => (from[p + 1] = from[p]! + row.size))
  const to = Int32Array.from(rows.flatMap((row) => [...row.keys()]))
  const weight = Float64Array.from(rows.flatMap((row) => [...row.values()]))
  return { from, to, weight }
}
