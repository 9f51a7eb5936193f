// Fixed points of a network that reads one symbol for ever, with the linear dynamics around each (Sussillo & Barak 2013; Golub & Sussillo,
// FixedPointFinder 2018): descent from visited states, or reading on from them; Newton's method to 1e-12, merging, eigenvalues of the Jacobian.
import { UnrollError } from '../../contract/errors.ts'
import type { FixedPoint, FixedPoints } from '../../contract/analyses.ts'
import { encodeTyped } from '../generation/sample.ts'
import { stateSize } from '../generation/stepProgram.ts'
import { seedWords } from '../nn/initialise.ts'
import { randomStream } from '../run/random.ts'
import { eigenvalues, linearSolver } from './linearAlgebra.ts'
import type { TrainedModel } from './model.ts'
import { constantStep, newton, speed } from './newton.ts'
import { lengthOf } from './orthonormalise.ts'
import { settledStates, slowStates } from './slowStates.ts'
import { inputVector, stepwiseNetwork } from './stepStates.ts'
import { symbolOf } from './symbolOf.ts'
import { nearestPositions, visitedStates } from './visitedStates.ts'

const maxStateSize = 512
/** Two points are one if all coordinates differ by less than this. */
const sameWithin = 1e-3
/** Points farther from the centre of the starts than this many mean distances of the starts are dropped. */
const farthest = 10
const positionsPerPoint = 5
/** Starts from which the symbol is also read this many times, to find where the network settles. */
const maxSettled = 64
const settleSteps = 1000
/** Multiplications of Newton's method after which the remaining starts are left. */
const maxWork = 2 ** 36

/** Options of a search. */
export interface FixedPointOptions {
  text: string
  symbol?: string | undefined
  starts: number
  noise: number
  iterations: number
  seed: number
}

/** Searches fixed points. Throws E_ARG for networks without a step map and unknown symbols, E_TOO_LARGE beyond 512 state values. */
export async function fixedPoints(
  model: TrainedModel,
  { text, symbol, starts, noise, iterations, seed }: FixedPointOptions,
): Promise<FixedPoints> {
  const network = stepwiseNetwork(model, 'fixedPoints')
  const { ids, symbols } = encodeTyped(text, model.symbols, 'text')
  const read = symbol ?? mostFrequent(symbols)
  const x = inputVector(model, symbolOf(model, read))
  const size = stateSize(network)
  if (size > maxStateSize)
    throw new UnrollError(
      'E_TOO_LARGE',
      `id: the state has ${size} values; fixed points are searched for states of at most ${maxStateSize}.`,
      { path: 'id' },
    )
  const visited = visitedStates(model, network, ids)
  const first = drawStarts(visited, size, { starts, noise, seed })
  const settled = settledStates(model, network, x, first.subarray(0, maxSettled * size), settleSteps)
  const slow = slowStates(model, network, x, first, iterations)
  const { centre, spread } = spreadOf(first, size)
  const step = constantStep(model, network, x)
  const solve = await linearSolver()
  const found: { state: Float64Array; q: number; starts: number }[] = []
  const count = { unconverged: 0, dropped: 0 }
  let slowest: number | null = null
  let work = 0
  /** Newton's method from one state; a new point is added to `found`. */
  const polish = (from: Float64Array, isFar: (state: Float64Array) => boolean) => {
    const known = found.find(({ state }) => isSame(state, from))
    if (known) return void known.starts++
    const reached = work > maxWork ? undefined : newton(step, solve, from)
    work += 8 * size ** 3
    const q = reached?.q ?? speed(step.residual(from))
    if (!reached) slowest = Math.min(q, slowest ?? q)
    if (!reached) return void count.unconverged++
    if (isFar(reached.state)) return void count.dropped++
    const same = found.find(({ state }) => isSame(state, reached.state))
    if (same) same.starts++
    else found.push({ ...reached, starts: 1 })
  }
  try {
    const rowOf = (states: Float64Array, row: number) => states.slice(row * size, (row + 1) * size)
    for (let row = 0; row < settled.length / size; row++) polish(rowOf(settled, row), () => false)
    const order = Array.from(slow.speeds.keys()).sort((a, b) => slow.speeds[a]! - slow.speeds[b]!)
    for (const row of order)
      polish(rowOf(slow.states, row), (state) => distance(state, centre) > farthest * spread)
    const points: FixedPoint[] = []
    for (const { state, q, starts } of found) {
      const { re, im } = await eigenvalues(step.jacobian(state, true), size)
      const unstable = re.reduce((n, value, i) => n + (Math.hypot(value, im[i]!) >= 1 ? 1 : 0), 0)
      points.push({
        state,
        q,
        re,
        im,
        unstable,
        starts,
        nearest: nearestPositions(visited, state, positionsPerPoint),
      })
    }
    points.sort((a, b) => a.unstable - b.unstable || b.starts - a.starts)
    return {
      symbol: read,
      stateSize: size,
      points,
      starts: starts + settled.length / size,
      ...count,
      slowest,
      tokens: symbols,
      seed,
      step: model.step,
    }
  } finally {
    step.dispose()
  }
}

/** The symbol that occurs most often. */
function mostFrequent(symbols: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
}

/** States (starts, size): visited states, the zero state among them, plus normal noise. */
function drawStarts(
  visited: Float64Array,
  size: number,
  { starts, noise, seed }: Pick<FixedPointOptions, 'starts' | 'noise' | 'seed'>,
): Float64Array {
  const random = randomStream({ seed: seedWords(seed), step: 0 }, 0x66697870)
  const positions = visited.length / size
  const rows = Array.from({ length: starts }, () => random.below(positions + 1) - 1)
  return Float64Array.from({ length: starts * size }, (_, i) => {
    const row = rows[Math.floor(i / size)]!
    return (row < 0 ? 0 : visited[row * size + (i % size)]!) + noise * random.normal()
  })
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
