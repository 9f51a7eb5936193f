// Principal components, exact: eigenvectors of the covariance matrix in f64.
import { symmetricEigen } from '../linearAlgebra.ts'

/** Points in the coordinates of the first principal components. */
export interface Components {
  /** (count, dimensions), row by row. */
  coordinates: Float64Array
  /** Share of the variance of each component. */
  explained: number[]
  /** The coordinates (dimensions) of a further point (size). */
  place(point: ArrayLike<number>): Float64Array
}

/** The first `dimensions` (at most `size`) principal components of points (count, size). The largest loading of each is positive, so signs are fixed. */
export async function principalComponents(
  points: Float32Array | Float64Array,
  size: number,
  dimensions: number,
): Promise<Components> {
  const count = points.length / size
  const mean = new Float64Array(size)
  for (let p = 0; p < count; p++) for (let i = 0; i < size; i++) mean[i]! += points[p * size + i]! / count
  const covariance = new Float64Array(size * size)
  const row = new Float64Array(size)
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < size; i++) row[i] = points[p * size + i]! - mean[i]!
    for (let i = 0; i < size; i++) {
      const value = row[i]! / count
      for (let j = i; j < size; j++) covariance[i * size + j]! += value * row[j]!
    }
  }
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) covariance[i * size + j] = covariance[j * size + i]!
  const { values, vectors } = await symmetricEigen(covariance, size)
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  const axes = Array.from({ length: dimensions }, (_, d) => {
    const vector = vectors.slice(d * size, (d + 1) * size)
    const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-12 ? b : a), 0)
    return largest < 0 ? vector.map((value) => -value) : vector
  })
  const place = (point: ArrayLike<number>) =>
    Float64Array.from(axes, (axis) => axis.reduce((sum, value, i) => sum + (point[i]! - mean[i]!) * value, 0))
  const coordinates = new Float64Array(count * dimensions)
  for (let p = 0; p < count; p++)
    coordinates.set(place(points.subarray(p * size, (p + 1) * size)), p * dimensions)
  const share = (d: number) => (total > 0 ? Math.max(0, values[d]!) / total : 0)
  return { coordinates, explained: axes.map((_, d) => share(d)), place }
}
