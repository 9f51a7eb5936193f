// The row of the flip-flop task: holds one bit per channel, set by input pulses.
import { validationLoss } from '../../../contract/metrics.ts'
import { defineTask } from '../defineTask.ts'
import { flipFlopData } from './data.ts'
import { presets } from './presets.ts'
import { allHeldOut, flipFlopNetwork, flipFlopTask } from './training.ts'

export const flipFlop = defineTask({
  id: 'flip-flop',
  title: 'Flip-flop',
  about: 'Holds one bit per channel: the sign of the last input pulse of +1 or -1.',
  reads: 'sequences',
  data: flipFlopData,
  traits: { readsAhead: [], gradient: [] },
  allowed: [
    { path: 'train.bptt', values: ['full'], why: 'sequences are trained by full backpropagation' },
    { path: 'train.loss', values: ['auto', 'mse', 'sse'], why: 'the outputs are numbers' },
    { path: 'model.subsample', values: [1], why: 'there is an output at every step' },
  ],
  metrics: [
    { ...validationLoss, unit: 'squared error', about: 'Squared error (half of it with `sse`) of an output, mean over all channels and steps of 512 held-out sequences.' },
    { name: 'val/accuracy', title: 'Accuracy', direction: 'max', unit: 'fraction', about: 'Fraction of the steps of 512 held-out sequences at which the output of every channel has the right sign.' },
  ], // prettier-ignore
  rankedBy: 'val/loss',
  formerly: {},
  presets,
  dataSummary: ({ channels, length }) => `flip-flop ${channels} x ${length}`,
  abilities: () => ({
    generates: null,
    inspects: null,
    readsNumbers: true,
    saliency: 'series',
    applies: null,
    answers: 'channels',
  }),
  heldOut: ({ data }) => allHeldOut(data),
  validates: () => true,
  network: flipFlopNetwork,
  open: flipFlopTask,
})
