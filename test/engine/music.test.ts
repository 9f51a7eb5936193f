// The music task: what is read and held out, baselines and validation against plain loops, transposition, and a network that continues a
// pattern as it goes on.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { keyCount, lowestNote, readPieces, writeFrame } from '../../src-main/contract/music/pieces.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { chooseExecutor, openModel, openTraining } from '../../src-main/engine/index.ts'
import { continueMusic, frameReader } from '../../src-main/engine/generation/music.ts'
import type { SequenceNetwork } from '../../src-main/engine/nn/network.ts'
import { withWeights } from '../../src-main/engine/probes/model.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import type { Executable } from '../../src-main/engine/run/executor.ts'
import { baselinesOf } from '../../src-main/engine/tasks/music/baselines.ts'
import { writeMusic } from '../../src-main/engine/tasks/music/feed.ts'
import { examplesOf, rollOf, splitPieces } from '../../src-main/engine/tasks/music/pieces.ts'

const text = [
  'frames-per-quarter=2 tempo=100',
  '60 62 64+67 . 60 62',
  '48+60 50+62 52+64 48+60',
  '70 72',
  '60 62 64 60 62 64 65+69 60',
  '55+59 57+60 55+59 57+60 .',
].join('\n')
const configOf = (more: RunConfigInput = {}) =>
  parseConfig({
    seed: 3,
    task: 'music-model',
    data: { dataset: 'tunes', validation: 0.4 },
    model: { cell: 'gru', hidden: 6 },
    train: { batch: 2, steps: 6, buckets: 2 },
    logging: { sampleEvery: 3, evalEvery: 6 },
    ...more,
  }) as RunConfig

/** The metrics of the last validation, the last table, and the checkpoint of a training. */
function trained(config: RunConfig, on = text, executor = referenceExecutor()) {
  const training = openTraining({ config, text: on }, executor)
  let metrics: Record<string, number> = {}
  let table: unknown
  for (const event of training.events()) {
    if (event.kind === 'metrics' && 'val/nll' in event.values) metrics = event.values
    if (event.kind === 'sample') table = event.table
  }
  return { metrics, table, model: openModel(training.checkpoint(), executor) }
}

describe('music', () => {
  it('is divided into pieces, and the pieces of training into windows', () => {
    const { train, heldOut, warnings } = splitPieces(`${text}\n61`, { validation: 0.4 })
    expect([train.length, heldOut.length]).toEqual([3, 2])
    expect(warnings[0]!.message).toMatch(/^1 piece of a single frame left out/)
    const windows = examplesOf(train[0]!, 2).map(({ input }) => input.length / keyCount)
    // Five predicted frames: two windows of two, and one of one, each with the frame before it.
    expect(windows).toEqual([3, 3, 2])
    expect(() => splitPieces('60 61', { validation: 0.9 })).toThrow(
      /no piece is left for training: 1 of at least two frames, 1 held out/,
    )
  })

  it('validates as plain loops do: likelihood, accuracy and both baselines', () => {
    const { metrics, model } = trained(configOf())
    const { train, heldOut } = splitPieces(text, { validation: 0.4 })
    let [nll, both, either, frames] = [0, 0, 0, 0]
    for (const piece of heldOut) {
      const executable = withWeights(model, frameReader(model.network as SequenceNetwork, 1))
      const roll = rollOf(piece)
      for (let t = 0; t + 1 < piece.frames.length; t++) {
        executable.write('frame', roll.subarray(t * keyCount, (t + 1) * keyCount))
        executable.write('keep', [t === 0 ? 0 : 1])
        executable.run({ seed: [0, 0], step: t })
        executable.read('logits').forEach((z, k) => {
          const p = 1 / (1 + Math.exp(-z))
          const y = roll[(t + 1) * keyCount + k]!
          nll -= Math.log(y ? p : 1 - p)
          both += Number(p > 0.5 && y === 1)
          either += Number(p > 0.5 || y === 1)
        })
        frames++
      }
      executable.dispose()
    }
    expect(metrics['val/nll']).toBeCloseTo(nll / frames, 6)
    expect(metrics['val/frame_accuracy']).toBeCloseTo(both / either, 6)
    // Key by key, with half a count added to either value.
    const pairs = (of: typeof train) =>
      of.flatMap((piece) => {
        const roll = rollOf(piece)
        return Array.from({ length: piece.frames.length - 1 }, (_, t) =>
          Array.from({ length: keyCount }, (_k, k) => [roll[t * keyCount + k]!, roll[(t + 1) * keyCount + k]!] as const))
      }) // prettier-ignore
    const seen = pairs(train)
    const nllOf = (knows: boolean) =>
      pairs(heldOut).reduce((sum, frame) => sum - frame.reduce((inner, [before, now], k) => {
        const like = seen.map((one) => one[k]!).filter(([was]) => !knows || was === before)
        const same = like.filter(([, is]) => is === now).length
        return inner + Math.log((same + 0.5) / (like.length + 1))
      }, 0), 0) / frames // prettier-ignore
    expect(baselinesOf(train, heldOut).marginal).toBeCloseTo(nllOf(false), 9)
    expect(metrics['val/nll_markov']).toBeCloseTo(nllOf(true), 9)
  })

  it('is moved as a whole by the same semitones at the same step, and within the keys', () => {
    const slots = new Map([['mask', { shape: [3, 2] }]])
    const written = (example: string, step: number, most: number) => {
      const values = new Map<string, Float64Array>()
      const executable = { program: { slots }, write: (name: string, value: Float64Array) => values.set(name, value) }
      const piece = readPieces(example)[0]!
      writeMusic(executable as unknown as Executable, examplesOf(piece, 0), most, { seed: [1, 2], step })
      const frames = values.get('frames')!
      return piece.frames.map((_, t) =>
        Array.from({ length: keyCount }, (_k, k) => k).filter((k) => frames[t * 2 * keyCount + k]).map((k) => k + lowestNote))
    } // prettier-ignore
    const shifts = Array.from({ length: 40 }, (_, step) => {
      const frames = written('60 64+67 62', step, 3)
      const by = frames[0]![0]! - 60
      expect(frames).toEqual([[60 + by], [64 + by, 67 + by], [62 + by]])
      return by
    })
    expect(new Set(shifts)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]))
    expect(written('60 64', 7, 3)).toEqual(written('60 64', 7, 3))
    // The lowest and the highest key: no place to go.
    expect(written('21 108', 5, 12)).toEqual([[21], [108]])
  })

  it('records pieces with the probabilities of their keys and a continuation', () => {
    const { table } = trained(configOf())
    expect(table).toMatchObject({ kind: 'piano roll', framesPerQuarter: 2, tempo: 100 })
    const { pieces } = table as {
      pieces: { frames: string; predicted: string; continued: string; given: number }[]
    }
    expect(pieces.map(({ frames }) => frames)).toEqual([
      '60 62 64 60 62 64 65+69 60',
      '55+59 57+60 55+59 57+60 .',
    ])
    pieces.forEach(({ frames, predicted, continued, given }) => {
      expect(predicted).toHaveLength(keyCount * (frames.split(' ').length - 1))
      expect(predicted).toMatch(/^[0-9a-f]+$/)
      expect(continued.split(' ').slice(0, given)).toEqual(frames.split(' ').slice(0, given))
    })
  })

  it('refuses a network that reads ahead, and other losses', () => {
    const refusal = (more: RunConfigInput) => () =>
      openTraining({ config: configOf(more), text }, referenceExecutor())
    expect(refusal({ model: { bidirectional: true } })).toThrow(/bidirectional/)
    expect(refusal({ train: { loss: 'mse' } })).toThrow(
      /train\.loss: each key is a binary output; take "auto" or "binary"/,
    )
  })

  it('is continued as it goes on by a network that has learnt it, held notes held', () => {
    const tune = Array.from({ length: 16 }, (_, i) => ['60', '60~+64', '62+67', '62~'][i % 4]!).join(' ')
    const config = configOf({
      data: { dataset: 'tunes', validation: 0.2 },
      model: { cell: 'lstm', hidden: 24 },
      train: { batch: 4, steps: 1000 },
      optimizer: { lr: 0.01 },
      logging: { sampleEvery: 0, evalEvery: 1000 },
    })
    const executor = chooseExecutor('auto', 1).executor
    const { metrics, model } = trained(config, `${`${tune}\n`.repeat(5)}`, executor)
    expect(metrics['val/nll']).toBeLessThan(0.5)
    expect(metrics['val/frame_accuracy']).toBe(1)
    const executable = withWeights(model, frameReader(model.network as SequenceNetwork, 2))
    const given = readPieces(tune)[0]!.frames.slice(0, 4)
    const options = { length: 8, temperature: 0, seed: 1, holds: true }
    const pieces = continueMusic(executable, given, options)
    const expected = '60 60~+64 62+67 62~ 60 60~+64 62+67 62~'
    expect(pieces.map((frames) => frames.map(writeFrame).join(' '))).toEqual([expected, expected])
    const struck = continueMusic(executable, given, { ...options, holds: false })
    expect(struck[0]!.map(writeFrame).slice(0, 2)).toEqual(['60', '60+64'])
    executable.dispose()
  })
})
