// The row of the task on frames: the next frame of an animation from the last ones.
import { validationLoss } from '../../../contract/metrics.ts'
import type { Text } from '../../data/source.ts'
import { plainReading } from '../../data/reading.ts'
import { frameText } from '../../formats/imageText.ts'
import type { Task } from '../../training/task.ts'
import { defineTask, type ConfigOf } from '../defineTask.ts'
import { heldOutOfProblem } from '../examples/heldOut.ts'
import { wholeSequences } from '../examples/linesData.ts'
import { squaredError } from '../examples/metrics.ts'
import { exampleNetwork, type ExampleNetwork } from '../examples/network.ts'
import { examplesTask } from '../examples/training.ts'
import { pixelColumns } from '../imageRows/source.ts'
import { frameAnswers } from './answers.ts'
import { framesData, type FramesData } from './data.ts'
import { presets } from './presets.ts'
import { framesShape, frameSource } from './source.ts'

/** Training examples from which means of pixels are taken. */
const sampled = 100
const baseline = (name: string, title: string, what: string) => ({
  name: `val/${name}`,
  title,
  direction: null,
  unit: 'squared error',
  about: `Mean squared error over all pixels of the held-out frames, white being 1, of ${what}: a baseline of val/mse.`,
})

export const nextFrame = defineTask({
  id: 'next-frame',
  title: 'Next frame',
  about: 'Predicts the next frame of an animation, all its pixels, from the last ones.',
  reads: 'sequences',
  data: framesData,
  traits: { oneAnswer: [], answersAfterReading: [], readsAhead: [], gradient: [] },
  allowed: [
    wholeSequences,
    { path: 'train.loss', values: ['auto', 'mse', 'sse', 'mae'], why: 'the answers are gray levels' },
  ],
  metrics: [
    { ...validationLoss, unit: 'squared or absolute error', about: 'Mean loss of a pixel over the held-out frames, white being 1.' },
    { ...squaredError, about: 'Mean squared error over all pixels of the held-out frames, white being 1.' },
    baseline('mse_copy', 'Mean squared error of the last frame', 'copying the last frame'),
    baseline('mse_linear', 'Mean squared error of linear extrapolation', 'adding the change from the frame before, within black and white'),
  ], // prettier-ignore
  rankedBy: 'val/mse',
  formerly: {},
  format: frameText,
  presets,
  dataSummary: ({ dataset }) => dataset,
  abilities: ({ validation }) => ({
    generates: null,
    inspects: null,
    ...(validation > 0 && { readsNumbers: true as const }),
    saliency: validation > 0 ? 'series' : null,
    applies: null,
    answers: 'frames',
  }),
  validates: ({ validation }) => validation > 0,
  text: { reading: () => plainReading, whole: () => true },
  network: (config, _symbols, _labels, columns) => exampleNetwork(config, framesShape(columns.length)),
  heldOut(config, text) {
    const { problem, heldOut, lengthSample } = frameSource(config, config.data, text)
    return heldOutOfProblem(config, problem, heldOut, lengthSample.slice(0, sampled))
  },
  open: openFrames,
})

function openFrames(config: ConfigOf<FramesData>, text: Text): Task {
  const source = frameSource(config, config.data, text)
  const task = examplesTask(config, source)
  return {
    ...task,
    columns: pixelColumns(source.problem.output.count, true),
    answers: frameAnswers(task.network as ExampleNetwork, source, config.data.history),
  }
}
