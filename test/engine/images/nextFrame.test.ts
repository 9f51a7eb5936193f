// Prediction of frames: examples, baselines against plain loops, strips, and that a network beats copying the last frame.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import type { FrameStrips } from '../../../src-main/contract/run.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { writeFrames } from '../../../src-main/engine/formats/imageText.ts'
import { chooseExecutor, openTraining } from '../../../src-main/engine/index.ts'
import { frameSource } from '../../../src-main/engine/tasks/nextFrame/source.ts'
import { finish } from './imageRuns.ts'

const { executor } = chooseExecutor('auto', 1)
const configOf = (data: object, train: object = {}) =>
  parseConfig({
    seed: 3,
    task: 'next-frame',
    data,
    model: { cell: 'elman', hidden: 24 },
    train: { bptt: 'full', batch: 16, ...train },
    optimizer: { lr: 0.01 },
    logging: { gradientEvery: 0, sampleEvery: 400 },
  } as never) as RunConfig & { data: never }
/** Sequences in which a white pixel walks to the right of a row of 4, from the place of its number on. */
const walking = (count: number, frames = 6) =>
  writeFrames({
    rows: 1,
    columns: 4,
    sequences: Array.from({ length: count }, (_, n) =>
      Uint8Array.from({ length: 4 * frames }, (_level, i) =>
        i % 4 === (Math.floor(i / 4) + n) % 4 ? 255 : 0,
      ),
    ),
  })
const sourceOf = (data: object, text = walking(4)) => {
  const config = configOf({ history: 2, validation: 0.25, ...data })
  return frameSource(config, config.data, text)
}

describe('frames', () => {
  it('become examples of the next frame from those before it, the last sequences held out', () => {
    const { lengthSample, heldOut, shown } = sourceOf({})
    expect([lengthSample.length, heldOut.length, shown.length]).toEqual([12, 4, 1])
    const { input, answer } = lengthSample[1]!
    expect([Array.from(input), Array.from(answer)]).toEqual([
      [0, 255, 0, 0, 0, 0, 255, 0],
      [0, 0, 0, 255],
    ])
    const single = sourceOf({ validation: 0.5 }, walking(1, 10))
    expect([single.lengthSample.length, single.heldOut.length]).toEqual([3, 5])
    expect(() => sourceOf({ history: 6 })).toThrow(/no sequence of the training part has more than 6 frames/)
  })

  it('have baselines: the last frame differs in two of four pixels, a straight line too', () => {
    // Linear: the walker of the last frame stays white, the one before is below black.
    const baselines = sourceOf({}).baselines!()
    expect(baselines).toEqual({ 'val/mse_copy': 0.5, 'val/mse_linear': 0.5 })
  })
})

describe('a network', () => {
  it('predicts the walk, and runs freely', () => {
    const training = openTraining(
      { config: configOf({ history: 2, validation: 0.25 }, { steps: 400 }), text: walking(8, 8) },
      executor,
    )
    const events = finish(training)
    const [last] = events
      .flatMap((event) => (event.kind === 'sample' && event.table ? [event.table as FrameStrips] : []))
      .slice(-1)
    const [strip] = last!.strips
    expect([last!.height, last!.width, strip!.given.length, strip!.truth.length]).toEqual([1, 4, 2, 6])
    const walker = (frames: readonly string[]) =>
      frames.map((pixels) => [...pixels].findIndex((level) => parseInt(level, 16) > 11))
    expect(walker(strip!.truth).every((at) => at >= 0)).toBe(true)
    expect(walker(strip!.output)).toEqual(walker(strip!.truth))
    expect(walker(strip!.free)).toEqual(walker(strip!.truth))
  })
})
