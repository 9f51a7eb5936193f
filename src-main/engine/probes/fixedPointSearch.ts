// Newton's method from many states: merges what it reaches, and counts the searches that reach nothing.
import { newton, speed, type ConstantStep } from './newton.ts'
import { lengthOf } from './orthonormalise.ts'

/** Two points are one if all coordinates differ by less than this. */
const sameWithin = 1e-3
/** Points farther from the centre of the starts than this many mean distances of the starts are dropped. */
const farthest = 10
/** Multiplications of Newton's method after which the remaining searches are left. */
const maxWork = 2 ** 36

/** A fixed point with its speed q and the number of searches that led to it. */
export interface FoundPoint {
  state: Float64Array
  q: number
  starts: number
}

/** What a search has found so far. */
export interface Search {
  readonly found: FoundPoint[]
  /** Searches that were made, that reached no point, and that ended far from the starts. */
  readonly count: { searches: number; unconverged: number; dropped: number }
  /** Smallest speed q of a start that reached no point; null if all reached one. */
  slowest(): number | null
  /** Newton's method from states (rows, n), row by row. With `near` points far from the starts are dropped. */
  from(states: Float64Array, near: boolean): void
}

/** A search over one step; `starts` (rows, n) are those that drawn points are compared with. */
export function searchOver(
  step: ConstantStep,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array | undefined,
  starts: Float64Array,
): Search {
  const { size } = step
  const { centre, spread } = spreadOf(starts, size)
  const found: FoundPoint[] = []
  const count = { searches: 0, unconverged: 0, dropped: 0 }
  let slowest: number | null = null
  let work = 0
  const search = (from: Float64Array, near: boolean) => {
    count.searches++
    const known = found.find(({ state }) => isSame(state, from))
    if (known) return void known.starts++
    const reached = work > maxWork ? undefined : newton(step, solve, from)
    work += 8 * size ** 3
    if (!reached) {
      slowest = Math.min(speed(step.residual(from)), slowest ?? Infinity)
      return void count.unconverged++
    }
    if (near && distance(reached.state, centre) > farthest * spread) return void count.dropped++
    const same = found.find(({ state }) => isSame(state, reached.state))
    if (same) same.starts++
    else found.push({ ...reached, starts: 1 })
  }
  return {
    found,
    count,
    slowest: () => slowest,
    from(states, near) {
      for (let at = 0; at < states.length; at += size) search(states.slice(at, at + size), near)
    },
  }
}

/** The midpoints (rows, n) of all pairs of the first `most` states: between two points that attract there is often one that does not. */
export function midpoints(states: readonly Float64Array[], most: number): Float64Array {
  const some = states.slice(0, most)
  return Float64Array.from(
    some.flatMap((a, i) => some.slice(i + 1).flatMap((b) => [...a.map((value, k) => (value + b[k]!) / 2)])),
  )
}

const distance = (a: Float64Array, b: Float64Array): number => lengthOf(a.map((value, i) => value - b[i]!))
const isSame = (a: Float64Array, b: Float64Array): boolean =>
  a.every((value, i) => Math.abs(value - b[i]!) < sameWithin)

/** The centre of states (rows, size) and their mean distance from it. */
function spreadOf(states: Float64Array, size: number): { centre: Float64Array; spread: number } {
  const rows = states.length / size
  const centre = new Float64Array(size)
  states.forEach((value, i) => (centre[i % size]! += value / rows))
  let spread = 0
  for (let r = 0; r < rows; r++) spread += distance(states.subarray(r * size, (r + 1) * size), centre) / rows
  return { centre, spread }
}
