import { expect, it } from 'vitest'
import { zeroIndex } from '@contract/heat/colormap.ts'
import { cellAt, paintOverview, runsOf } from '@/heatmaps/paint.ts'
import { heatmapOf } from '@/heatmaps/heatmap.ts'

/** Colours equal to their entry number, so pixels can be read back as entries. */
const identity = Uint32Array.from({ length: 256 }, (_, i) => i)
const heatmapWith = (units: number, length: number, at: (u: number, t: number) => number) =>
  heatmapOf(
    {
      units,
      lo: -1,
      hi: 1,
      values: Float32Array.from({ length: units * length }, (_, i) => at(i % units, Math.floor(i / units))),
    },
    'bounded',
  )

it('draws each cell at its place when there is room, units in the given order', () => {
  const heatmap = heatmapWith(2, 3, (u, t) => (u === 1 && t === 2 ? 1 : u === 0 && t === 0 ? -1 : 0))
  const pixels = new Uint32Array(6 * 4)
  paintOverview(pixels, 6, 4, heatmap, [1, 0], identity)
  const z = zeroIndex
  expect([...pixels.subarray(0, 6)]).toEqual([z, z, z, z, 255, 255])
  expect([...pixels.subarray(6, 12)]).toEqual([z, z, z, z, 255, 255])
  expect([...pixels.subarray(12, 18)]).toEqual([1, 1, z, z, z, z])
  expect([...pixels.subarray(18, 24)]).toEqual([1, 1, z, z, z, z])
})

it('shows a single firing however many cells share a pixel', () => {
  const heatmap = heatmapWith(8, 1000, (u, t) => (u === 5 && t === 700 ? -1 : 0.1))
  const pixels = new Uint32Array(10 * 2)
  paintOverview(pixels, 10, 2, heatmap, [0, 1, 2, 3, 4, 5, 6, 7], identity)
  expect(pixels[10 + 7]).toBe(1)
  expect([...pixels].filter((p) => p === 1)).toHaveLength(1)
})

it('finds the cell under a pixel, also at the edges', () => {
  expect(cellAt(0, 0, 100, 20, 1000, 10)).toEqual({ row: 0, t: 0 })
  expect(cellAt(99.9, 19.9, 100, 20, 1000, 10)).toEqual({ row: 9, t: 999 })
  expect(cellAt(200, -5, 100, 20, 1000, 10)).toEqual({ row: 0, t: 999 })
})

it('joins equal neighbours into rectangles and leaves neutral to the paper', () => {
  const row = Uint8Array.of(255, 255, zeroIndex, 1, 1, 1, 0)
  expect(runsOf(row, 0, 7, 'bounded')).toEqual([
    { begin: 0, end: 2, entry: 255 },
    { begin: 3, end: 6, entry: 1 },
    { begin: 6, end: 7, entry: 0 },
  ])
  expect(runsOf(Uint8Array.of(1, 1, 128), 0, 3, 'gate')).toEqual([{ begin: 2, end: 3, entry: 128 }])
})
