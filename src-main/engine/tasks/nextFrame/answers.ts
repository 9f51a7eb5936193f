// Strips of frames of held-out sequences: the true frames, those predicted from the true ones before, and those of free running, where predictions are
// fed back.
import { largest } from '../../../contract/longLists.ts'
import type { FrameStrips } from '../../../contract/run.ts'
import type { Answers } from '../../training/task.ts'
import type { Executable } from '../../run/executor.ts'
import { inputsFor, writeExamples } from '../examples/feed.ts'
import { traceExamples, type ExampleNetwork } from '../examples/network.ts'
import { pictureOf, shownLevels } from '../imageRows/shown.ts'
import { white, type FrameSource } from './source.ts'

/** Sequences that are shown, and the predicted frames of each, at most. */
const [maxStrips, maxFrames] = [4, 12]

/** The predictions for the first sequences that have a frame to predict. */
export function frameAnswers(
  network: ExampleNetwork,
  { problem, set, shown }: FrameSource,
  history: number,
): Answers {
  const size = set.rows * set.columns
  const strips = shown.filter(({ length }) => length / size > history).slice(0, maxStrips)
  const countOf = (sequence: Uint8Array) => Math.min(maxFrames, sequence.length / size - history)
  /** Gray levels predicted from histories, one per strip. */
  const predict = (executable: Executable, histories: readonly Uint8Array[]): Uint8Array[] => {
    writeExamples(
      executable,
      problem,
      histories.map((input) => ({ input, answer: new Uint8Array(size) })),
    )
    executable.run({ seed: [0, 0], step: 0 })
    const out = executable.read('frames')
    return histories.map((_, b) =>
      Uint8Array.from(out.subarray(b * size, (b + 1) * size), (level) =>
        Math.round(white * Math.min(1, Math.max(0, level))),
      ),
    )
  }
  const framesOf = (levels: Uint8Array, from: number, count: number) =>
    Array.from(
      { length: count },
      (_, t) => pictureOf(levels.subarray((from + t) * size, (from + t + 1) * size)).pixels,
    )
  return {
    graph(weights) {
      const { x, mask } = inputsFor(problem, problem.maxLength, strips.length)
      return { outputs: { frames: traceExamples(network, problem, weights, { x, mask }, false).logits } }
    },
    prepare: () => {},
    table(executable): FrameStrips {
      const outputs = strips.map(() => [] as string[])
      // Room for the true history and the frames that follow it.
      const own = strips.map((sequence) => sequence.slice(0, (history + countOf(sequence)) * size))
      const free = strips.map(() => [] as string[])
      for (let t = 0; t < largest(strips.map(countOf)); t++) {
        const at = (levels: Uint8Array, b: number) => {
          const from = Math.min(t, countOf(strips[b]!) - 1) * size
          return levels.subarray(from, from + history * size)
        }
        const predicted = predict(executable, strips.map(at))
        const fed = predict(executable, own.map(at))
        strips.forEach((sequence, b) => {
          if (t >= countOf(sequence)) return
          outputs[b]!.push(pictureOf(predicted[b]!).pixels)
          free[b]!.push(pictureOf(fed[b]!).pixels)
          own[b]!.set(fed[b]!, (history + t) * size)
        })
      }
      return {
        kind: 'frames',
        height: set.rows,
        width: set.columns,
        levels: shownLevels,
        strips: strips.map((sequence, b) => ({
          given: framesOf(sequence, 0, history),
          truth: framesOf(sequence, history, countOf(sequence)),
          output: outputs[b]!,
          free: free[b]!,
        })),
      }
    },
  }
}
