// Which symbols before a position make the network expect its symbol, or which symbols of a text make its class: gradients through time, occlusion, the Jacobian horizon, and integrated
// gradients with their completeness error (Sundararajan et al. 2017), which are withheld where the error is above 0.1.
import { UnrollError } from '../../../contract/errors.ts'
import type { Attribution, IntegratedGradients } from '../../../contract/analyses.ts'
import { encodeTyped } from '../../generation/sample.ts'
import { inputSize, stateSize } from '../../generation/stepProgram.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { classifiesText, taskFacts } from '../../tasks/index.ts'
import { predictsNext, type TrainedModel } from '../model.ts'
import { lengthOf } from '../orthonormalise.ts'
import { inputVector, stepwiseNetwork } from '../stepStates.ts'
import { symbolOf } from '../symbolOf.ts'
import { attributeClass } from './attributeClass.ts'
import { inputGradients } from './gradients.ts'
import { horizonOf } from './horizon.ts'
import { dot, integratedOf } from './integrated.ts'
import { occlude } from './occlusion.ts'

const maxSymbols = 1000
/** Largest number of state values that integrated gradients keep. */
const maxIntegrated = 2 ** 25

/** Options of an attribution. */
export interface AttributionOptions {
  text: string
  at?: number | undefined
  symbol?: string | undefined
  /** Of a classifier: the class; the most probable one if undefined. */
  label?: string | undefined
  replacements: number
  integrate: boolean
  integrationSteps: number
}

/**
 * Attributes log p(symbol at a position | symbols before it) to the symbols before it; of a classifier, log p(class | text) to the symbols of the text.
 * Throws E_ARG for runs that do neither, networks without a step map that predict the next symbol, unknown symbols and classes, and positions outside
 * the text; E_TOO_LARGE beyond 1000 symbols.
 */
export function attribute(model: TrainedModel, options: AttributionOptions): Attribution {
  refuseNumbers(model)
  if (classifiesText(model.config)) return attributeClass(model, options)
  if (!predictsNext(model))
    throw refuse(
      'id',
      `this run does not predict the next symbol and does not classify texts.${saliencyAdvice(model)} Choose one that does.`,
    )
  return attributeSymbol(model, options)
}

/** Throws E_ARG for a network that reads numbers or images, with what explains its answers. */
function refuseNumbers(model: TrainedModel): void {
  const { network } = model
  if (network.kind === 'sequence' && network.input.kind !== 'dense') return
  const what = network.kind === 'image' ? 'images' : 'numbers'
  throw refuse(
    'id',
    `attribution: this model reads ${what}, not text.${saliencyAdvice(model)} Choose a run on a text.`,
  )
}

const saliencyAdvice = ({ config }: TrainedModel): string =>
  taskFacts(config).abilities.saliency
    ? ' Its answers to held-out examples are explained by the saliency of their inputs.'
    : ''

function attributeSymbol(
  model: TrainedModel,
  { text, at, symbol, label, replacements, integrate, integrationSteps }: AttributionOptions,
): Attribution {
  const network = stepwiseNetwork(model, 'attribution')
  if (label !== undefined)
    throw refuse('label', 'this run predicts the next symbol and has no classes. Give a symbol instead.')
  const { ids: all, symbols, spaces } = encodeTyped(text, model.symbols, 'text')
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
    spaces: spaces.slice(0, target),
    target,
    symbol: model.vocabulary[ids[target]!]!,
    label: null,
    classes: [],
    logProbability: logProbabilities[0]!,
    gradient: Float32Array.from(inputs, lengthOf),
    gradientTimesInput: Float32Array.from(inputs, (g, t) => dot(g, xs[t]!)),
    occlusion,
    replacements: found,
    horizon: horizonOf(network, states),
    noHorizon: null,
    integrated: integrate ? integratedGradients(model, network, xs, ids[target]!, integrationSteps) : null,
    step: model.step,
  }
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Integrated gradients of log p(target) after the last symbol, from zero input vectors. */
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
  const gradientAt = (r: number, t: number) => inputs[t]!.subarray(r * size, (r + 1) * size)
  return integratedOf(xs, steps, gradientAt, logProbabilities[steps]! - logProbabilities[0]!)
}
