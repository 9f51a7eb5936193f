// Language modelling over shuffled, independent, overlapping windows of a text: each starts with a zero state and predicts only the symbol
// after its end.
import { UnrollError } from '../../../contract/errors.ts'
import { input } from '../../graph/ops.ts'
import { seedWords } from '../../nn/initialise.ts'
import { readout } from '../../nn/ends.ts'
import type { Perturb } from '../../nn/model.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { atStep } from '../../nn/overTime.ts'
import { penalised, statisticUpdates, traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { Weights } from '../../nn/weights.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { Corpus } from './corpus.ts'
import type { TextData } from './data.ts'
import { shuffledIndex } from '../../data/streams.ts'
import type { Ids } from '../../data/vocabulary.ts'
import { ignoreUnknownTargets, tooShort, trainedLoss, weightWriter, type Parts } from './losses.ts'
import { textValidation } from './validation.ts'

/** The parts of a task that reads the text in windows. Throws E_DATA_SHORT, and E_CONFIG_DATA for a batch larger than the number of windows. */
export function windowsTask(config: ConfigOf<TextData>, corpus: Corpus, network: SequenceNetwork): Parts {
  const { train, seed } = config
  const { window, batch } = train
  const count = corpus.symbols.train - window
  if (count < 1) throw tooShort(corpus.symbols.train, window + 1, `a window of ${window}`)
  if (batch > count) {
    throw new UnrollError(
      'E_CONFIG_DATA',
      `train.batch: ${batch} is more than the ${count} windows of ${window} in the training part. Use a batch of at most ${count}.`,
      { path: 'train.batch' },
    )
  }
  const stepsPerEpoch = Math.floor(count / batch)
  const words = seedWords(seed)
  const lastStep = (weights: Weights, training = false, perturb?: Perturb) => {
    const x = input('ids', [window, batch])
    const trace = traceNetwork(network, weights, x, zeroStates(network, batch), {
      training,
      last: true,
      perturb,
    })
    const logits = readout(network, weights, atStep(trace.features, 0))
    return { trace, y: input('targets', [batch]), logits }
  }
  const ids = new Float64Array(window * batch)
  const targets = new Float64Array(batch)
  const writeWeights = weightWriter(train, corpus)
  /** Writes the window that begins at symbol `from` into column b, and the symbol after it as the target. */
  const fill = (text: Ids, b: number, from: number) => {
    for (let t = 0; t < window; t++) ids[t * batch + b] = text[from + t]!
    targets[b] = text[from + window]!
  }
  const evaluation = textValidation(config, corpus, network)
  return {
    stepsPerEpoch,
    symbolsPerStep: window * batch,
    graph(weights, _bucket, perturb) {
      const { trace, y, logits } = lastStep(weights, true, perturb)
      const plain = trainedLoss(train, corpus, logits, y)
      const loss = penalised(plain.loss, trace)
      const carry = statisticUpdates(weights, trace)
      return {
        ...plain,
        loss,
        carry,
        traced: [{ network, trace }],
      }
    },
    feed(executable, step) {
      const epoch = Math.floor(step / stepsPerEpoch)
      const first = (step % stepsPerEpoch) * batch
      for (let b = 0; b < batch; b++) fill(corpus.train, b, shuffledIndex(first + b, count, words, epoch))
      ignoreUnknownTargets(corpus, targets)
      executable.write('ids', ids)
      executable.write('targets', targets)
      writeWeights(executable, targets)
    },
    ...(evaluation && { evaluation }),
  }
}
