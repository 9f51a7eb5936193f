// Integrated gradients (Sundararajan et al. 2017) from gradients along the path from zero input vectors; withheld where they are wrong.
import type { IntegratedGradients } from '../../../contract/analyses.ts'

const largestError = 0.1

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!
  return sum
}

/**
 * Integrated gradients by the trapezoid rule: `gradientAt(r, t)` is by input vector t where all vectors are `xs` times r / steps. `difference`: log p
 * at the end of the path minus that at its beginning; null values if they miss it by more than a tenth.
 */
export function integratedOf(
  xs: readonly Float64Array[],
  steps: number,
  gradientAt: (r: number, t: number) => ArrayLike<number>,
  difference: number,
): IntegratedGradients {
  const values = Float32Array.from(xs, (x, t) => {
    let sum = 0
    for (let r = 0; r <= steps; r++)
      sum += ((r === 0 || r === steps ? 0.5 : 1) / steps) * dot(gradientAt(r, t), x)
    return sum
  })
  const error = Math.abs(values.reduce((a, b) => a + b, 0) - difference) / Math.abs(difference)
  return { values: error <= largestError ? values : null, completenessError: error, difference, steps }
}
