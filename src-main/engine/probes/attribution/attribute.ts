// Which symbols before a position make the network expect its symbol: gradients through time, occlusion, the Jacobian horizon, and integrated
// gradients with their completeness error (Sundararajan et al. 2017), which are withheld where the error is above 0.1.
import { UnrollError } from '../../../contract/errors.ts'
import type { Attribution, IntegratedGradients } from '../../../contract/analyses.ts'
import { encodeTyped } from '../../generation/sample.ts'
import { inputSize, stateSize } from '../../generation/stepProgram.ts'
import { stateShapes, type SequenceNetwork } from '../../nn/network.ts'
import { predictsNext, type TrainedModel } from '../model.ts'
import { lengthOf } from '../orthonormalise.ts'
import { inputVector, stepwiseNetwork } from '../stepStates.ts'
import { symbolOf } from '../symbolOf.ts'
import { inputGradients } from './gradients.ts'
import { occlude } from './occlusion.ts'

const maxSymbols = 1000
const largestError = 0.1
/** Largest number of state values that integrated gradients keep. */
const maxIntegrated = 2 ** 25

/** Options of an attribution. */
export interface AttributionOptions {
  text: string
  at?: number | undefined
  symbol?: string | undefined
  replacements: number
  integrate: boolean
  integrationSteps: number
}

/**
 * Attributes log p(symbol at a position | symbols before it) to the symbols before it. Throws E_ARG for runs that do not predict the next symbol, networks
 * without a step map, unknown symbols and positions outside the text; E_TOO_LARGE beyond 1000 symbols.
 */
export function attribute(
  model: TrainedModel,
  { text, at, symbol, replacements, integrate, integrationSteps }: AttributionOptions,
): Attribution {
  const network = stepwiseNetwork(model, 'attribution')
  if (!predictsNext(model))
    throw refuse('id', 'this run does not predict the next symbol. Choose one that does.')
  const { ids: all, symbols } = encodeTyped(text, model.symbols, 'text')
  const target = at ?? all.length - 1
  if (target < 1 || target >= all.length)
    throw refuse('at', `${target} is not a position of 1..${all.length - 1}; a symbol must come before it.`)
  if (target > maxSymbols)
    throw new UnrollError('E_TOO_LARGE', `text: ${target} symbols come before it; at most ${maxSymbols}.`, {
      path: 'text',
    })
  const ids = all.slice(0, target + 1)
  if (symbol !== undefined) ids[target] = symbolOf(model, symbol)
  if (integrate && (integrationSteps + 1) * target * stateSize(network) > maxIntegrated)
    throw new UnrollError(
      'E_TOO_LARGE',
      `integrationSteps: ${integrationSteps} steps over ${target} symbols are too much memory. Take fewer steps or a shorter text.`,
      { path: 'integrationSteps' },
    )
  const xs = Array.from(ids.subarray(0, target), (id) => inputVector(model, id))
  const { logProbabilities, inputs, states } = inputGradients(model, network, xs, ids[target]!)
  const found = Array.from({ length: target }, (): Attribution['replacements'][number] => [])
  const occlusion = new Float32Array(target)
  const occluded = occlude(model, network, ids, replacements)
  for (const { position, id, change } of occluded)
    found[position]!.push({ symbol: model.vocabulary[id]!, change })
  found.forEach((list, t) => (occlusion[t] = list.reduce((sum, { change }) => sum + change / list.length, 0)))
  return {
    tokens: symbols.slice(0, target),
    target,
    symbol: model.vocabulary[ids[target]!]!,
    logProbability: logProbabilities[0]!,
    gradient: Float32Array.from(inputs, lengthOf),
    gradientTimesInput: Float32Array.from(inputs, (g, t) => dot(g, xs[t]!)),
    occlusion,
    replacements: found,
    horizon: horizonOf(network, states),
    integrated: integrate ? integratedGradients(model, network, xs, ids[target]!, integrationSteps) : null,
    step: model.step,
  }
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

/** Norms of the gradient by each state after every symbol but the last, and the slope of their logarithm against the distance. */
function horizonOf(network: SequenceNetwork, states: readonly Float64Array[]): Attribution['horizon'] {
  let from = 0
  return stateShapes(network).map(({ name, size }) => {
    const start = from
    from += size
    // states[t] is by the state before symbol t, which is the one after symbol t - 1.
    const norms = Float32Array.from(states, (_, t) =>
      t + 1 < states.length ? lengthOf(states[t + 1]!.subarray(start, start + size)) : NaN,
    )
    return { state: name, norms, slope: slopeOf(norms) }
  })
}

/** Least-squares slope of ln norm against the distance in symbols; NaN with fewer than two positive norms. */
function slopeOf(norms: Float32Array): number {
  const points = [...norms].flatMap((norm, t) => (norm > 0 ? [[norms.length - 1 - t, Math.log(norm)]] : []))
  const mean = (i: number) => points.reduce((sum, point) => sum + point[i]!, 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  const [xy, xx] = points.reduce(
    ([a, b], [x, y]) => [a! + (x! - mx) * (y! - my), b! + (x! - mx) ** 2],
    [0, 0],
  )
  return points.length < 2 ? NaN : xy! / xx!
}

/** Integrated gradients from zero input vectors, by the trapezoid rule; null values if they miss the difference of log p by more than a tenth. */
function integratedGradients(
  model: TrainedModel,
  network: SequenceNetwork,
  xs: readonly Float64Array[],
  target: number,
  steps: number,
): IntegratedGradients {
  const size = inputSize(network)
  const scaled = xs.map((x) =>
    Float64Array.from(
      { length: (steps + 1) * size },
      (_, i) => (x[i % size]! * Math.floor(i / size)) / steps,
    ),
  )
  const { logProbabilities, inputs } = inputGradients(model, network, scaled, target)
  const values = Float32Array.from(inputs, (gradient, t) => {
    let sum = 0
    for (let r = 0; r <= steps; r++) {
      const share = (r === 0 || r === steps ? 0.5 : 1) / steps
      sum += share * dot(gradient.subarray(r * size, (r + 1) * size), xs[t]!)
    }
    return sum
  })
  const difference = logProbabilities[steps]! - logProbabilities[0]!
  const error = Math.abs(values.reduce((a, b) => a + b, 0) - difference) / Math.abs(difference)
  return { values: error <= largestError ? values : null, completenessError: error, difference, steps }
}
