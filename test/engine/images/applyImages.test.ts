// New images for a trained network: files give the same answers as the held-out images that they hold, whatever their size.
import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { imageTable, type AppliedImages } from '../../../src-main/contract/applyImages.ts'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { readImages } from '../../../src-main/engine/formats/imageText.ts'
import {
  builtinText,
  chooseExecutor,
  openModel,
  openTraining,
  probes,
} from '../../../src-main/engine/index.ts'
import { finish } from './imageRuns.ts'

const { executor } = chooseExecutor('auto', 1)
const config = parseConfig({
  seed: 5,
  task: 'image-rows',
  data: { dataset: 'drawn-digits' },
  model: { cell: 'rnn', hidden: 8 },
  train: { bptt: 'full', batch: 32, steps: 5 },
  logging: { gradientEvery: 0 },
} as never) as RunConfig

describe('a network of images', () => {
  const text = builtinText('drawn-digits') as string
  const training = openTraining({ config, text }, executor)
  finish(training)
  const model = openModel(training.checkpoint(), executor)
  const apply = (input: object) =>
    probes['apply.images'](model, {
      id: 'x',
      files: [],
      invert: false,
      data: () => text,
      ...input,
    } as never) as AppliedImages

  const { pixels, labels, classes } = readImages(text)
  const at = labels.length - 800 + 3
  const digit = pixels.slice(at * 784, (at + 1) * 784)
  const png = (levels: Uint8Array, side: number) =>
    encode({ width: side, height: side, data: levels, depth: 8, channels: 1 })
  /** Each pixel as a square of 2 x 2. */
  const doubled = Uint8Array.from(
    { length: 4 * 784 },
    (_, i) => digit[28 * (Math.floor(i / 56) >> 1) + ((i % 56) >> 1)]!,
  )
  const idx = (count: number) =>
    Uint8Array.from([
      0,
      0,
      8,
      3,
      0,
      0,
      0,
      count,
      0,
      0,
      0,
      28,
      0,
      0,
      0,
      28,
      ...Array.from({ length: count }, () => [...digit]).flat(),
    ])

  it('answers a held-out image, the same image in a file, and in another size or inverted, alike', () => {
    const heldOut = apply({ example: 3 })
    expect(heldOut.expected).toBe(classes[labels[at]!])
    const [{ classes: answer }] = heldOut.images as [AppliedImages['images'][0]]
    expect(answer.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5)
    expect(answer.map(({ probability }) => probability)).toEqual(
      answer.map(({ probability }) => probability).sort((a, b) => b - a),
    )
    const files = [
      { name: 'a.png', bytes: png(digit, 28) },
      { name: 'b.png', bytes: png(doubled, 56) },
      { name: 'c.idx', bytes: idx(2) },
    ]
    const read = apply({ files })
    expect(read.images.map(({ name, rows }) => `${name} ${rows}`)).toEqual([
      'a.png 28',
      'b.png 56',
      'c.idx 1 28',
      'c.idx 2 28',
    ])
    for (const image of read.images) expect(image.classes).toEqual(answer)
    expect(read.expected).toBeNull()
    const negative = png(
      digit.map((level) => 255 - level),
      28,
    )
    expect(apply({ files: [{ name: 'n.png', bytes: negative }], invert: true }).images[0]!.classes).toEqual(
      answer,
    )
    const [heading, row] = imageTable(apply({ files, top: 2 }), 2)
    expect(heading).toEqual(['image', 'class', 'probability', 'class 2', 'probability 2'])
    expect(row!.slice(0, 3)).toEqual(['a.png', answer[0]!.name, answer[0]!.probability])
  })

  it('refuses no image, a file that is none, and a held-out image that there is not', () => {
    expect(() => apply({})).toThrow(/^files: there is no image/)
    expect(() => apply({ files: [{ name: 'x.png', bytes: new Uint8Array(9) }] })).toThrow(
      /x\.png: this is neither/,
    )
    expect(() => apply({ example: 800 })).toThrow(/there is no held-out image 800; the run has 800/)
  })
})
