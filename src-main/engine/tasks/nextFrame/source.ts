// Examples of frames: `history` frames as the input, the next one as the answer, for every place of every sequence; the last sequences are held out.
import type { Options, RunConfig } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { wholeText, type Text } from '../../data/source.ts'
import { readFrames, storedLevels, type FrameSet } from '../../formats/imageText.ts'
import { seedWords } from '../../nn/initialise.ts'
import { shuffledBatches } from '../examples/batches.ts'
import type { Example, NumberOutput, Problem, Shape } from '../examples/example.ts'
import type { Source } from '../examples/sources.ts'
import type { FramesData } from './data.ts'

/** Pixels of a frame that a checkpoint can describe. */
const maxPixels = 4096
export const white = storedLevels - 1

/** The layout of a network that reads and predicts frames of this many pixels. */
export const framesShape = (pixels: number): Shape & { output: NumberOutput } => ({
  topology: 'one',
  input: { channels: pixels },
  output: { kind: 'number', count: pixels, stop: false },
  predictsNext: false,
  words: false,
})

/** A source of examples with the sequences that they come from. */
export interface FrameSource extends Source {
  problem: Problem & { output: NumberOutput }
  set: FrameSet
  /** Sequences that are held out; the training ones if none is. */
  shown: readonly Uint8Array[]
}

/** Divides the sequences: the last ones are held out, of a single one its last frames with the history before them. */
function parts({ sequences, rows, columns }: FrameSet, { validation, history }: FramesData) {
  if (sequences.length > 1) {
    const cut = sequences.length - Math.round(sequences.length * validation)
    return { train: sequences.slice(0, cut), heldOut: sequences.slice(cut) }
  }
  const size = rows * columns
  const [only] = sequences as [Uint8Array]
  const frames = only.length / size
  const heldOut = Math.round(frames * validation)
  const cut = frames - heldOut
  return {
    train: [only.subarray(0, cut * size)],
    heldOut: heldOut > 0 ? [only.subarray(Math.max(0, cut - history) * size)] : [],
  }
}

/** The source of a text of frames. Throws the errors of readFrames, E_DATA_FORMAT for frames that are too large, E_DATA_SHORT. */
export function frameSource(
  { train, seed }: Options<'train'> & Pick<RunConfig, 'seed'>,
  data: FramesData,
  text: Text,
): FrameSource {
  const set = readFrames(wholeText(text))
  const { rows, columns } = set
  const size = rows * columns
  if (size > maxPixels)
    throw new UnrollError(
      'E_DATA_FORMAT',
      `data.dataset: frames of ${rows} x ${columns} pixels; at most ${maxPixels} pixels are predicted. Import them with a smaller size.`,
      { path: 'data.dataset' },
    )
  const { history } = data
  const { train: trained, heldOut: kept } = parts(set, data)
  const examplesOf = (sequence: Uint8Array): Example[] =>
    Array.from({ length: Math.max(0, sequence.length / size - history) }, (_, t) => ({
      input: sequence.subarray(t * size, (t + history) * size),
      answer: sequence.subarray((t + history) * size, (t + history + 1) * size),
    }))
  const [examples, heldOut] = [trained.flatMap(examplesOf), kept.flatMap(examplesOf)]
  if (examples.length === 0)
    throw new UnrollError(
      'E_DATA_SHORT',
      `data.history: no sequence of the training part has more than ${history} frames. Lower it, or take longer sequences.`,
      { path: 'data.history' },
    )
  const problem: FrameSource['problem'] = {
    ...framesShape(size),
    dimensions: pixelNames(rows, columns),
    answerNames: pixelNames(rows, columns),
    symbols: [],
    labels: [],
    unknown: -1,
    numberScale: 1 / white,
    separator: ' ',
    judge: { kind: 'argmax' },
    tolerance: 0,
    maxLength: { input: history, answer: 1 },
    fixedLength: true,
    extrapolates: false,
    formatExample: () => ({ input: `${history} frames of ${rows} x ${columns}`, expected: 'the next frame' }),
  }
  return {
    problem,
    set,
    shown: kept.length > 0 ? kept : trained,
    batches: shuffledBatches(problem, examples, train.batch, seedWords(seed), false),
    lengthSample: examples,
    heldOut,
    baselines: () => frameBaselines(heldOut, size),
    count: examples.length,
    bytes: set.sequences.reduce((sum, { length }) => sum + length, 0),
    warnings: [],
  }
}

const pixelNames = (rows: number, columns: number): string[] =>
  Array.from(
    { length: rows * columns },
    (_, i) => `row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}`,
  )

/** Mean squared errors over held-out frames of copying the last frame, and of adding its change from the one before; {} without frames. */
export function frameBaselines(heldOut: readonly Example[], size: number): Record<string, number> {
  if (heldOut.length === 0) return {}
  let [copy, linear] = [0, 0]
  for (const { input, answer } of heldOut) {
    const last = input.length - size
    for (let i = 0; i < size; i++) {
      const [before, now, next] = [input[Math.max(0, last - size) + i]!, input[last + i]!, answer[i]!]
      copy += ((next - now) / white) ** 2
      linear += ((next - Math.min(white, Math.max(0, 2 * now - before))) / white) ** 2
    }
  }
  const numbers = heldOut.length * size
  return { 'val/mse_copy': copy / numbers, 'val/mse_linear': linear / numbers }
}
