// The Lyapunov spectrum of a trained network driven by a text or by one symbol (Benettin et al. 1980; for recurrent networks Vogt et al.,
// arXiv 2204.04876): how fast small changes of the state grow or fade. Jacobians are exact, by forward-mode differentiation of the step.
import { UnrollError } from '../../contract/errors.ts'
import type { LyapunovSpectrum } from '../../contract/analyses.ts'
import { encodeTyped } from '../generation/sample.ts'
import { jacobianProgram, stateSize } from '../generation/stepProgram.ts'
import { randomStream } from '../run/random.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { orthonormaliseRows } from './orthonormalise.ts'
import { inputVector, readStates, runStep, stepwiseNetwork, writeStates } from './stepStates.ts'
import { symbolOf } from './symbolOf.ts'

/** Steps that are not counted: the state leaves zero, and the directions align. */
const transient = 50
/** Largest product of steps, exponents and state size. */
const maxWork = 2 ** 31

/** Options of a spectrum. */
export interface LyapunovOptions {
  text: string
  symbol?: string | undefined
  steps: number
  exponents: number
}

/**
 * The largest `exponents` exponents in nats per symbol. Throws E_ARG for networks without a step map, texts of fewer than 100 symbols and
 * unknown symbols; E_TOO_LARGE for too much work.
 */
export function lyapunovSpectrum(
  model: TrainedModel,
  { text, symbol, steps, exponents }: LyapunovOptions,
): LyapunovSpectrum {
  const network = stepwiseNetwork(model, 'lyapunov')
  const { ids, tokens } = drive(model, text, symbol, steps)
  const size = stateSize(network)
  const count = Math.min(exponents, size)
  if (ids.length * count * size * (count + size) > maxWork * 64)
    throw new UnrollError(
      'E_TOO_LARGE',
      `steps: ${ids.length} steps of ${count} exponents of a state of ${size} values are too much work. Take fewer exponents or steps.`,
      { path: 'steps' },
    )
  const executable = withWeights(model, jacobianProgram(network, count))
  const random = randomStream({ seed: [0, 0], step: 0 }, 0x6c79)
  let directions = Float64Array.from({ length: count * size }, () => random.normal())
  orthonormaliseRows(directions, count, size)
  let state: Float64Array = new Float64Array(size)
  const counted = ids.length - transient
  const sums = [new Float64Array(count), new Float64Array(count)]
  const growth = new Float32Array(ids.length).fill(NaN)
  try {
    for (let t = 0; t < ids.length; t++) {
      executable.write('x', inputVector(model, ids[t]!))
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
    tokens,
    growth,
    step: model.step,
  }
}

/** Symbols that drive the network: the first of the text, or one symbol repeated. */
function drive(model: TrainedModel, text: string, symbol: string | undefined, steps: number) {
  if (symbol !== undefined) {
    const id = symbolOf(model, symbol)
    return { ids: new Int32Array(steps).fill(id), tokens: Array<string>(steps).fill(symbol) }
  }
  const { ids, symbols } = encodeTyped(text, model.symbols, 'text')
  if (ids.length < 2 * transient)
    throw new UnrollError(
      'E_ARG',
      `text: ${ids.length} symbols; the spectrum needs at least ${2 * transient}, because the first ${transient} are not counted.`,
      { path: 'text' },
    )
  return { ids: ids.subarray(0, steps), tokens: symbols.slice(0, steps) }
}
