// Images read row by row: how they become steps, what is refused, filters over held-out images, and that a network learns.
import { describe, expect, it } from 'vitest'
import { imageFilters } from '../../../src-main/contract/imageFilters.ts'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { writeImages, type ImageSet } from '../../../src-main/engine/formats/imageText.ts'
import {
  builtinText,
  chooseExecutor,
  openModel,
  openTraining,
  probes,
} from '../../../src-main/engine/index.ts'
import { filtered } from '../../../src-main/engine/tasks/imageRows/filters.ts'
import { imageSource } from '../../../src-main/engine/tasks/imageRows/source.ts'
import { finish } from './imageRuns.ts'

const { executor } = chooseExecutor('auto', 1)
const configOf = (data: object = {}, train: object = {}) =>
  parseConfig({
    seed: 3,
    task: 'image-rows',
    data: { dataset: 'drawn-digits', ...data },
    model: { cell: 'gru', hidden: 24 },
    train: { bptt: 'full', batch: 32, steps: 8, ...train },
    optimizer: { lr: 0.01 },
    logging: { gradientEvery: 0 },
  } as never) as RunConfig & { data: never }
const set: ImageSet = {
  rows: 2,
  columns: 3,
  classes: ['a', 'b'],
  labels: Int32Array.of(0, 1, 1, -1, 1),
  pixels: Uint8Array.from({ length: 30 }, (_, i) => i * 8),
}
const sourceOf = (data: object = {}, images = set, known?: string[]) => {
  const config = configOf({ validation: 0.25, ...data })
  return imageSource(config, config.data, writeImages(images), known && { vocabulary: [], labels: known })
}

describe('an image', () => {
  it('is read by rows, by columns or by pixels', () => {
    const read = (by: string) => {
      const { problem, lengthSample } = sourceOf({ read: by })
      return [
        problem.maxLength.input,
        problem.input,
        Array.from(lengthSample[1]!.input, (level) => level / 8),
      ]
    }
    expect(read('rows')).toEqual([2, { channels: 3 }, [6, 7, 8, 9, 10, 11]])
    expect(read('columns')).toEqual([3, { channels: 2 }, [6, 9, 7, 10, 8, 11]])
    expect(read('pixels')).toEqual([6, { channels: 1 }, [6, 7, 8, 9, 10, 11]])
  })

  it('without a class is left out; without any, or with classes that a checkpoint lacks, all are refused', () => {
    const { heldOut, count, warnings, set: used } = sourceOf()
    expect([count, heldOut.length, [...used.labels]]).toEqual([3, 1, [0, 1, 1, 1]])
    expect(warnings[0]!.message).toBe('1 images without a class left out.')
    expect(() => sourceOf({}, { ...set, labels: new Int32Array(5).fill(-1) })).toThrow(
      /the images have no classes/,
    )
    expect([...sourceOf({}, set, ['b', 'a']).set.labels]).toEqual([1, 0, 0, 0])
    expect(() => sourceOf({}, set, ['a', 'c'])).toThrow(/the checkpoint has no class "b"/)
  })
})

describe('filters', () => {
  const image = {
    rows: 4,
    columns: 4,
    pixels: Uint8Array.from({ length: 16 }, (_, i) => (i === 5 ? 255 : 0)),
  }
  const under = (id: (typeof imageFilters)[number]['id'], strength: number, one = image) =>
    filtered(id, strength, one, 7)

  it('do what they say', () => {
    expect([...under('inversion', 1)]).toEqual([...image.pixels].map((level) => 255 - level))
    expect([...under('contrast', 0)]).toEqual(new Array(16).fill(128))
    const flat = { ...image, pixels: new Uint8Array(16).fill(100) }
    for (const id of ['blur', 'rotation', 'shift'] as const)
      expect([...under(id, 0.3, flat)]).toEqual([...flat.pixels])
    const blurred = under('blur', 0.2)
    expect(blurred[5]).toBeGreaterThan(blurred[6]!)
    expect(blurred[6]).toBe(blurred[9])
    expect([...under('rotation', 90)].sort((a, b) => b - a).slice(0, 2)).toEqual([255, 0])
    expect(under('occlusion', 0.5).filter((level) => level === 128)).toHaveLength(4)
    expect(under('noise', 0.2)).not.toEqual(under('noise', 0.4))
    expect(under('noise', 0.2)).toEqual(under('noise', 0.2))
  })
})

describe('a network', () => {
  const text = builtinText('drawn-digits')!

  it('learns drawn digits, and its accuracy under filters falls from that of the validation', async () => {
    const config = configOf({}, { steps: 150 })
    const training = openTraining({ config, text }, executor)
    const events = finish(training)
    const last = events.flatMap((event) => (event.kind === 'metrics' ? [event] : [])).at(-1)
    const model = openModel(training.checkpoint(), executor)
    const found = await probes['inspect.filters'](model, {
      id: 'x',
      example: 2,
      images: 200,
      data: () => text,
    } as never)
    expect(found.images).toBe(200)
    expect(found.accuracy).toBeGreaterThan(0.4)
    expect(found.majority).toBeLessThan(0.25)
    expect(JSON.stringify(last)).toContain('accuracy_majority')
    expect(found.pictures.pictures).toHaveLength(
      1 + imageFilters.reduce((n, { strengths }) => n + strengths.length, 0),
    )
    const inverted = found.filters.find(({ id }) => id === 'inversion')!.cells.at(-1)!
    expect(inverted.accuracy).toBeLessThan(found.accuracy - 0.2)
    const act = () =>
      probes['inspect.filters'](model, { id: 'x', example: 800, images: 1, data: () => text } as never)
    expect(act).toThrow(/there is no held-out image 800; the run has 800/)
  })
})
