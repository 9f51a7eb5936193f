// A trained model for inspection and sampling: weights, configuration and vocabulary of a checkpoint. It does not train.
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { readCheckpoint } from '../checkpoint/read.ts'
import type { Program } from '../compile/program.ts'
import { networkFor, predictsNext as taskPredictsNext, readingOf, taskFacts } from '../tasks/index.ts'
import type { ScaledColumn } from '../../contract/scaledColumn.ts'
import { vocabularyOf, type Vocabulary } from '../data/vocabulary.ts'
import { isImageNetwork, type ImageNetwork } from '../nn/imageNetwork.ts'
import { parameterCount, type Model } from '../nn/model.ts'
import { isSequenceNetwork, type SequenceNetwork } from '../nn/network.ts'
import { within } from '../nn/weights.ts'
import type { Executable, Executor } from '../run/executor.ts'
import type { Tensor } from '../checkpoint/safetensors.ts'
import { readerProgram, type ReaderOptions } from '../generation/reader.ts'

/** Progress and cancellation of one call. */
export interface CallControl {
  /** Shared flag: not 0 once the call is cancelled. */
  cancel?: Int32Array
  /** Called while a text is read: symbols read so far, and all. */
  progress?(done: number, total: number): void
}

/** A model opened from a checkpoint. */
export interface TrainedModel {
  readonly config: RunConfig
  readonly step: number
  readonly vocabulary: string[]
  /** Names of the classes, if the task has any. */
  readonly labels: string[]
  /** Columns of numbers that it reads, with their scaling; undefined for other data and in older checkpoints. */
  readonly columns?: readonly ScaledColumn[] | undefined
  readonly parameters: number
  /** The inspected network: the encoder if there is an encoder and a decoder, since it reads typed text. */
  readonly network: Model
  readonly symbols: Vocabulary
  /** Weights by the names of `network`. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** The network with all its parts, such as encoder and decoder, and weights by its names. */
  readonly whole: { readonly network: Model; readonly weights: ReadonlyMap<string, Tensor> }
  readonly executor: Executor
  /** Of the call that uses the model; each call may have its own copy of this record. */
  readonly control?: CallControl
}

/** Opens a model; throws E_MODEL_* as readCheckpoint does. */
export function openModel(checkpoint: Uint8Array, executor: Executor): TrainedModel {
  const { config, step, vocabulary, labels, columns, tensors } = readCheckpoint(checkpoint)
  const whole: Model & { encoder?: Model } = networkFor(config, vocabulary.length, labels.length, columns)
  const { encoder } = whole
  return {
    config,
    step,
    vocabulary,
    labels,
    columns,
    parameters: parameterCount(whole),
    network: encoder ?? whole,
    symbols: vocabularyOf(readingOf(config).unit, vocabulary, readingOf(config)),
    weights: encoder ? within(tensors, 'encoder.') : tensors,
    whole: { network: whole, weights: tensors },
    executor,
  }
}

/** The network of a model that reads sequences; throws E_ARG for one that reads images. */
export function sequenceOf({ network }: TrainedModel): SequenceNetwork {
  if (isSequenceNetwork(network)) return network
  const message =
    'id: the network of this run reads images, so it cannot read or generate text. Choose a run on a text.'
  throw new UnrollError('E_ARG', message, { path: 'id' })
}

/** The network of a model that reads images; throws E_ARG for one that reads sequences. */
export function imageOf({ network, config }: TrainedModel): ImageNetwork {
  if (isImageNetwork(network)) return network
  const { title } = taskFacts(config)
  const message = `id: the task of this run is ${title.toLowerCase()}, which reads no images. Choose a run on images.`
  throw new UnrollError('E_ARG', message, { path: 'id' })
}

/** Loads a reader program with the model's weights. The caller disposes of it. */
export function openReader(model: TrainedModel, options: ReaderOptions): Executable {
  return withWeights(model, readerProgram(model.network, options))
}

/** Loads a program with the model's weights. The caller disposes of it. Its runs throw E_CANCELLED once the call is cancelled. */
export function withWeights(model: TrainedModel, program: Program): Executable {
  const executable = model.executor.load(program)
  for (const [name, { kind }] of executable.program.slots) {
    if (kind === 'state' && model.weights.has(name) && !name.startsWith('carry.'))
      executable.write(name, model.weights.get(name)!.data)
  }
  const cancel = model.control?.cancel
  if (!cancel) return executable
  return {
    ...executable,
    get memory() {
      return executable.memory
    },
    run(options) {
      if (executable.run({ ...options, cancel })) return true
      throw new UnrollError('E_CANCELLED', 'The reading was cancelled.')
    },
  }
}

/** Whether the network outputs a distribution over the next input symbol. */
export const predictsNext = ({ config }: TrainedModel): boolean => taskPredictsNext(config)

/** Throws E_ARG if the model reads numbers or images instead of symbols; `what` names the command in the message. */
export function refuseNonText(model: TrainedModel, what: string): void {
  if (sequenceOf(model).input.kind === 'dense') {
    throw new UnrollError('E_ARG', `${what}: this model reads numbers, not text. Choose a run on a text.`)
  }
}
