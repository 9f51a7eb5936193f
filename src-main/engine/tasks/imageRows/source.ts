// Examples of images: the steps of one, each a row, a column or a pixel, with its class; the last images are held out. Images without a class are
// left out.
import type { Options, RunConfig } from '../../../contract/config.ts'
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import type { ScaledColumn } from '../../../contract/scaledColumn.ts'
import { wholeText, type Text } from '../../data/source.ts'
import { quoted } from '../../formats/format.ts'
import { readImages, storedLevels, type ImageSet } from '../../formats/imageText.ts'
import { balanced } from '../../nn/classWeights.ts'
import { seedWords } from '../../nn/initialise.ts'
import type { CheckpointVocabulary } from '../defineTask.ts'
import { shuffledBatches } from '../examples/batches.ts'
import { classBaselines } from '../examples/classBaselines.ts'
import type { Example, Problem, Shape } from '../examples/example.ts'
import type { Source } from '../examples/sources.ts'
import type { RowsData } from './data.ts'

/** White as the network reads it is 1. */
export const white = storedLevels - 1
/** Channels that a checkpoint can describe. */
export const maxChannels = 4096

/** A source of examples with the images that they come from. */
export interface ImageSource extends Source {
  set: ImageSet
  /** Index of the first held-out image. */
  cut: number
  /** The numbers of an image (rows * columns) as the network reads them, step by step. */
  stepsOf(pixels: Uint8Array): Uint8Array
}

/** Columns of numbers that a network reads at a step: gray levels as fractions of white. */
export const pixelColumns = (count: number, target: boolean): ScaledColumn[] =>
  Array.from({ length: count }, (_, i) => ({ name: `pixel ${i + 1}`, mean: 0, deviation: white, target }))

/** The layout of a network that reads `channels` pixels at a step and answers with one of `classes`. */
export const rowsShape = (channels: number, classes: number): Shape => ({
  topology: 'one',
  input: { channels },
  output: { kind: 'classes', count: classes },
  predictsNext: false,
  words: false,
})

/** How pixels of an image are ordered into steps, and the number of pixels of a step. */
function reading({ rows, columns }: ImageSet, read: RowsData['read']) {
  if (read !== 'columns')
    return { channels: read === 'rows' ? columns : 1, stepsOf: (pixels: Uint8Array) => pixels }
  const stepsOf = (pixels: Uint8Array) =>
    Uint8Array.from(pixels, (_, i) => pixels[(i % rows) * columns + Math.floor(i / rows)]!)
  return { channels: rows, stepsOf }
}

const refuse = (code: 'E_DATA_FORMAT' | 'E_DATA_SHORT' | 'E_MODEL_MISMATCH', path: string, message: string) =>
  new UnrollError(code, `${path}: ${message}`, { path })

/** The images with a class, by the ids of `known` if there are some. Throws E_DATA_FORMAT for images without classes, E_MODEL_MISMATCH. */
function labelledSet(text: Text, known: CheckpointVocabulary | undefined): { set: ImageSet; left: number } {
  const set = readImages(wholeText(text))
  const used = Array.from(set.labels.keys()).filter((n) => set.labels[n]! >= 0)
  if (used.length === 0)
    throw refuse(
      'E_DATA_FORMAT',
      'data.dataset',
      'the images have no classes. Import them with a file of labels, or with a folder per class.',
    )
  const classes = known?.labels ?? set.classes
  const ids = set.classes.map((name) => classes.indexOf(name))
  const missing = set.classes.find((_, id) => ids[id]! < 0)
  if (missing !== undefined)
    throw refuse(
      'E_MODEL_MISMATCH',
      'data.dataset',
      `the checkpoint has no class ${quoted(missing)}. Take images of its classes: ${classes.slice(0, 20).join(', ')}.`,
    )
  const labels = Int32Array.from(used, (n) => ids[set.labels[n]!]!)
  if (used.length === set.labels.length) return { set: { ...set, classes, labels }, left: 0 }
  const size = set.rows * set.columns
  const pixels = new Uint8Array(used.length * size)
  used.forEach((n, i) => pixels.set(set.pixels.subarray(n * size, (n + 1) * size), i * size))
  return { set: { ...set, classes, labels, pixels }, left: set.labels.length - used.length }
}

/** The source of a text of images. Throws the errors of readImages, E_DATA_FORMAT, E_DATA_SHORT, E_MODEL_MISMATCH. */
export function imageSource(
  { train, seed }: Options<'train'> & Pick<RunConfig, 'seed'>,
  data: RowsData,
  text: Text,
  known?: CheckpointVocabulary,
): ImageSource {
  const { set, left } = labelledSet(text, known)
  const { classes, labels, pixels, rows, columns } = set
  const count = labels.length
  const cut = count - Math.round(count * data.validation)
  if (cut === 0)
    throw refuse(
      'E_DATA_SHORT',
      'data.validation',
      `no image of ${count} is left for training. Lower it, or take more images.`,
    )
  const { channels, stepsOf } = reading(set, data.read)
  if (channels > maxChannels)
    throw refuse(
      'E_DATA_FORMAT',
      'data.read',
      `a step has ${channels} pixels; at most ${maxChannels} are read. Read pixels.`,
    )
  const size = rows * columns
  const example = (n: number): Example => ({
    input: stepsOf(pixels.subarray(n * size, (n + 1) * size)),
    answer: labels.subarray(n, n + 1),
  })
  const all = Array.from({ length: count }, (_, n) => example(n))
  const [examples, heldOut] = [all.slice(0, cut), all.slice(cut)]
  const unit = { rows: 'column', columns: 'row', pixels: 'pixel' }[data.read]
  const problem: Problem = {
    ...rowsShape(channels, classes.length),
    dimensions: channels === 1 ? ['pixel'] : Array.from({ length: channels }, (_, i) => `${unit} ${i + 1}`),
    symbols: [],
    labels: classes,
    unknown: -1,
    numberScale: 1 / white,
    separator: '',
    judge: { kind: 'argmax' },
    tolerance: 0,
    maxLength: { input: size / channels, answer: 1 },
    fixedLength: true,
    extrapolates: false,
    formatExample: ({ answer }) => ({ input: `${rows} x ${columns} pixels`, expected: classes[answer[0]!]! }),
  }
  const counts = classes.map((_, id) => examples.filter(({ answer }) => answer[0] === id).length)
  return {
    problem,
    set,
    cut,
    stepsOf,
    batches: shuffledBatches(problem, examples, train.batch, seedWords(seed), false),
    lengthSample: examples,
    heldOut,
    count: examples.length,
    ...(train.classWeights === 'balanced' && { weights: balanced(counts) }),
    baselines: () => classBaselines(problem, examples, heldOut),
    bytes: 2 * pixels.length,
    warnings: warningsOf(left, counts, classes),
  }
}

function warningsOf(left: number, counts: readonly number[], classes: readonly string[]): Warning[] {
  const say = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })
  const untrained = classes.filter((_, id) => counts[id] === 0)
  return [
    ...(left > 0 ? [say(`${left.toLocaleString('en')} images without a class left out.`)] : []),
    ...(untrained.length > 0
      ? [
          say(
            `the training part has no image of ${untrained.slice(0, 10).join(', ')}: the held-out part is the last of the file; import it shuffled.`,
          ),
        ]
      : []),
  ]
}
