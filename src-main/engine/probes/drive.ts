// What drives the step of a network in analyses of its dynamics: the symbols of a text or held-out sequences of numbers, and a constant input.
import { UnrollError } from '../../contract/errors.ts'
import { encodeTyped } from '../generation/sample.ts'
import { inputSize } from '../generation/stepProgram.ts'
import { sequenceOf, type TrainedModel } from './model.ts'
import { inputVector } from './stepStates.ts'
import { symbolOf } from './symbolOf.ts'

/** Vectors that a network reads, T steps. */
export interface Drive {
  length: number
  /** The vector (I) that the first layer reads at a step. */
  vector(step: number): Float64Array
  /** First step of each sequence, 0 among them. */
  starts: Int32Array
  /** The symbols, T entries; empty for numbers. */
  tokens: string[]
  /** The numbers (T, I), row by row; null for symbols. */
  numbers: Float32Array | null
}

/** What a probe is given to read: a text, or for networks that read numbers their held-out sequences, (T, I) each. */
export interface DriveInput {
  text: string
  numbers?: (() => readonly Float64Array[]) | undefined
}

/** A constant input as it is asked for: a symbol, or numbers. */
export interface ConstantInput {
  symbol?: string | undefined
  inputs?: readonly number[] | undefined
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Whether a model reads vectors of numbers. */
export const readsNumbers = (model: TrainedModel): boolean => sequenceOf(model).input.kind === 'dense'

/** What drives a model: its held-out sequences if it reads numbers, else the text. Throws E_ARG for unknown symbols and missing numbers. */
export function driveOf(model: TrainedModel, { text, numbers }: DriveInput): Drive {
  if (readsNumbers(model)) {
    if (!numbers) throw refuse('id', 'this run reads numbers, and no sequence of them is held out.')
    return numberDrive(numbers(), inputSize(sequenceOf(model)))
  }
  const { ids, symbols } = encodeTyped(text, model.symbols, 'text')
  return {
    length: ids.length,
    vector: (step) => inputVector(model, ids[step]!),
    starts: Int32Array.of(0),
    tokens: symbols,
    numbers: null,
  }
}

function numberDrive(sequences: readonly Float64Array[], size: number): Drive {
  const flat = Float64Array.from(sequences.flatMap((one) => [...one]))
  let next = 0
  const starts = sequences.map((one) => {
    const start = next
    next += one.length / size
    return start
  })
  return {
    length: next,
    vector: (step) => flat.subarray(step * size, (step + 1) * size),
    starts: Int32Array.from(starts),
    tokens: [],
    numbers: Float32Array.from(flat),
  }
}

/** The vector (I) of a constant input. Throws E_ARG for an unknown symbol, a wrong number of numbers, and what the model does not read. */
export function constantVector(model: TrainedModel, { symbol, inputs }: ConstantInput): Float64Array {
  if (!readsNumbers(model)) {
    if (inputs) throw refuse('inputs', 'this run reads symbols, not numbers. Give a symbol.')
    return inputVector(model, symbolOf(model, symbol!))
  }
  const size = inputSize(sequenceOf(model))
  if (symbol !== undefined)
    throw refuse('symbol', `this run reads ${size} numbers per step, not symbols. Give its inputs.`)
  if (inputs!.length !== size)
    throw refuse('inputs', `${inputs!.length} numbers, but this run reads ${size} per step.`)
  return Float64Array.from(inputs!)
}
