// The settings of the analyses in a link, the view of a point cloud, and which runs can be analysed.
import { describe, expect, it } from 'vitest'
import {
  contextOf,
  placeOf,
  predicatesOf,
  queryOf,
  readingOf,
  settingsOf,
  start,
} from '../../../src-renderer/views/analyses/settings.ts'
import { paintPoints, pixelOf } from '../../../src-renderer/views/analyses/paintPoints.ts'
import { nearestPoint, viewOf } from '../../../src-renderer/views/analyses/cloudView.ts'
import { cellAt, cellWidthFor } from '../../../src-renderer/views/analyses/heatGrid.ts'
import { examplePair, firstDifference, replaced } from '../../../src-renderer/views/analyses/patchTexts.ts'
import { colourAt } from '../../../src-renderer/views/analyses/diverging.ts'

describe('settings of the analyses', () => {
  it('come back from the link, which holds only what differs from the start', () => {
    expect(queryOf(start)).toEqual({})
    const settings = { ...start, what: 'projection', step: 0, length: 300, method: 'umap', colour: 'depth("(",")") >= 2', at: 7, text: 'a b' } // prettier-ignore
    expect(settingsOf(queryOf(settings))).toEqual(settings)
    expect(queryOf({ ...start, text: 'x'.repeat(2000) })).toEqual({})
    expect(settingsOf({ step: '-1', length: 'many', signal: ['c'] })).toEqual(start)
  })

  it('say what a command reads: a typed text, else a part of the validation text', () => {
    expect(readingOf('a', start)).toEqual({ id: 'a' })
    expect(readingOf('a', { ...start, step: 5, length: 100 })).toEqual({ id: 'a', step: 5, length: 100 })
    expect(readingOf('a', { ...start, length: 100, text: 'x' })).toEqual({ id: 'a', text: 'x' })
  })

  it('link a position to the part of the text that Neurons shows around it', () => {
    expect(placeOf('a', start, 4321).query).toEqual({ offset: '4000', at: '321' })
    expect(placeOf('a', { step: 9, text: 'typed' }, 3).query).toEqual({ step: '9', text: 'typed', at: '3' })
    expect(contextOf([...'one\ntwo'], 5, 4)).toBe('e↵tw')
    expect(contextOf([...'one'], 1)).toBe('on')
  })
})

it('predicates of a field are separated by ";", but not in their texts', () => {
  expect(predicatesOf(' quote; one_of(".;!") ;; column >= 3')).toEqual([
    'quote',
    'one_of(".;!")',
    'column >= 3',
  ])
  expect(predicatesOf('')).toEqual([])
})

describe('a point cloud', () => {
  const points = { x: Float32Array.of(-1, 3, 1), y: Float32Array.of(0, 2, 1) }
  it('is shown whole and centred, and finds the point under the pointer', () => {
    const view = viewOf(points, 400, 400)
    const pixel = (p: number) =>
      [(points.x[p]! - view.x) * view.scale, (view.y - points.y[p]!) * view.scale] as const
    const [left, right, middle] = [pixel(0), pixel(1), pixel(2)]
    expect(left[0]).toBeCloseTo(20, 3)
    expect(right[0]).toBeCloseTo(380, 3)
    expect(right[1]).toBeLessThan(left[1])
    expect(middle[0]).toBeCloseTo(200, 3)
    expect(nearestPoint(points, view, right[0] + 5, right[1] - 5)).toBe(1)
    expect(nearestPoint(points, view, right[0] + 50, right[1])).toBe(-1)
  })
  it('is painted as squares in the colours of its points, clipped at the edges', () => {
    const [width, height] = [40, 30]
    const pixels = new Uint32Array(width * height)
    const view = { x: 0, y: 30, scale: 1 }
    const [red, blue] = [pixelOf([255, 0, 0]), pixelOf([0, 0, 255])]
    expect(red).toBe(0xff0000ff)
    const places = { x: Float32Array.of(10, 0, 11, 99), y: Float32Array.of(20, 30, 20, 5) }
    const colours = Uint32Array.of(red, blue, blue, red)
    paintPoints({ pixels, width, height }, places, view, { ratio: 1, half: 1, colours })
    const at = (x: number, y: number) => pixels[y * width + x]
    // The first point lies at pixel (10, 10), the third over its right side; the second in the corner, the last outside.
    expect([at(9, 10), at(9, 8), at(10, 10), at(12, 11), at(0, 0), at(1, 1), at(2, 2)]).toEqual([
      red,
      0,
      blue,
      blue,
      blue,
      blue,
      0,
    ])
    expect(pixels.filter((pixel) => pixel !== 0)).toHaveLength(3 * 4 + 4)
    const twice = new Uint32Array(80 * 60)
    paintPoints({ pixels: twice, width: 80, height: 60 }, places, view, { ratio: 2, half: 0, colours })
    expect([twice[20 * 80 + 20], twice[20 * 80 + 22]]).toEqual([red, blue])
  })
  it('of one place has a view, too', () => {
    const view = viewOf({ x: Float32Array.of(2, 2), y: Float32Array.of(3, 3) }, 100, 50)
    expect([view.x, view.y, view.scale].every(Number.isFinite)).toBe(true)
  })
})

it('colours are those of the heatmaps: the neutral one at zero, clipped at the ends, none for NaN', () => {
  expect(colourAt(0, 'light')).toBe('rgb(255 255 255)')
  expect(colourAt(5, 'dark')).toBe(colourAt(1, 'dark'))
  expect(colourAt(-1, 'light')).not.toBe(colourAt(1, 'light'))
  expect(colourAt(NaN, 'dark')).toBe('transparent')
})

describe('the texts of a patching', () => {
  it('come from a quotation, whose opening mark is replaced, else from the first symbols', () => {
    const text = 'He went. "No" and then she said "come over here now" and left.'
    expect(examplePair([...text])).toEqual({
      clean: 'o" and then she said "come over here now"'.slice(1),
      corrupted: 'o" and then she said  come over here now"'.slice(1),
    })
    const plain = examplePair([...'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz'])!
    expect([[...plain.clean].length, firstDifference(plain.clean, plain.corrupted)]).toEqual([40, 9])
    expect(examplePair([...'aaaa'])).toBeNull()
  })
  it('differ where a symbol was replaced', () => {
    expect(replaced('a😀b', 1, 'x')).toBe('axb')
    expect(firstDifference('a😀b', 'a😀c')).toBe(2)
    expect(firstDifference('ab', 'ab')).toBe(-1)
  })
})

it('a grid has cells that fit the width, and none beside it', () => {
  expect([cellWidthFor(600, 30, 3, 26), cellWidthFor(600, 10, 3, 26), cellWidthFor(600, 900, 3, 26)]).toEqual(
    [20, 26, 3],
  )
  const layout = { cellWidth: 20, cellHeight: 10, left: 50, top: 30 }
  const grid = { rows: 4, columns: 3 }
  expect(cellAt(layout, grid, 71, 45)).toEqual({ row: 1, column: 1 })
  expect([cellAt(layout, grid, 40, 45), cellAt(layout, grid, 111, 45), cellAt(layout, grid, 60, 71)]).toEqual(
    [null, null, null],
  )
})
