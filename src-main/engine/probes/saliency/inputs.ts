// A held-out example as a network reads it: its input vectors, and what they stand for.
import { UnrollError } from '../../../contract/errors.ts'
import type { HeldOut, ExampleInput } from '../../tasks/heldOut.ts'
import type { TrainedModel } from '../model.ts'
import type { InputReader } from './inputReader.ts'

/** What is read at the places of an example. */
export interface ExampleInputs extends Omit<ExampleInput, 'places'> {
  reader: InputReader
  /** Names of the numbers of a place; a single one for symbols and pixels. */
  dimensions: readonly string[]
  /** Of ids: their names, and the vector of an id. Undefined: the values are the input vectors. */
  ids?: { names: readonly string[]; vectorOf(id: number): Float64Array }
  /** (N, D) numbers or ids of training examples. */
  training(): Float64Array
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** The inputs of an example, with the answer at a place. Throws E_ARG for an example or a place that does not exist. */
export function inputsOf(
  model: TrainedModel,
  heldOut: HeldOut,
  index: number,
  asked?: number,
): ExampleInputs {
  const { count, dimensions, ids, answers, training } = heldOut
  if (count === 0) throw refuse('example', 'this run has no held-out examples. Hold out a part of the data.')
  if (index >= count) throw refuse('example', `${index} is not one of the held-out examples 0..${count - 1}.`)
  const { places, values, tokens, picture, at: usual } = heldOut.example(index)
  const at = placeOf(asked, usual, places, picture ? 'pixels' : 'steps')
  const vectorOf = vectorsOf(model)
  const vectors = ids ? Float64Array.from([...values].flatMap((id) => [...vectorOf(id)])) : values
  return {
    reader: {
      ...answers,
      places,
      size: vectors.length / places,
      vectors,
      answers: (weights, x) => heldOut.graph(model.network, weights, x, at),
    },
    at,
    dimensions,
    values,
    ...(ids && { ids: { names: ids, vectorOf } }),
    training,
    tokens,
    picture,
  }
}

function placeOf(
  asked: number | undefined,
  usual: number | null,
  places: number,
  what: string,
): number | null {
  if (asked === undefined) return usual
  if (usual === null) throw refuse('at', 'this run gives one answer for the whole input. Leave it out.')
  if (asked >= places) throw refuse('at', `${asked} is not one of the ${what} 0..${places - 1}.`)
  return asked
}

/** The vector that the first layer reads for an id: a row of the embedding, or a one-hot vector. */
function vectorsOf({ network: { input }, weights }: TrainedModel): (id: number) => Float64Array {
  const table = weights.get('embedding.w')
  const size = input.kind === 'onehot' ? input.symbols : input.size
  return (id) =>
    input.kind === 'embedding' && table
      ? Float64Array.from(table.data.subarray(id * size, (id + 1) * size))
      : Float64Array.from({ length: size }, (_, i) => (i === id ? 1 : 0))
}
