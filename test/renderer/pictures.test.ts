import { expect, it } from 'vitest'
import type { Pictures } from '@contract/run.ts'
import { grayBytes, pictureText, shareAlike } from '@/pictures/grays.ts'
import { fit, queryOf, settingsOf, start } from '@/views/sample/pictureSettings.ts'

const of: Pictures = {
  rows: 2,
  columns: 3,
  levels: 16,
  pictures: [{ pixels: '0f80ff', given: 1 }, { pixels: '000000', caption: '3 (90 %)' }],
} // prettier-ignore

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
  expect(pictureText(of.pictures[0]!, 0, of)).toBe('Picture 1 of 2, 3 by 2 pixels, upper 1 rows given, brightness 59 %') // prettier-ignore
  expect(pictureText(of.pictures[1]!, 1, of)).toBe('Picture 2 of 2, 3 by 2 pixels, 3 (90 %), brightness 0 %')
})

it('counts only drawn pixels as alike', () => {
  const originals = { ...of, pictures: [{ pixels: '0f80f0' }, { pixels: '000000' }] }
  expect(shareAlike(of, originals)).toBeCloseTo(8 / 9)
  expect(shareAlike({ ...of, pictures: [{ pixels: '0f80ff', given: 2 }] }, originals)).toBeNull()
})

it('carries the settings of a drawing through a link', () => {
  const settings = { count: 4, temperature: 0.5, rows: 8, picture: 2, seed: 9, step: 100 }
  expect(settingsOf(queryOf(settings))).toEqual(settings)
  expect(queryOf(start)).toEqual({})
  expect(settingsOf({ count: '900', temperature: 'x', seed: '-4' })).toEqual({ ...start, count: 16, seed: 0 })
  expect(fit('step', undefined, null)).toBeNull()
})
