// Attribution for classifiers of texts: what each symbol contributes to log p of a class, for any pooling and one or both directions. Every text is
// read whole, since a reverse direction and the pooling see all symbols.
import type { Attribution } from '../../../contract/analyses.ts'
import { nearest, UnrollError } from '../../../contract/errors.ts'
import { encodeTyped, largestFirst } from '../../generation/sample.ts'
import type { ExampleNetwork } from '../../tasks/examples/network.ts'
import { sequenceOf, type TrainedModel } from '../model.ts'
import { lengthOf } from '../orthonormalise.ts'
import { inputVector } from '../stepStates.ts'
import type { AttributionOptions } from './attribute.ts'
import { featureGradients, readClasses } from './classReadings.ts'
import { gradientsThroughTime } from './gradients.ts'
import { horizonOf } from './horizon.ts'
import { dot, integratedOf } from './integrated.ts'
import { frequencies } from './occlusion.ts'

const maxSymbols = 1000
const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Attributes log p(class | text) to the symbols of the text. Throws E_ARG for unknown classes, positions and symbols; E_TOO_LARGE beyond 1000 symbols. */
export function attributeClass(model: TrainedModel, options: AttributionOptions): Attribution {
  const { text, at, symbol, label, replacements, integrate, integrationSteps } = options
  const network = sequenceOf(model) as ExampleNetwork
  for (const [name, value] of Object.entries({ at, symbol }))
    if (value !== undefined)
      throw refuse(name, 'this run classifies the whole text. Leave it out, or choose a class.')
  const chosen = label === undefined ? undefined : classOf(model, label)
  const { ids, symbols: tokens, spaces } = encodeTyped(text, model.symbols, 'text')
  const length = ids.length
  if (length === 0) throw refuse('text', 'it has no symbols. Type at least one.')
  if (length > maxSymbols)
    throw new UnrollError('E_TOO_LARGE', `text: ${length} symbols; at most ${maxSymbols}.`, { path: 'text' })
  const vectors = new Map([...ids].map((id) => [id, inputVector(model, id)]))
  const vectorOf = (id: number) => {
    if (!vectors.has(id)) vectors.set(id, inputVector(model, id))
    return vectors.get(id)!
  }
  const xs = Array.from(ids, vectorOf)
  const size = xs[0]!.length
  const plain = readClasses(model, network, length, 1, (_, t) => xs[t]!).logProbabilities[0]!
  const target = chosen ?? largestFirst(plain, 1)[0]!
  const gradientsOf = (rows: number, vectorAt: (r: number, t: number) => Float64Array) =>
    readClasses(model, network, length, rows, vectorAt, target)
  const [gradient] = gradientsOf(1, (_, t) => xs[t]!).gradients
  const gradientAt = (of: Float64Array, t: number) => of.subarray(t * size, (t + 1) * size)

  const likely = largestFirst(frequencies(ids, model.vocabulary.length), replacements + 1)
  const read = [...ids].flatMap((own, position) =>
    likely
      .filter((id) => id !== own)
      .slice(0, replacements)
      .map((id) => ({ position, id })),
  )
  const replaced = readClasses(model, network, length, read.length, (r, t) =>
    read[r]!.position === t ? vectorOf(read[r]!.id) : xs[t]!,
  ).logProbabilities
  const found = tokens.map((): Attribution['replacements'][number] => [])
  read.forEach(({ position, id }, r) =>
    found[position]!.push({ symbol: model.vocabulary[id]!, change: plain[target]! - replaced[r]![target]! }),
  )
  const noHorizon = whyNoHorizon(network)
  return {
    tokens,
    spaces,
    target: length,
    symbol: null,
    label: model.labels[target]!,
    classes: largestFirst(plain, plain.length).map((id) => ({
      label: model.labels[id]!,
      probability: Math.exp(plain[id]!),
    })),
    logProbability: plain[target]!,
    gradient: Float32Array.from(xs, (_, t) => lengthOf(gradientAt(gradient!, t))),
    gradientTimesInput: Float32Array.from(xs, (x, t) => dot(gradientAt(gradient!, t), x)),
    occlusion: Float32Array.from(found, (list) =>
      list.reduce((sum, { change }) => sum + change / list.length, 0),
    ),
    replacements: found,
    horizon: noHorizon ? [] : horizon(),
    noHorizon,
    integrated: integrate ? integrated() : null,
    step: model.step,
  }

  function horizon() {
    const { states } = gradientsThroughTime(model, network, xs, 'features', (features) =>
      featureGradients(model, network, features, target),
    )
    return horizonOf(network, states)
  }

  function integrated() {
    const { logProbabilities, gradients } = gradientsOf(integrationSteps + 1, (r, t) =>
      xs[t]!.map((value) => (value * r) / integrationSteps),
    )
    const difference = logProbabilities[integrationSteps]![target]! - logProbabilities[0]![target]!
    return integratedOf(xs, integrationSteps, (r, t) => gradientAt(gradients[r]!, t), difference)
  }
}

/** Why states have no horizon: their step is no map of the state before it. */
function whyNoHorizon({ bidirectional, subsample }: ExampleNetwork): string | null {
  if (bidirectional)
    return 'the network reads in both directions, so no state comes after all symbols before it'
  return subsample > 1
    ? `the network reads ${subsample} symbols per step, so no state follows each symbol`
    : null
}

/** The id of a class; throws E_ARG with the classes, or the nearest one. */
function classOf({ labels }: TrainedModel, label: string): number {
  const id = labels.indexOf(label)
  if (id >= 0) return id
  const near = nearest(label, labels)
  const advice = near
    ? `did you mean ${JSON.stringify(near)}?`
    : `Classes: ${labels.slice(0, 10).join(', ')}.`
  throw refuse('label', `${JSON.stringify(label)} is not a class of this run; ${advice}`)
}
