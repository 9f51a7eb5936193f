// The Lyapunov spectrum of a trained network driven by a text, by held-out numbers or by one input (Benettin et al. 1980; for recurrent networks Vogt et al.,
// arXiv 2204.04876): how fast small changes of the state grow or fade. Jacobians are exact, by forward-mode differentiation of the step.
import { UnrollError } from '../../contract/errors.ts'
import type { LyapunovSpectrum } from '../../contract/dynamics.ts'
import { jacobianProgram, stateSize } from '../generation/stepProgram.ts'
import { randomStream } from '../run/random.ts'
import {
  constantVector,
  driveOf,
  readsNumbers,
  type ConstantInput,
  type Drive,
  type DriveInput,
} from './drive.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { orthonormaliseRows } from './orthonormalise.ts'
import { readStates, runStep, stepwiseNetwork, writeStates } from './stepStates.ts'

/** Steps that are not counted: the state leaves zero, and the directions align. */
const transient = 50
/** Largest product of steps, exponents and state size. */
const maxWork = 2 ** 31

/** Options of a spectrum. */
export interface LyapunovOptions extends DriveInput, ConstantInput {
  steps: number
  exponents: number
}

/**
 * The largest `exponents` exponents in nats per step. Held-out sequences are read as one stream, from the zero state at its beginning only.
 * Throws E_ARG for networks without a step map, fewer than 100 symbols or steps and an input that does not fit; E_TOO_LARGE for too much work.
 */
export function lyapunovSpectrum(
  model: TrainedModel,
  { steps: most, exponents, ...input }: LyapunovOptions,
): LyapunovSpectrum {
  const network = stepwiseNetwork(model, 'lyapunov')
  const { symbol, inputs } = input
  const drive = chosenDrive(model, input, most)
  const steps = Math.min(most, drive.length)
  const size = stateSize(network)
  const count = Math.min(exponents, size)
  if (steps * count * size * (count + size) > maxWork * 64)
    throw new UnrollError(
      'E_TOO_LARGE',
      `steps: ${steps} steps of ${count} exponents of a state of ${size} values are too much work. Take fewer exponents or steps.`,
      { path: 'steps' },
    )
  const executable = withWeights(model, jacobianProgram(network, count))
  const random = randomStream({ seed: [0, 0], step: 0 }, 0x6c79)
  let directions = Float64Array.from({ length: count * size }, () => random.normal())
  orthonormaliseRows(directions, count, size)
  let state: Float64Array = new Float64Array(size)
  const counted = steps - transient
  const sums = [new Float64Array(count), new Float64Array(count)]
  const growth = new Float32Array(steps).fill(NaN)
  try {
    for (let t = 0; t < steps; t++) {
      executable.write('x', drive.vector(t))
      writeStates(executable, network, 'state', state)
      writeStates(executable, network, 'tangent', directions, count)
      runStep(executable)
      state = readStates(executable, network, 'next')
      directions = readStates(executable, network, 'product', count) as Float64Array<ArrayBuffer>
      const lengths = orthonormaliseRows(directions, count, size)
      if (t < transient) continue
      growth[t] = Math.log(lengths[0]!)
      const half = sums[(t - transient) * 2 < counted ? 0 : 1]!
      for (let i = 0; i < count; i++) half[i]! += Math.log(lengths[i]!)
    }
  } finally {
    executable.dispose()
  }
  const firstHalf = Math.ceil(counted / 2)
  const mean = (i: number) => (sums[0]![i]! + sums[1]![i]!) / counted
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => mean(b) - mean(a) || a - b)
  return {
    exponents: Float64Array.from(order, mean),
    firstHalf: Float64Array.from(order, (i) => sums[0]![i]! / firstHalf),
    secondHalf: Float64Array.from(order, (i) => sums[1]![i]! / (counted - firstHalf)),
    stateSize: size,
    counted,
    symbol: symbol ?? null,
    inputs: inputs ? Float64Array.from(inputs) : null,
    tokens: drive.tokens.slice(0, steps),
    growth,
    step: model.step,
  }
}

/** What drives the network: a constant input for `steps` steps, else the text or the held-out sequences. */
function chosenDrive(
  model: TrainedModel,
  input: Omit<LyapunovOptions, 'steps' | 'exponents'>,
  steps: number,
): Drive {
  const { symbol, inputs } = input
  if (symbol !== undefined || inputs) {
    const x = constantVector(model, input)
    const tokens = symbol === undefined ? [] : Array<string>(steps).fill(symbol)
    return { length: steps, vector: () => x, starts: Int32Array.of(0), tokens, numbers: null }
  }
  const drive = driveOf(model, input)
  if (drive.length >= 2 * transient) return drive
  const what = readsNumbers(model) ? 'held-out steps' : 'symbols'
  throw new UnrollError(
    'E_ARG',
    `text: ${drive.length} ${what}; the spectrum needs at least ${2 * transient}, because the first ${transient} are not counted.`,
    { path: 'text' },
  )
}
