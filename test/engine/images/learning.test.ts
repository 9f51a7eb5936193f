// Image networks learn: pixels of stripes, and which texture an image has.
import { describe, expect, it } from 'vitest'
import { generateImages, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { stripeFit } from './stripes.ts'
import { native, configOf, image, finish } from './imageRuns.ts'

describe('learning', () => {
  it.skipIf(native.id !== 'native')(
    'stripes: drawn and completed pictures are stripes, far from chance',
    () => {
      const config = configOf({
        data: image({ texture: 'stripes', size: 12, levels: 2 }),
        model: { hidden: 16, embedding: 4 },
        train: { batch: 16, steps: 200 },
        optimizer: { lr: 0.02 },
        logging: { evalEvery: 0, sampleEvery: 0 },
      })
      const training = openTraining({ config, text: '' }, native)
      const last = finish(training).findLast(
        (e) => e.kind === 'metrics' && e.values['val/loss'] !== undefined,
      )
      // One bit would be a coin per pixel.
      expect(last!.kind === 'metrics' && last!.values['val/bits_per_pixel']!).toBeLessThan(0.4)
      const model = openModel(training.checkpoint(), native)
      const how = { count: 16, temperature: 1, picture: 0, seed: 1 }
      const { drawn } = generateImages(model, { ...how, rows: 0 })
      const half = generateImages(model, { ...how, rows: 6 })
      const levelsOf = ({ pixels }: { pixels: string }) => Array.from(pixels, Number)
      const mean = (list: readonly number[]) => list.reduce((s, x) => s + x, 0) / list.length
      const fit = (pictures: readonly number[][]) => mean(pictures.map((p) => stripeFit(p, 12)))
      const random = randomStream({ seed: [1, 1], step: 0 }, 1)
      const shuffled = (list: number[]) =>
        list
          .map((x) => [random.uniform(), x] as const)
          .sort(([a], [b]) => a - b)
          .map(([, x]) => x)
      const chance = fit(half.originals!.pictures.map((p) => shuffled(levelsOf(p))))
      expect(chance).toBeLessThan(0.7)
      expect(fit(half.originals!.pictures.map(levelsOf))).toBeGreaterThan(0.9)
      expect(fit(drawn.pictures.map(levelsOf))).toBeGreaterThan(0.78)
      expect(fit(half.drawn.pictures.map(levelsOf))).toBeGreaterThan(0.84)
      const hidden = half.drawn.pictures.map(({ pixels }, b) =>
        mean(
          levelsOf({ pixels })
            .slice(72)
            .map((x, i) => Number(x === Number(half.originals!.pictures[b]!.pixels[72 + i]))),
        ),
      )
      expect(mean(hidden)).toBeGreaterThan(0.65)
    },
  )

  it.skipIf(native.id !== 'native')('which texture it is, with scans from all corners', () => {
    const config = configOf({
      data: image({ task: 'classes', texture: 'mixed', size: 12, levels: 4 }),
      model: { hidden: 12, options: { directions: 4 } },
      train: { batch: 16, steps: 120 },
      optimizer: { lr: 0.02 },
      logging: { evalEvery: 0, sampleEvery: 120 },
    })
    const events = finish(openTraining({ config, text: '' }, native))
    const last = events.findLast((e) => e.kind === 'metrics' && e.values['val/accuracy'] !== undefined)
    expect(last!.kind === 'metrics' && last!.values['val/accuracy']!).toBeGreaterThan(0.9)
    const sample = events.find((e) => e.kind === 'sample')
    const captions = sample!.kind === 'sample' ? sample!.pictures!.pictures.map((p) => p.caption) : []
    expect(captions.every((text) => /^(stripes|checkers|blobs|digits) \(\d+ %\)/.test(text!))).toBe(true)
  })
})
