// A trained model for looking at: weights, configuration and vocabulary of a checkpoint. It never trains.
import { abilitiesOf } from '../../contract/abilities.ts'
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { readCheckpoint } from '../checkpoint/read.ts'
import { imageNetwork } from '../tasks/images/image.ts'
import type { Program } from '../compile/program.ts'
import type { ExampleNetwork } from '../tasks/examples/network.ts'
import { memoryTask } from '../tasks/memoryProblem/problems.ts'
import { networkFor } from '../tasks/index.ts'
import { readingOf } from '../data/reading.ts'
import { vocabularyOf, type Vocabulary } from '../data/vocabulary.ts'
import type { ImageNetwork } from '../nn/imageNetwork.ts'
import { parameterCount, within, type Network } from '../nn/network.ts'
import type { Executable, Executor } from '../run/executor.ts'
import type { Tensor } from '../checkpoint/safetensors.ts'
import { readerProgram, type ReaderOptions } from '../generation/reader.ts'
import { sampleWith, type SampleOptions } from '../generation/sample.ts'
import type { SampleToken } from '../../contract/inspect.ts'

export interface Model {
  readonly config: RunConfig
  readonly step: number
  readonly vocabulary: string[]
  readonly parameters: number
  /** Throws E_ARG for a model of images; that has a `grid` instead. */
  readonly network: Network
  readonly grid?: ImageNetwork
  readonly symbols: Vocabulary
  readonly weights: ReadonlyMap<string, Tensor>
  readonly executor: Executor
}

/** Reads weights, configuration and vocabulary; throws E_MODEL_* as readCheckpoint does. */
export function openModel(checkpoint: Uint8Array, executor: Executor): Model {
  const { config, step, vocabulary, labels, tensors } = readCheckpoint(checkpoint)
  if (config.data.kind === 'image') return openImages(config, step, tensors, executor)
  const whole = networkFor(config, vocabulary.length, labels.length) as Network | ExampleNetwork
  // Of an encoder and a decoder the encoder reads what is typed.
  const encoder = 'encoder' in whole ? whole.encoder : undefined
  return {
    config,
    step,
    vocabulary,
    parameters: parameterCount(whole),
    network: encoder ?? whole,
    symbols: vocabularyOf(readingOf(config.data).unit, vocabulary, readingOf(config.data)),
    weights: encoder ? within(tensors, 'encoder.') : tensors,
    executor,
  }
}

function openImages(config: RunConfig, step: number, weights: Model['weights'], executor: Executor): Model {
  const grid = imageNetwork(config)
  const symbols = vocabularyOf('char', [])
  const opened = {
    config,
    step,
    vocabulary: [],
    parameters: parameterCount(grid),
    grid,
    symbols,
    weights,
    executor,
  }
  return {
    ...opened,
    get network(): Network {
      const message =
        'this run learnt images; there is no text to look at or to write. Choose a run on a text.'
      throw new UnrollError('E_ARG', message, { path: 'id' })
    },
  }
}

/** A reader program with the model's weights in it. The caller disposes of it. */
export function openReader(model: Model, options: ReaderOptions): Executable {
  return withWeights(model, readerProgram(model.network, options))
}

/** The program with the model's weights in it. The caller disposes of it. */
export function withWeights(model: Model, program: Program): Executable {
  const executable = model.executor.load(program)
  for (const [name, { kind }] of executable.program.slots) {
    if (kind === 'state' && model.weights.has(name) && !name.startsWith('carry.'))
      executable.write(name, model.weights.get(name)!.data)
  }
  return executable
}

/** Whether its outputs are the probabilities of the symbol that is read next. */
export const foretellsSymbols = ({ config: { data } }: Model): boolean =>
  data.kind === 'text' || (data.kind === 'memory' && memoryTask(data).next)

/** Throws E_ARG when the model does not read typed symbols. */
export function checkReads(model: Model, what: string): void {
  if (model.network.input.kind === 'dense') {
    throw new UnrollError(
      'E_ARG',
      `${what}: this model reads numbers (${model.config.data.kind}), not text. Choose a run on a text.`,
    )
  }
}

/** Writes `length` symbols after the prime text; throws E_ARG on symbols the model does not know, or when it is no text model. */
export function* sampleText(model: Model, options: SampleOptions): Generator<SampleToken> {
  if (abilitiesOf(model.config).generates !== 'text') {
    throw new UnrollError(
      'E_ARG',
      `sample: this run learnt ${model.config.data.kind}, which gives no text. Choose a run on a text.`,
    )
  }
  const executable = openReader(model, { steps: 1, outputs: true })
  try {
    yield* sampleWith(executable, model.symbols, options)
  } finally {
    executable.dispose()
  }
}
