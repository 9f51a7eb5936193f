import { describe, expect, it } from 'vitest'
import type { ImageSignals } from '@contract/inspect.ts'
import type { GrayImages } from '@contract/run.ts'
import { grayBytes, imageText, equalShare } from '@/images/grays.ts'
import { mapWords, rangeOf } from '@/images/maps.ts'
import { inspectionOf, queryOf as imageQuery } from '@/views/neurons/imageInspection.ts'
import { fit, queryOf, settingsOf, start } from '@/views/sample/imageSettings.ts'

const of: GrayImages = {
  rows: 2,
  columns: 3,
  levels: 16,
  pictures: [
    { pixels: '0f80ff', given: 1 },
    { pixels: '000000', caption: '3 (90 %)' },
  ],
}

it('turns levels into grays, black to white, opaque', () => {
  const bytes = grayBytes(of.pictures[0]!, of)
  expect(bytes).toHaveLength(24)
  expect(Array.from({ length: 6 }, (_, i) => [...bytes.subarray(4 * i, 4 * i + 4)])).toEqual(
    [0, 255, 136, 0, 255, 255].map((gray) => [gray, gray, gray, 255]),
  )
})

it('draws something for damaged pixels instead of failing', () => {
  const bytes = grayBytes({ pixels: 'zz' }, of)
  expect([...bytes.subarray(0, 4), ...bytes.subarray(20)]).toEqual([0, 0, 0, 255, 0, 0, 0, 255])
})

it('says in words what there is to see', () => {
  expect(imageText(of.pictures[0]!, 0, of)).toBe(
    'Image 1 of 2, 3 by 2 pixels, upper 1 rows given, brightness 59 %',
  )
  expect(imageText(of.pictures[1]!, 1, of)).toBe('Image 2 of 2, 3 by 2 pixels, 3 (90 %), brightness 0 %')
})

it('counts only drawn pixels as alike', () => {
  const originals = { ...of, pictures: [{ pixels: '0f80f0' }, { pixels: '000000' }] }
  expect(equalShare(of, originals)).toBeCloseTo(8 / 9)
  expect(equalShare({ ...of, pictures: [{ pixels: '0f80ff', given: 2 }] }, originals)).toBeNull()
})

it('carries the settings of a drawing through a link', () => {
  const settings = { count: 4, temperature: 0.5, rows: 8, picture: 2, seed: 9, step: 100 }
  expect(settingsOf(queryOf(settings))).toEqual(settings)
  expect(queryOf(start)).toEqual({})
  expect(settingsOf({ count: '900', temperature: 'x', seed: '-4' })).toEqual({ ...start, count: 16, seed: 0 })
  expect(fit('step', undefined, null)).toBeNull()
})

describe('maps of units', () => {
  // Unit 0 between -1 and 0.5, unit 1 a tenth of that.
  const values = () => Float32Array.from([-1, 0, 0.25, 0.5, 0, 0, -0.1, 0, 0.025, 0.05, 0, 0])
  const imageSignals = {
    picture: of,
    signal: 'h',
    units: 2,
    lo: -1,
    hi: 0.5,
    values: values(),
  } as unknown as ImageSignals

  it('reach over the unit alone or over all units, around zero unless they are gates', () => {
    expect(rangeOf(imageSignals, 'bounded', null)).toEqual({ lo: -1, hi: 1 })
    const own = rangeOf(imageSignals, 'bounded', 1)
    expect([own.lo, own.hi]).toEqual([expect.closeTo(-0.1), expect.closeTo(0.1)])
    expect(rangeOf(imageSignals, 'gate', null)).toEqual({ lo: -1, hi: 0.5 })
    expect(rangeOf({ ...imageSignals, values: values().fill(NaN, 6) }, 'free', 1)).toEqual({ lo: -0, hi: 0 })
  })
  it('show a weak unit in full colours by itself, faintly beside a strong one', () => {
    const words = (unit: number, by: number | null) => [
      ...mapWords(imageSignals, unit, 'bounded', rangeOf(imageSignals, 'bounded', by), 'light'),
    ]
    expect(words(1, 1)).toEqual(words(0, 0))
    expect(words(1, null)).not.toEqual(words(0, null))
  })
  it('keep their range in the link', () => {
    expect(inspectionOf({ colors: 'shared' }).colors).toBe('shared')
    expect(inspectionOf({ colors: 'all' })).toEqual(inspectionOf({}))
    expect(imageQuery(inspectionOf({ colors: 'shared', picture: '3' }))).toEqual({
      colors: 'shared',
      picture: '3',
    })
  })
})
