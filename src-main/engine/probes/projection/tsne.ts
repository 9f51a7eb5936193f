// t-SNE in the plane with Barnes-Hut sums (van der Maaten & Hinton 2008; van der Maaten 2014). It starts from the principal components, so
// that the picture depends on the points alone.
import { affinitiesOf, type Affinities } from './affinities.ts'
import { repulsion } from './quadtree.ts'

const iterations = 750
const earlyIterations = 250
const exaggeration = 12
const theta = 0.5

/** The gradient of the KL divergence, (count, 2), with attractions multiplied by `by`. */
export function gradientOf(
  { from, to, weight }: Affinities,
  places: Float64Array,
  by: number,
  opening = theta,
): Float64Array {
  const { forces, normaliser } = repulsion(places, opening)
  const gradient = new Float64Array(places.length)
  for (let p = 0; p < places.length / 2; p++) {
    let [gx, gy] = [0, 0]
    for (let e = from[p]!; e < from[p + 1]!; e++) {
      const q = to[e]!
      const dx = places[2 * p]! - places[2 * q]!
      const dy = places[2 * p + 1]! - places[2 * q + 1]!
      const pull = (by * weight[e]!) / (1 + dx * dx + dy * dy)
      gx += pull * dx
      gy += pull * dy
    }
    gradient[2 * p] = 4 * (gx - forces[2 * p]! / normaliser)
    gradient[2 * p + 1] = 4 * (gy - forces[2 * p + 1]! / normaliser)
  }
  return gradient
}

/** Places (count, 2) of points (count, size), from `start` (count, 2). The perplexity is at most (count - 1) / 3. */
export function tsne(
  points: Float64Array,
  size: number,
  start: Float64Array,
  perplexity: number,
): Float64Array {
  const count = points.length / size
  const affinities = affinitiesOf(points, size, Math.max(1, Math.min(perplexity, (count - 1) / 3)))
  const spread = Math.sqrt(start.reduce((sum, value) => sum + value * value, 0) / start.length) || 1
  const places = start.map((value) => (1e-4 * value) / spread)
  const velocity = new Float64Array(places.length)
  const gains = new Float64Array(places.length).fill(1)
  // As in scikit-learn (Belkina et al. 2019).
  const rate = Math.max(50, count / exaggeration / 4)
  for (let i = 0; i < iterations; i++) {
    const early = i < earlyIterations
    const gradient = gradientOf(affinities, places, early ? exaggeration : 1)
    const momentum = early ? 0.5 : 0.8
    for (let k = 0; k < places.length; k++) {
      const g = gradient[k]!
      gains[k] = Math.max(0.01, g * velocity[k]! < 0 ? gains[k]! + 0.2 : gains[k]! * 0.8)
      velocity[k] = momentum * velocity[k]! - rate * gains[k]! * g
      places[k]! += velocity[k]!
    }
  }
  return places
}
