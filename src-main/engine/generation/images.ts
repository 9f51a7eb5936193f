// Generating images with a pixel model, pixel by pixel in raster order. Pixel n of image b depends on (seed, n, b) and the earlier pixels
// alone, for any number of images per batch.
import type { GrayImage, GrayImages } from '../../contract/run.ts'
import type { Node } from '../graph/node.ts'
import { concat, constant, input, select, slice, state } from '../graph/ops.ts'
import type { ImageNetwork } from '../nn/imageNetwork.ts'
import { firstInputs, linked, merged, imageReadout, scanRow } from '../nn/imageTrace.ts'
import { seedWords } from '../nn/initialise.ts'
import { signalKey } from '../nn/model.ts'
import type { Weights } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'
import { uniformAt } from '../run/random.ts'
import { draw } from './sample.ts'

const stream = 0x70696378

/**
 * The graph that reads one row of `count` images. Inputs: `row` (C, B) ids of the row, -1 for pixels not generated yet; `above` (C, B) ids
 * of the previous row, -1 at the top; `first`, 1 on the first row; `done`, 1 when the row is complete and the states advance. Output:
 * `logits` (C, B, V), valid in column j once the pixels before it are set.
 */
export function pixelReader(network: ImageNetwork, weights: Weights, columns: number, count: number) {
  const row = input('row', [columns, count])
  const [first, done] = [input('first', []), input('done', [])]
  const left = concat([constant(-1, [1, count]), slice(row, 0, 0, columns - 1)], 0)
  const inputs = firstInputs(network, weights, left, input('above', [columns, count]))
  const carry: [state: Node, next: Node][] = []
  /** A state of the previous row: zeros on the first row. */
  const before = (name: string, width: number) => {
    const kept = state(`carry.${name}`, [columns, count, width])
    return {
      value: select(first, 0, kept),
      leave: (next: Node) => carry.push([kept, select(done, next, kept)]),
    }
  }
  let below: Node | undefined
  let belowAbove: Node | undefined
  network.layers.forEach((layer, l) => {
    const parts = layer.scans.map((at) => {
      const x = at.corner.left ? belowAbove : below
      const above = network.cell.state.map((name) => before(signalKey(at.path, name), layer.hidden))
      const made = scanRow(
        network,
        weights,
        at,
        x ?? inputs(at.corner),
        above.map((s) => s.value),
      )
      above.forEach((s, i) => s.leave(made.state[i]!))
      return made.h
    })
    const h = merged(network, parts)
    below = below ? linked(network, l, h, below) : h
    if (network.layers[l + 1]?.scans.some((at) => at.corner.left)) {
      const output = before(`${l}.shown`, layer.outputSize)
      output.leave(below)
      belowAbove = output.value
    }
  })
  return { outputs: { logits: imageReadout(weights, below!) }, carry }
}

/** The given upper rows of an image: gray levels row by row. */
export interface Given {
  pixels: ArrayLike<number>
  rows: number
}

export interface ImageOptions {
  size: number
  levels: number
  /** One entry per image; undefined: no rows are given. */
  given: readonly (Given | undefined)[]
  /** 0: the most probable level. */
  temperature: number
  seed: number
}

/** Generates images. `executable`: the program of a pixelReader for as many images, with its weights loaded. */
export function sampleImages(executable: Executable, options: ImageOptions): GrayImages {
  const { size, levels, given, temperature } = options
  const count = given.length
  const seed = seedWords(options.seed)
  const pixels = new Float64Array(size * size * count)
  let above = new Float64Array(size * count).fill(-1)
  for (let i = 0; i < size; i++) {
    const row = new Float64Array(size * count).fill(-1)
    const isGiven = given.map((one) => one !== undefined && i < one.rows)
    const read = (done: boolean) => {
      executable.write('row', row)
      executable.write('above', above)
      executable.write('first', [i === 0 ? 1 : 0])
      executable.write('done', [done ? 1 : 0])
      executable.run({ seed, step: i * size })
    }
    const known = isGiven.every(Boolean)
    for (let j = 0; j < size; j++) {
      const n = i * size + j
      if (!known) read(j === size - 1)
      const logits = known ? undefined : executable.read('logits').subarray(j * count * levels)
      for (let b = 0; b < count; b++) {
        row[j * count + b] = isGiven[b]
          ? given[b]!.pixels[n]!
          : draw(
              logits!.subarray(b * levels, (b + 1) * levels),
              { temperature, topK: 0, topP: 1 },
              uniformAt({ seed, step: n }, stream, 0xffffffff, b),
            )
      }
    }
    if (known) read(true)
    pixels.set(row, i * size * count)
    above = row
  }
  const pictures = given.map((one, b) => ({
    ...grayImageOf(pixels, b, count),
    ...(one && { given: one.rows }),
  }))
  return { rows: size, columns: size, levels, pictures }
}

/** Image `index` of `count` in the layout (R, C, B). */
export function grayImageOf(pixels: ArrayLike<number>, index: number, count: number): GrayImage {
  const levels = Array.from({ length: pixels.length / count }, (_, i) =>
    pixels[i * count + index]!.toString(16),
  )
  return { pixels: levels.join('') }
}
