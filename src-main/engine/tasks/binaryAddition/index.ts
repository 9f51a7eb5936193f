// Binary addition, digit by digit.
import { defineTask } from '../defineTask.ts'
import { additionData } from './data.ts'
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
    { path: 'train.bptt', values: ['full'], why: 'a sum is one whole sequence' },
    { path: 'model.subsample', values: [1], why: 'every digit has an answer of its own' },
  ],
  formerly: { kind: 'addition' },
  presets,
  dataInWords: ({ bits }) => `addition ${bits} bits`,
  abilities: () => ({ generates: null, inspects: null, answers: null }),
  validates: () => true,
  network: additionNetwork,
  open: additionTask,
})
