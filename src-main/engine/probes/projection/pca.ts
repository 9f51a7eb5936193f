// Principal components, exact: eigenvectors of the covariance matrix in f64.
import { symmetricEigen } from '../linearAlgebra.ts'

/** Points in the coordinates of the first principal components. */
export interface Components {
  /** (count, dimensions), row by row. */
  coordinates: Float64Array
  /** Share of the variance of each component. */
  explained: number[]
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
  const coordinates = new Float64Array(count * dimensions)
  for (let d = 0; d < dimensions; d++) {
    const vector = vectors.subarray(d * size, (d + 1) * size)
    const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-12 ? b : a), 0)
    const sign = largest < 0 ? -1 : 1
    for (let p = 0; p < count; p++) {
      let sum = 0
      for (let i = 0; i < size; i++) sum += (points[p * size + i]! - mean[i]!) * vector[i]!
      coordinates[p * dimensions + d] = sign * sum
    }
  }
  const share = (d: number) => (total > 0 ? Math.max(0, values[d]!) / total : 0)
  return { coordinates, explained: Array.from({ length: dimensions }, (_, d) => share(d)) }
}
