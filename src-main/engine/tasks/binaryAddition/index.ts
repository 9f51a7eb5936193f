// The row of binary addition, digit by digit.
import { validationLoss } from '../../../contract/metrics.ts'
import { defineTask } from '../defineTask.ts'
import { additionData } from './data.ts'
import { heldOutOfProblem } from '../examples/heldOut.ts'
import { additionExamples, additionProblem } from './heldOut.ts'
import { presets } from './presets.ts'
import { additionNetwork, additionTask } from './training.ts'

export const binaryAddition = defineTask({
  id: 'binary-addition',
  title: 'Binary addition',
  about: 'Adds two binary numbers, least significant digit first: the carry must be remembered.',
  reads: 'sequences',
  data: additionData,
  traits: { readsAhead: [], gradient: [] },
  allowed: [
    { path: 'train.bptt', values: ['full'], why: 'a sum is one sequence, trained by full backpropagation' },
    { path: 'model.subsample', values: [1], why: 'there is an answer at every digit' },
  ],
  metrics: [
    { ...validationLoss, unit: 'half squared error or nats', about: 'Loss of a sum, half squared errors added up over its digits or a mean of the others, mean over a thousand held-out sums.' },
    { name: 'val/accuracy', title: 'Accuracy', direction: 'max', unit: 'fraction', about: 'Fraction of a thousand held-out sums of which every digit is right.' },
    { name: 'val/bit_error_rate', title: 'Bit error rate', direction: 'min', unit: 'fraction', about: 'Fraction of wrong digits over all digits of a thousand held-out sums.' },
  ], // prettier-ignore
  rankedBy: 'val/loss',
  formerly: { kind: 'addition' },
  presets,
  dataSummary: ({ bits }) => `addition ${bits} bits`,
  abilities: () => ({
    generates: null,
    inspects: null,
    readsNumbers: true,
    saliency: 'series',
    applies: null,
    answers: null,
  }),
  heldOut(config) {
    const { bits } = config.data
    const examples = additionExamples(bits)
    return heldOutOfProblem(config, additionProblem(bits), examples, examples)
  },
  validates: () => true,
  network: additionNetwork,
  open: additionTask,
})
