// The row of the task that reads images row by row, column by column or pixel by pixel: one class per image.
import { validationLoss } from '../../../contract/metrics.ts'
import { softmax } from '../../graph/ops.ts'
import type { Text } from '../../data/source.ts'
import { plainReading } from '../../data/reading.ts'
import { imageText } from '../../formats/imageText.ts'
import { classLogits } from '../../nn/ends.ts'
import type { Task } from '../../training/task.ts'
import { defineTask, type CheckpointVocabulary, type ConfigOf } from '../defineTask.ts'
import { inputsFor, writeExamples } from '../examples/feed.ts'
import { heldOutOfProblem } from '../examples/heldOut.ts'
import { wholeSequences } from '../examples/linesData.ts'
import { answerAccuracy, mostProbable } from '../examples/metrics.ts'
import { exampleNetwork, traceExamples, type ExampleNetwork } from '../examples/network.ts'
import { examplesTask } from '../examples/training.ts'
import { rowsData, type RowsData } from './data.ts'
import { filterTest } from './filterTest.ts'
import { presets } from './presets.ts'
import { captionOf, pictureOf, picturesOf } from './shown.ts'
import { imageSource, pixelColumns, rowsShape, type ImageSource } from './source.ts'

/** Training images from which means of pixels are taken. */
const sampled = 500
const shownImages = 8

export const imageRows = defineTask({
  id: 'image-rows',
  title: 'Images row by row',
  about:
    'Classifies images of your own that a sequence network reads row by row, column by column or pixel by pixel.',
  reads: 'sequences',
  data: rowsData,
  traits: { oneAnswer: [], answersAfterReading: [], readsAhead: [], gradient: [], rareClasses: [] },
  allowed: [wholeSequences],
  metrics: [
    { ...validationLoss, unit: 'nats per image', about: 'Mean cross-entropy of the class over the held-out images, without class weights.' },
    answerAccuracy(mostProbable),
    { name: 'val/accuracy_majority', title: 'Accuracy, majority', direction: 'max', unit: 'fraction', about: 'Fraction of held-out images that have the most frequent class of the training part: a baseline.' },
  ], // prettier-ignore
  rankedBy: 'val/loss',
  formerly: {},
  format: imageText,
  presets,
  dataSummary: ({ dataset, read }) => `${dataset} by ${read}`,
  abilities: ({ validation }) => ({
    generates: null,
    inspects: null,
    ...(validation > 0 && { readsNumbers: true as const, filters: true as const }),
    saliency: validation > 0 ? 'series' : null,
    applies: validation > 0 ? 'images' : null,
    answers: 'classified images',
  }),
  validates: ({ validation }) => validation > 0,
  text: { reading: () => plainReading, whole: () => true },
  network: (config, _symbols, labels, columns) => exampleNetwork(config, rowsShape(columns.length, labels)),
  heldOut(config, text) {
    const { problem, heldOut, lengthSample } = imageSource(config, config.data, text)
    return heldOutOfProblem(config, problem, heldOut, lengthSample.slice(0, sampled))
  },
  filterTest: (config, text) => filterTest(imageSource(config, config.data, text)),
  open: openRows,
})

function openRows(config: ConfigOf<RowsData>, text: Text, known?: CheckpointVocabulary): Task {
  const source = imageSource(config, config.data, text, known)
  const { answers: _, ...task } = examplesTask(config, source)
  const { input } = source.problem
  return {
    ...task,
    columns: pixelColumns('channels' in input ? input.channels : 1, false),
    images: imagesOf(task.network as ExampleNetwork, source),
  }
}

/** The first held-out images (of the training part if none is held out) with their predicted classes. */
function imagesOf(
  network: ExampleNetwork,
  { problem, set, heldOut, lengthSample, cut }: ImageSource,
): NonNullable<Task['images']> {
  const first = heldOut.length > 0 ? cut : 0
  const shown = (heldOut.length > 0 ? heldOut : lengthSample).slice(0, shownImages)
  const { rows, columns, classes, labels, pixels } = set
  const size = rows * columns
  return {
    graph(weights) {
      const { x, mask } = inputsFor(problem, problem.maxLength, shown.length)
      const { logits } = traceExamples(network, problem, weights, { x, mask }, false)
      return { outputs: { p: softmax(classLogits(network, logits)) }, carry: [] }
    },
    draw(executable) {
      writeExamples(executable, problem, shown)
      executable.run({ seed: [0, 0], step: 0 })
      const p = executable.read('p')
      const pictures = shown.map((_, b) => ({
        ...pictureOf(pixels.subarray((first + b) * size, (first + b + 1) * size)),
        ...captionOf(p.subarray(b * classes.length, (b + 1) * classes.length), classes, labels[first + b]!),
      }))
      return picturesOf(rows, columns, pictures)
    },
  }
}
