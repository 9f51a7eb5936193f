// Logistic regression on all units with an L1 penalty, as in Radford, Jozefowicz & Sutskever 2017: minimises |w|_1 + C sum_i log(1 + exp(-y_i (w x_i + b)))
// over standardised units, by accelerated proximal gradient descent (Beck & Teboulle, FISTA, 2009). The intercept b is not penalised.

/** Features of lines, (lines, units), row by row. */
export interface Rows {
  x: Float64Array
  units: number
}

/** Weights of standardised units and the intercept. */
export interface LinearProbe {
  weights: Float64Array
  intercept: number
}

const iterations = 400
/** A step that changes no weight by more than this ends the descent. */
const tolerance = 1e-4

/** Means and deviations of units; a constant unit gets a deviation of 1. */
export function scalesOf({ x, units }: Rows): { means: Float64Array; deviations: Float64Array } {
  const lines = x.length / units
  const means = new Float64Array(units)
  const deviations = new Float64Array(units)
  x.forEach((value, i) => (means[i % units]! += value / lines))
  x.forEach((value, i) => (deviations[i % units]! += (value - means[i % units]!) ** 2 / lines))
  return { means, deviations: deviations.map((variance) => (variance > 1e-12 ? Math.sqrt(variance) : 1)) }
}

export const standardise = (
  { x, units }: Rows,
  { means, deviations }: ReturnType<typeof scalesOf>,
): Rows => ({
  x: x.map((value, i) => (value - means[i % units]!) / deviations[i % units]!),
  units,
})

/** w x + b of every line. */
export function scoresOf({ x, units }: Rows, { weights, intercept }: LinearProbe): Float64Array {
  const scores = new Float64Array(x.length / units).fill(intercept)
  for (let i = 0; i < scores.length; i++)
    for (let u = 0; u < units; u++) scores[i]! += x[i * units + u]! * weights[u]!
  return scores
}

/** Fits standardised rows to classes 0 and 1; `start` are the weights to go on from. */
export function fitSparse(rows: Rows, of: Uint8Array, c: number, start?: LinearProbe): LinearProbe {
  const { x, units } = rows
  const lines = of.length
  const penalty = 1 / (c * lines)
  const step = 1 / curvature(rows)
  let now = start ?? { weights: new Float64Array(units), intercept: 0 }
  let ahead = now
  let momentum = 1
  for (let round = 0; round < iterations; round++) {
    const scores = scoresOf(rows, ahead)
    const slopes = scores.map((score, i) => (1 / (1 + Math.exp(-score)) - of[i]!) / lines)
    const gradient = new Float64Array(units)
    for (let i = 0; i < lines; i++)
      for (let u = 0; u < units; u++) gradient[u]! += x[i * units + u]! * slopes[i]!
    const next = {
      weights: ahead.weights.map((w, u) => shrink(w - step * gradient[u]!, step * penalty)),
      intercept: ahead.intercept - step * slopes.reduce((sum, slope) => sum + slope, 0),
    }
    const following = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2
    const pull = (momentum - 1) / following
    ahead = {
      weights: next.weights.map((w, u) => w + pull * (w - now.weights[u]!)),
      intercept: next.intercept + pull * (next.intercept - now.intercept),
    }
    const moved = next.weights.reduce((most, w, u) => Math.max(most, Math.abs(w - now.weights[u]!)), 0)
    now = next
    momentum = following
    if (moved < tolerance) break
  }
  return now
}

const shrink = (w: number, by: number): number => Math.sign(w) * Math.max(0, Math.abs(w) - by)

/** Largest curvature of the mean loss: a quarter of the largest eigenvalue of X'X / n with the column of the intercept, by the power method. */
function curvature({ x, units }: Rows): number {
  const lines = x.length / units
  let v = new Float64Array(units).fill(1 / Math.sqrt(units))
  let largest = 1
  for (let round = 0; round < 20; round++) {
    const product = new Float64Array(units)
    for (let i = 0; i < lines; i++) {
      let dot = 0
      for (let u = 0; u < units; u++) dot += x[i * units + u]! * v[u]!
      for (let u = 0; u < units; u++) product[u]! += (x[i * units + u]! * dot) / lines
    }
    largest = Math.sqrt(product.reduce((sum, value) => sum + value ** 2, 0))
    if (largest === 0) break
    v = product.map((value) => value / largest)
  }
  // The power method comes from below; standardised units have no product with the intercept, whose eigenvalue is 1.
  return (1.05 * Math.max(1, largest)) / 4
}
