// The row of the music task: the next frame of a piece from the frames before it.
import { validationLoss } from '../../../contract/metrics.ts'
import { plainReading } from '../../data/reading.ts'
import { musicText } from '../../formats/musicText.ts'
import { defineTask } from '../defineTask.ts'
import { wholeSequences } from '../examples/linesData.ts'
import { musicData } from './data.ts'
import { presets } from './presets.ts'
import { musicNetwork, musicTask } from './training.ts'

const perFrame = 'nats per frame'

export const music = defineTask({
  id: 'music-model',
  title: 'Music model',
  about: 'Predicts which of 88 keys sound in the next frame of a piece, and continues pieces.',
  reads: 'sequences',
  data: musicData,
  traits: { padding: [], gradient: [] },
  allowed: [
    wholeSequences,
    { path: 'train.loss', values: ['auto', 'binary'], why: 'each key is a binary output' },
    { path: 'model.subsample', values: [1], why: 'there is an output at every frame' },
  ],
  metrics: [
    { ...validationLoss, unit: perFrame, about: 'The negative log-likelihood per frame.' },
    { name: 'val/nll', title: 'Negative log-likelihood', direction: 'min', unit: perFrame, about: 'Sum of the binary cross-entropies of 88 keys, mean over all held-out frames but the first of each piece.' },
    { name: 'val/frame_accuracy', title: 'Frame accuracy', direction: 'max', unit: 'fraction', about: 'TP / (TP + FP + FN) over the keys of all predicted held-out frames, where a key of more than 0.5 probability is predicted to sound (Bay, Ehmann & Downie 2009).' },
    { name: 'val/nll_marginal', title: 'Negative log-likelihood of key frequencies', direction: 'min', unit: perFrame, about: 'The negative log-likelihood per held-out frame of a baseline: each key with its frequency in the training part.' },
    { name: 'val/nll_markov', title: 'Negative log-likelihood of key transitions', direction: 'min', unit: perFrame, about: 'The negative log-likelihood per held-out frame of a baseline: each key with its frequency in the training part after a frame with or without it.' },
  ], // prettier-ignore
  rankedBy: 'val/nll',
  formerly: {},
  format: musicText,
  presets,
  dataSummary: ({ dataset }) => dataset,
  abilities: () => ({
    generates: 'music',
    inspects: null,
    saliency: null,
    applies: null,
    answers: 'piano roll',
  }),
  validates: ({ validation }) => validation > 0,
  text: { reading: () => plainReading, whole: () => true },
  network: musicNetwork,
  open: musicTask,
})
