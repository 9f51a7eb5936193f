// Fixed points of a network that reads one symbol or one vector for ever, with the linear dynamics around each (Sussillo & Barak 2013; Golub & Sussillo,
// FixedPointFinder 2018): descent from visited states, or reading on from them; Newton's method to 1e-12, merging, eigenvalues of the Jacobian.
import { UnrollError } from '../../contract/errors.ts'
import type { FixedPoint, FixedPoints } from '../../contract/dynamics.ts'
import { inputSize, stateSize } from '../generation/stepProgram.ts'
import { seedWords } from '../nn/initialise.ts'
import { randomStream } from '../run/random.ts'
import { constantVector, driveOf, type ConstantInput, type DriveInput } from './drive.ts'
import { eigenvalues, linearSolver } from './linearAlgebra.ts'
import type { TrainedModel } from './model.ts'
import { midpoints, searchOver } from './fixedPointSearch.ts'
import { constantStep } from './newton.ts'
import { principalComponents } from './projection/pca.ts'
import { settledStates, slowStates } from './slowStates.ts'
import { stepwiseNetwork } from './stepStates.ts'
import { nearestPositions, visitedStates } from './visitedStates.ts'

const maxStateSize = 512
/** Principal components of the visited states in which points are placed. */
const planes = 3
/** States of at most this many values are searched more thoroughly: from more starts, from the starts themselves and between points. */
const smallState = 32
/** Starts of a small state, and of a larger one. */
const usualStarts = [1024, 256] as const
/** Points of which all pairs are tried. */
const maxPairs = 40
const positionsPerPoint = 5
/** Starts from which the symbol is also read this many times, to find where the network settles. */
const maxSettled = 64
const settleSteps = 1000
/** Options of a search. */
export interface FixedPointOptions extends DriveInput, ConstantInput {
  starts?: number | undefined
  noise: number
  iterations: number
  seed: number
}

/** Searches fixed points. Throws E_ARG for networks without a step map and an input that does not fit, E_TOO_LARGE beyond 512 state values. */
export async function fixedPoints(
  model: TrainedModel,
  { text, numbers, symbol, inputs, starts: asked, noise, iterations, seed }: FixedPointOptions,
): Promise<FixedPoints> {
  const network = stepwiseNetwork(model, 'fixedPoints')
  const drive = driveOf(model, { text, numbers })
  const constant = drive.numbers
    ? { symbol, inputs: inputs ?? Array<number>(inputSize(network)).fill(0) }
    : { symbol: symbol ?? mostFrequent(drive.tokens), inputs }
  const x = constantVector(model, constant)
  const size = stateSize(network)
  if (size > maxStateSize)
    throw new UnrollError(
      'E_TOO_LARGE',
      `id: the state has ${size} values; fixed points are searched for states of at most ${maxStateSize}.`,
      { path: 'id' },
    )
  const { states: visited, outputs } = visitedStates(model, network, drive)
  const starts = asked ?? usualStarts[size <= smallState ? 0 : 1]
  const first = drawStarts(visited, size, { starts, noise, seed })
  const settled = settledStates(model, network, x, first.subarray(0, maxSettled * size), settleSteps)
  const slow = slowStates(model, network, x, first, iterations)
  const step = constantStep(model, network, x)
  try {
    const search = searchOver(step, await linearSolver(), first)
    search.from(settled, false)
    search.from(slow.states, true)
    if (size <= smallState) {
      search.from(first, true)
      search.from(
        midpoints(
          search.found.map(({ state }) => state),
          maxPairs,
        ),
        true,
      )
    }
    const plane = await principalComponents(visited, size, Math.min(planes, size))
    const points: FixedPoint[] = []
    for (const { state, q, starts } of search.found) {
      const { re, im } = await eigenvalues(step.jacobian(state, true), size)
      const unstable = re.reduce((n, value, i) => n + (Math.hypot(value, im[i]!) >= 1 ? 1 : 0), 0)
      points.push({
        state,
        q,
        re,
        im,
        unstable,
        starts,
        outputs: drive.numbers ? step.outputs(state) : new Float64Array(0),
        place: plane.place(state),
        nearest: nearestPositions(visited, state, positionsPerPoint),
      })
    }
    const indices = points.map(({ re, im }) => indexOf(re, im))
    points.sort((a, b) => a.unstable - b.unstable || b.starts - a.starts)
    return {
      symbol: constant.symbol ?? null,
      inputs: constant.inputs ? Float64Array.from(constant.inputs) : null,
      stateSize: size,
      points,
      indexSum: indices.reduce((sum, index) => sum + index, 0),
      starts: search.count.searches,
      unconverged: search.count.unconverged,
      dropped: search.count.dropped,
      slowest: search.slowest(),
      tokens: drive.tokens,
      sequences: drive.numbers && {
        starts: drive.starts,
        inputs: drive.numbers,
        outputs,
      },
      visited: Float32Array.from(plane.coordinates),
      explained: plane.explained,
      seed,
      step: model.step,
    }
  } finally {
    step.dispose()
  }
}

/** The sign of det(I - J): -1 for an odd number of real eigenvalues above 1. */
const indexOf = (re: Float64Array, im: Float64Array): number =>
  re.reduce((sign, value, i) => (im[i] === 0 && value > 1 ? -sign : sign), 1)

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
  { starts, noise, seed }: { starts: number; noise: number; seed: number },
): Float64Array {
  const random = randomStream({ seed: seedWords(seed), step: 0 }, 0x66697870)
  const positions = visited.length / size
  const rows = Array.from({ length: starts }, () => random.below(positions + 1) - 1)
  return Float64Array.from({ length: starts * size }, (_, i) => {
    const row = rows[Math.floor(i / size)]!
    return (row < 0 ? 0 : visited[row * size + (i % size)]!) + noise * random.normal()
  })
}
