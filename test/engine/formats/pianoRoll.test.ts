// Piano rolls as JSON and as arrays: read as the stored form of music, with what was left out, and errors that name the piece and the frame.
import { describe, expect, it } from 'vitest'
import { musicOfArray, readPianoRoll } from '../../../src-main/engine/formats/pianoRoll.ts'

const json = (content: unknown) => readPianoRoll(new TextEncoder().encode(JSON.stringify(content)), 'a.json')
const messages = ({ warnings }: { warnings: { message: string }[] }) => warnings.map(({ message }) => message)

describe('a piano roll', () => {
  it('of JSON is read in the order of its parts; notes outside a piano and empty pieces are said', () => {
    const read = json({
      testdata: [[[60]]],
      traindata: [
        [[64, 60], [], [60, 60]],
        [[], []],
      ],
      validdata: [[[62, 5]]],
    })
    expect(read.text).toBe('frames-per-quarter=1 tempo=120\n60+64 . 60\n62\n60\n')
    expect(messages(read)).toEqual([
      'a.json: joined in this order: 2 pieces of "traindata", 1 piece of "validdata", 1 piece of "testdata".',
      expect.stringContaining('does not say how long a frame lasts'),
      'a.json: 1 note outside the keys of a piano (21 to 108) left out.',
      'a.json: 1 piece without a note left out.',
    ])
    expect(json([[[60]], [[61], [62]]]).text).toBe('frames-per-quarter=1 tempo=120\n60\n61 62\n')
  })

  it.each<[unknown, RegExp]>([
    [[[[60], 61]], /piece 1, frame 2 is no list of MIDI note numbers/],
    [[[[60], ['C']]], /piece 1, frame 2: "C" is no MIDI note number/],
    [[[[60.5]]], /piece 1, frame 1: 60.5 is no MIDI note number/],
    [[7], /piece 1 is no list of frames/],
    [{ train: 7 }, /"train" is no list of pieces/],
    [{ train: [], extra: [] }, /"extra" is no part of a data set/],
    [{ a: 1 }, /"a" is no part of a data set/],
    [3, /no list of pieces/],
    [[[[]]], /there is no note in it/],
  ])('of %j is refused', (content, message) => expect(() => json(content)).toThrow(message))

  it('of text that is no JSON is refused', () =>
    expect(() => readPianoRoll(new TextEncoder().encode('[[60'), 'a.json')).toThrow(
      /a\.json: this is no JSON/,
    ))

  it('of an array is read with 88 keys or 128 note numbers, pieces without the silence at their end', () => {
    const at = (shape: number[], ...ones: number[]) => {
      const values = new Uint8Array(shape.reduce((n, d) => n * d, 1))
      for (const one of ones) values[one] = 1
      return musicOfArray(values, shape, 'a.npy')
    }
    expect(at([2, 88], 39, 88 + 43).text).toBe('frames-per-quarter=1 tempo=120\n60 64\n')
    const two = at([2, 3, 128], 60, 128 + 5, 3 * 128 + 64, 5 * 128 + 65)
    expect(two.text).toBe('frames-per-quarter=1 tempo=120\n60\n64 . 65\n')
    expect(messages(two)).toContain('a.npy: 1 note outside the keys of a piano (21 to 108) left out.')
    expect(() => at([2, 3], 0)).toThrow(/shape \(2, 3\); music has \(frames, 88\)/)
  })
})
