// How one answer of the network depends on the inputs of a held-out example: gradients, occlusion by a baseline, and integrated gradients with their
// completeness error (Sundararajan et al. 2017), which are withheld where it is above 0.1. It refuses tasks without the ability `saliency`.
import { UnrollError } from '../../../contract/errors.ts'
import type { ExplainedAnswer, InputSaliency } from '../../../contract/saliency.ts'
import type { Text } from '../../data/source.ts'
import { largestFirst } from '../../generation/sample.ts'
import { slopeOf } from '../attribution/horizon.ts'
import { dot, integratedOf } from '../attribution/integrated.ts'
import type { TrainedModel } from '../model.ts'
import { lengthOf } from '../orthonormalise.ts'
import { baselineOf, type Baseline } from './baseline.ts'
import { exampleAnswers, examplesOf } from './exampleAnswers.ts'
import { readVariants } from './inputReader.ts'
import { unknownName } from './unknownName.ts'
import { inputsOf, type ExampleInputs } from './inputs.ts'

/** Largest number of gradients that integrated gradients keep. */
const maxIntegrated = 2 ** 25

export interface SaliencyOptions {
  example: number
  at?: number | undefined
  answer?: string | undefined
  against?: string | undefined
  baseline?: string | undefined
  integrate: boolean
  integrationSteps: number
  /** The data of the run. */
  data(): Text
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** The saliency of the inputs of one held-out example. Throws E_ARG for other tasks and for unknown examples, steps, answers and baselines; E_TOO_LARGE. */
export function saliency(model: TrainedModel, options: SaliencyOptions): InputSaliency {
  const heldOut = examplesOf(model, options.data)
  const inputs = inputsOf(model, heldOut, options.example, options.at)
  const { reader, dimensions, values, ids } = inputs
  const baseline = baselineOf(inputs, options.baseline)
  const plain = readVariants(model, reader, 1, () => reader.vectors).answers[0]!
  const { answer, weights } = explained(inputs, plain, options)
  const {
    gradients: [gradient],
  } = readVariants(model, reader, 1, () => reader.vectors, weights)
  const occlusion = occluded(model, inputs, baseline, (answers) => answer.value - dot(weights, answers))
  const { size } = reader
  const at = (all: Float64Array, p: number) => all.subarray(p * size, (p + 1) * size)
  const byInput = ids
    ? Float32Array.from(values, (_, p) => lengthOf(at(gradient!, p)))
    : Float32Array.from(gradient!)
  const product = ids
    ? Float32Array.from(values, (_, p) => dot(at(gradient!, p), at(reader.vectors, p)))
    : Float32Array.from(values, (value, i) => gradient![i]! * value)
  const horizon = inputs.picture ? new Float32Array(0) : horizonOf(inputs, byInput)
  return {
    ...exampleAnswers(model, heldOut, [options.example])[0]!,
    examples: heldOut.count,
    answer,
    outputs: reader.names.map((name, k) => ({
      name,
      value: reader.kind === 'class' ? Math.exp(plain[k]!) : plain[k]!,
    })),
    dimensions: [...dimensions],
    inputs: Float32Array.from(values),
    tokens: inputs.tokens,
    picture: inputs.picture,
    gradient: byInput,
    gradientTimesInput: product,
    occlusion,
    baseline: baseline.about,
    horizon,
    horizonSlope: slopeOf(horizon.toReversed()),
    integrated: options.integrate
      ? integrated(model, inputs, baseline, weights, options.integrationSteps)
      : null,
    step: model.step,
  }
}

/** The answer that is asked for, the most probable class or the first output by default, and the weights of all answers in it. */
function explained(
  { reader: { kind, names }, at }: ExampleInputs,
  plain: Float64Array,
  { answer, against }: SaliencyOptions,
): { answer: ExplainedAnswer; weights: number[] } {
  const find = (path: string, name: string) => {
    const id = names.indexOf(name)
    if (id >= 0) return id
    throw unknownName(path, name, kind === 'class' ? 'a class' : 'an output', names)
  }
  const chosen =
    answer === undefined ? (kind === 'class' ? largestFirst(plain, 1)[0]! : 0) : find('answer', answer)
  if (against !== undefined && kind === 'number')
    throw refuse('against', 'this run answers with numbers and has no classes. Leave it out.')
  const other = against === undefined ? undefined : find('against', against)
  if (other === chosen)
    throw refuse('against', `${JSON.stringify(against)} is the class itself. Give another one.`)
  const weights = names.map((_, k) => (k === chosen ? 1 : k === other ? -1 : 0))
  return {
    answer: { kind, name: names[chosen]!, against: against ?? null, at, value: dot(weights, plain) },
    weights,
  }
}

/** What replacing each number, or each symbol or pixel, by the baseline takes from the answer; (P, D). */
function occluded(
  model: TrainedModel,
  { reader, values, ids }: ExampleInputs,
  { values: replacement }: Baseline,
  change: (answers: Float64Array) => number,
): Float32Array {
  const { vectors, size } = reader
  const found = new Float32Array(values.length)
  const changed = Array.from(values, (_, i) => i).filter((i) => values[i] !== replacement[i])
  const { answers } = readVariants(model, reader, changed.length, (r) => {
    const i = changed[r]!
    const own = vectors.slice()
    if (ids) own.set(ids.vectorOf(replacement[i]!), i * size)
    else own[i] = replacement[i]!
    return own
  })
  changed.forEach((i, r) => (found[i] = change(answers[r]!)))
  return found
}

/** |gradient| summed over the numbers of a step, by its distance before the answered step. */
function horizonOf(
  { reader: { places }, at, dimensions }: ExampleInputs,
  gradient: Float32Array,
): Float32Array {
  const size = dimensions.length
  const last = at ?? places - 1
  return Float32Array.from({ length: last + 1 }, (_, lag) =>
    gradient
      .subarray((last - lag) * size, (last - lag + 1) * size)
      .reduce((sum, value) => sum + Math.abs(value), 0),
  )
}

/** Integrated gradients of every number from its baseline; of symbols and pixels, of every place from the zero vector. */
function integrated(
  model: TrainedModel,
  { reader, ids }: ExampleInputs,
  baseline: Baseline,
  weights: readonly number[],
  steps: number,
) {
  const { vectors, places } = reader
  if ((steps + 1) * vectors.length > maxIntegrated)
    throw new UnrollError(
      'E_TOO_LARGE',
      `integrationSteps: ${steps} steps over ${places} places are too much memory. Take fewer steps.`,
      { path: 'integrationSteps' },
    )
  const from = ids ? new Float64Array(vectors.length) : baseline.values
  const { answers, gradients } = readVariants(
    model,
    reader,
    steps + 1,
    (r) => vectors.map((value, i) => from[i]! + ((value - from[i]!) * r) / steps),
    weights,
  )
  const size = ids ? reader.size : 1
  const cells = Array.from({ length: vectors.length / size }, (_, i) =>
    vectors.subarray(i * size, (i + 1) * size).map((value, j) => value - from[i * size + j]!),
  )
  return integratedOf(
    cells,
    steps,
    (r, i) => gradients[r]!.subarray(i * size, (i + 1) * size),
    dot(weights, answers[steps]!) - dot(weights, answers[0]!),
  )
}
