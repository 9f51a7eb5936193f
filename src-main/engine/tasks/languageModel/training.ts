// Training of a language model: on a text in order with carried states (truncated, online), or on shuffled independent windows.
import type { ConfigOf } from '../defineTask.ts'
import type { TextData } from './data.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { networkOf, refuseLookingAhead, type NetworkSizes, type SequenceNetwork } from '../../nn/network.ts'
import { withProfessor } from '../../nn/professor.ts'
import { readCorpus, type Corpus } from './corpus.ts'
import type { Text } from '../../data/source.ts'
import { vocabularyOf } from '../../data/vocabulary.ts'
import type { Task } from '../../training/task.ts'
import { textLoss } from './losses.ts'
import { streamsTask } from './streams.ts'
import { windowsTask } from './windows.ts'

/** The network of a language model over `symbols` symbols. */
export function textNetwork(
  { model, train, regularization, forcing }: ConfigOf<TextData>,
  symbols: number,
): SequenceNetwork {
  const activation = textLoss(train) === 'crossentropy' ? 'softmax' : 'sigmoid'
  const sizes: NetworkSizes = { symbols, outputs: symbols, outputBias: true, activation }
  return withProfessor(networkOf(model, sizes, regularization), forcing)
}

/** The task of a language model. `vocabulary`: symbols of the checkpoint that training continues from. Throws E_DATA_*, E_VOCAB_MAX, E_CONFIG_DATA, E_MODEL_MISMATCH. */
export function textTask(config: ConfigOf<TextData>, text: Text, vocabulary?: readonly string[]): Task {
  const { data } = config
  refuseLookingAhead(config.model)
  const corpus = readCorpus(text, data, vocabulary && vocabularyOf(data.unit, [...vocabulary]))
  if (vocabulary) refuseUnknownSymbols(corpus, vocabulary)
  const symbols = corpus.vocabulary.symbols.length
  const network = textNetwork(config, symbols)
  const { bptt } = config.train
  const parts =
    bptt === 'windows' ? windowsTask(config, corpus, network) : streamsTask(config, corpus, network)
  return {
    network,
    vocabulary: corpus.vocabulary.symbols,
    symbols: corpus.symbols,
    dataBytes: corpus.bytes,
    warnings: corpus.warnings,
    samples: { network, vocabulary: vocabularyOf(data.unit, [...corpus.vocabulary.symbols]) },
    stepsPerRun: 1,
    ...parts,
  }
}

function refuseUnknownSymbols(corpus: Corpus, vocabulary: readonly string[]): void {
  if (corpus.hasUnknown) {
    throw new UnrollError(
      'E_MODEL_MISMATCH',
      `data.dataset: this text has symbols that are not in the checkpoint's vocabulary of ${vocabulary.length}. Choose a text with the same symbols, or start a new run.`,
      { path: 'data.dataset' },
    )
  }
}
