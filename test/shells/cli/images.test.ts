// Pictures as block characters: two characters per pixel without colours, half blocks with them, as many abreast as fit.
import { describe, expect, it } from 'vitest'
import type { GrayImages } from '../../../src-main/contract/run.ts'
import { imageLines, signalImage } from '../../../src-main/shells/cli/images.ts'

const of = (...pictures: GrayImages['pictures']): GrayImages => ({ rows: 3, columns: 2, levels: 5, pictures })
const plain = { colors: 0, columns: 80 } as const

describe('pictures in the terminal', () => {
  it('are shades of two characters per pixel where there are no colours', () => {
    expect(imageLines(of({ pixels: '012344' }), plain)).toEqual(['  ░░', '▒▒▓▓', '████'])
  })

  it('stand side by side with their captions, and below each other where the line ends', () => {
    const two = of(
      { pixels: '444444', caption: '3 (90 %)' },
      { pixels: '000000', caption: '1\u001b[2J', wrong: true },
    )
    const [first, , , last] = imageLines(two, plain)
    expect(first).toBe(`████${' '.repeat(14)}`)
    // As wide as the longest caption, so that none is cut.
    expect(last).toBe('3 (90 %)  ✗ 1␛[2J')
    const lines = imageLines(two, { colors: 0, columns: 8 })
    expect(lines).toHaveLength(9)
    expect(lines[4]).toBe('')
  })

  it('are half blocks in grays on a terminal with colours', () => {
    const [first, second] = imageLines(of({ pixels: '042044' }), { colors: 24, columns: 80 })
    expect(first).toBe('\u001b[38;2;0;0;0;48;2;128;128;128m▀\u001b[38;2;255;255;255;48;2;0;0;0m▀\u001b[0m')
    expect(second).toContain('38;2;255;255;255;48;2;0;0;0m▀')
    expect(imageLines(of({ pixels: '042044' }), { colors: 256, columns: 80 })[0]).toContain(
      '38;5;232;48;5;244m▀',
    )
  })

  it('of units stand beside the picture, black to white over the range of the signal', () => {
    const seen = {
      picture: of({ pixels: '000444' }),
      layer: 0,
      signal: 'h',
      direction: 1,
      directions: ['down-right', 'down-left'],
      units: 2,
      values: Float32Array.of(0, 0, 0, 0, 0, 0, -1, -1, -1, 1, 1, 1),
      lo: -1,
      hi: 1,
      step: 7,
    }
    const { levels, pictures } = signalImage(seen)
    expect([levels, pictures[0]!.pixels, pictures[1]!.pixels]).toEqual([16, '000fff', '000fff'])
    expect(pictures[1]!.caption).toBe('unit 1, h from -1 to 1, down-left')
    expect(signalImage(seen, 0).pictures[1]!.pixels).toBe('888888')
  })

  it('say how much of them was given', () => {
    const wide: GrayImages = {
      rows: 1,
      columns: 12,
      levels: 2,
      pictures: [{ pixels: '010101010101', given: 1 }],
    }
    expect(imageLines(wide, plain)[1]).toBe('upper 1 rows given')
  })
})
