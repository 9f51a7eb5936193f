// The Mackey-Glass series as comma-separated values: dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x(t), a chaotic series without noise
// (Mackey & Glass 1977). It is computed, not stored.

const [delay, production, decay, exponent] = [17, 0.2, 0.1, 10]
/** Integration steps of 0.1; a record is every tenth. The first 1,000 time units, in which the start is forgotten, are left out. */
const stepsPerUnit = 10
const [skipped, records] = [1000, 4000]
const initial = 1.2

/** `count` values at t = `from`, from + 1 ...: fourth-order Runge-Kutta, with the delayed value between two steps taken from a straight line. */
export function mackeyGlass(from: number, count: number): Float64Array {
  const dt = 1 / stepsPerUnit
  const lag = delay * stepsPerUnit
  const x = new Float64Array((from + count) * stepsPerUnit + 1)
  x[0] = initial
  const past = (i: number) => (i < 0 ? initial : x[i]!)
  const slope = (now: number, then: number) => (production * then) / (1 + then ** exponent) - decay * now
  for (let i = 0; i + 1 < x.length; i++) {
    const [begin, end] = [past(i - lag), past(i + 1 - lag)]
    const middle = (begin + end) / 2
    const now = x[i]!
    const k1 = slope(now, begin)
    const k2 = slope(now + (dt / 2) * k1, middle)
    const k3 = slope(now + (dt / 2) * k2, middle)
    const k4 = slope(now + dt * k3, end)
    x[i + 1] = now + (dt / 6) * (k1 + 2 * k2 + 2 * k3 + k4)
  }
  return Float64Array.from({ length: count }, (_, i) => x[(from + i) * stepsPerUnit]!)
}

let cached: string | undefined

/** A header and 4,000 lines of time and value; computed once and cached. */
export function mackeyGlassText(): string {
  cached ??= `t,x\n${Array.from(mackeyGlass(skipped, records), (x, t) => `${t},${x.toFixed(6)}`).join('\n')}\n`
  return cached
}
