// Continuing music: the given frames stay, a seed gives the same notes for any number of continuations, and a MIDI file is read on the grid of
// the run's music.
import { expect, it } from 'vitest'
import { readPieces } from '../../../src-main/contract/music/pieces.ts'
import { midiFile } from '../../../src-main/contract/music/writeMidi.ts'
import { openModel } from '../../../src-main/engine/index.ts'
import { continuePiece, type ContinueMusicOptions } from '../../../src-main/engine/probes/continuedMusic.ts'
import { openTraining } from '../../../src-main/engine/openTraining.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { executor, model as textModel } from './trainedModel.ts'

const text = `frames-per-quarter=4 tempo=90\n${'60+64 60~+65 . 62 62~ 64\n'.repeat(4)}59+67 59~+67~ 60 62\n`
const config = parseConfig({
  seed: 2,
  task: 'music-model',
  data: { dataset: 'tunes', validation: 0.2 },
  model: { cell: 'gru', hidden: 5 },
  train: { batch: 2, steps: 4 },
  logging: { sampleEvery: 0, evalEvery: 0 },
}) as RunConfig
const training = openTraining({ config, text }, executor)
for (const event of training.events()) void event
const model = openModel(training.checkpoint(), executor)

const options = (more: Partial<ContinueMusicOptions> = {}): ContinueMusicOptions => ({
  example: 0,
  length: 6,
  count: 1,
  temperature: 1,
  seed: 9,
  data: () => text,
  ...more,
})
const continued = (more?: Partial<ContinueMusicOptions>) => continuePiece(model, options(more))

it('a held-out piece is continued from its given frames; the same seed gives the same notes, alone and among others', () => {
  const one = continued({ frames: 2 })
  expect(one).toMatchObject({ given: 2, example: 0, framesPerQuarter: 4, tempo: 90, seed: 9, step: 4 })
  const [piece] = one.pieces
  expect(piece!.split(' ').slice(0, 2)).toEqual(['59+67', '59~+67~'])
  expect(readPieces(piece!)[0]!.frames).toHaveLength(8)
  const three = continued({ frames: 2, count: 3 })
  expect(three.pieces[0]).toBe(piece)
  expect(new Set(three.pieces).size).toBe(3)
  expect(continued({ frames: 2, seed: 10 }).pieces[0]).not.toBe(piece)
})

it('a MIDI file is read on the grid of the music, and frames can be typed', () => {
  const midi = midiFile(readPieces('frames-per-quarter=2 tempo=60\n60 64')[0]!)
  const one = continued({ midi })
  expect(one).toMatchObject({ given: 4, example: null, framesPerQuarter: 4, tempo: 60 })
  expect(one.pieces[0]!.split(' ').slice(0, 4)).toEqual(['60', '60~', '64', '64~'])
  expect(continued({ prime: '60 62' }).pieces[0]).toMatch(/^60 62 /)
})

it.each<[string, Partial<ContinueMusicOptions>, RegExp]>([
  ['a piece that is not there', { example: 1 }, /^example: there is no piece 1; the run has 1, from 0 to 0/],
  ['two prompts', { prime: '60', midi: Uint8Array.of(1) }, /^prime: a MIDI file is given, too/],
  ['several pieces', { prime: '60\n62' }, /^prime: one piece is continued, and there are 2/],
  ['a wrong frame', { prime: '60 9' }, /^prime: line 1, frame 2: note 9 is no key of a piano/],
  ['no MIDI file', { midi: new Uint8Array(20) }, /^midi: byte 0: this is no MIDI file/],
])('%s is refused', (_, more, message) => expect(() => continued(more)).toThrow(message))

it('a run on text continues no music', () =>
  expect(() => continuePiece(textModel, options())).toThrow(/language model, which generates no music/))
