// Runs on images through the app: stored pictures, drawing on demand, the same ones after a resume.
import { describe, expect, it } from 'vitest'
import { codeOf } from '../store/folder.ts'
import { hasStatus, heard, openRealApp, reaches } from './apps.ts'

const config = (steps: number, more: object = {}) => ({
  seed: 4,
  data: { kind: 'image', size: 8, levels: 3, ...more } as const,
  model: { cell: 'md-lstm', hidden: 4, embedding: 2 },
  train: { bptt: 'full', batch: 2, steps } as const,
  logging: { sampleEvery: 10, evalEvery: 20, checkpointEvery: 10, gradientEvery: 0 },
})

describe('pictures', () => {
  it('are stored as samples, told as events, and come back as they were', async () => {
    const app = await openRealApp()
    const told = heard(app, 'run.sample')
    const { id, name } = await app.call('runs.launch', { config: config(20) })
    expect(name).toBe('md-lstm 4 on stripes 8x8 1')
    const run = await hasStatus(app, id, 'finished')
    const { samples } = await app.call('runs.get', { id })
    expect(samples.map((s) => s.step)).toEqual([10, 20])
    expect(told.map((event) => event.sample)).toEqual(samples)
    for (const { pictures, text, table } of samples) {
      expect([text, table]).toEqual(['', undefined])
      expect(pictures).toMatchObject({ rows: 8, columns: 8, levels: 3 })
      expect(pictures!.pictures.map((p) => p.given)).toEqual([undefined, undefined, undefined, undefined, 4, 4, 4, 4]) // prettier-ignore
      expect(pictures!.pictures.every((p) => /^[0-2]{64}$/.test(p.pixels))).toBe(true)
    }
    const bits = run.summaries.find((s) => s.name === 'val/bits_per_pixel')!
    const nats = run.summaries.find((s) => s.name === 'val/loss')!
    expect(bits.last).toBeCloseTo(nats.last / Math.LN2, 6)
  })

  it('are drawn on demand from any checkpoint: same seed, same pictures', async () => {
    const app = await openRealApp()
    const { id } = await app.call('runs.launch', {
      config: {
        ...config(20),
        optimizer: { lr: 0.02 },
      },
    })
    await hasStatus(app, id, 'finished')
    const how = { id, count: 2, seed: 7, rows: 3, picture: 5 }
    const once = await app.call('sample.images', { ...how, step: 20 })
    expect(await app.call('sample.images', { ...how, step: 20 })).toEqual(once)
    expect(once).toMatchObject({ seed: 7, drawn: { rows: 8 } })
    once.drawn.pictures.forEach(({ pixels, given }, b) => {
      expect(given).toBe(3)
      expect(pixels.slice(0, 24)).toBe(once.originals!.pictures[b]!.pixels.slice(0, 24))
    })
    const early = await app.call('sample.images', { ...how, step: 10 })
    expect([early.step, early.originals]).toEqual([10, once.originals])
    expect(early.drawn).not.toEqual(once.drawn)
    expect((await app.call('sample.images', { id })).drawn.pictures).toHaveLength(8)
    const seen = await app.call('inspect.image', { id, signal: 'f_up', picture: 5, direction: 1, step: 10 })
    expect(seen).toMatchObject({ units: 4, signal: 'f_up', direction: 1, step: 10, lo: 0, hi: 1 })
    expect(seen.values.every((gate) => gate > 0 && gate < 1)).toBe(true)
    expect(seen.picture.pictures[0]!.pixels).toBe(once.originals!.pictures[0]!.pixels)
  })

  it('are refused by runs that draw none, and a run on images writes no text', async () => {
    const app = await openRealApp()
    const { id } = await app.call('runs.launch', { config: config(10) })
    const teller = await app.call('runs.launch', {
      config: {
        ...config(10, { task: 'classes', texture: 'mixed' }),
        model: { cell: 'mdrnn', hidden: 4, options: { directions: 4 } },
      },
    })
    for (const run of [id, teller.id]) await hasStatus(app, run, 'finished')
    expect(await codeOf(() => app.call('sample.images', { id: teller.id }))).toBe('E_ARG')
    expect(await codeOf(() => app.call('inspect.text', { id, text: 'a' }))).toBe('E_ARG')
    expect(await codeOf(() => app.call('sample.images', { id, count: 17 }))).toBe('E_ARG')
    expect(
      await codeOf(() => app.call('runs.launch', { config: { ...config(10), model: { cell: 'gru' } } })),
    ).toBe('E_CONFIG_DATA')
    const shown = (await app.call('runs.get', { id: teller.id })).samples[0]!.pictures!.pictures
    expect(
      shown.every((p) => /^(stripes|checkers|blobs|digits) \(\d+ %\)(, is \w+)?$/.test(p.caption!)),
    ).toBe(true)
    expect(shown.every((p) => p.wrong === p.caption!.includes(', is '))).toBe(true)
  })

  it('of a run that was paused and resumed are those of an undisturbed one', async () => {
    const app = await openRealApp({ checkpointMs: 60_000 })
    const whole = await app.call('runs.launch', { config: config(40) })
    await hasStatus(app, whole.id, 'finished')
    const { id } = await app.call('runs.launch', { config: config(40) })
    await reaches(app, id, 10)
    const paused = await app.call('runs.pause', { id })
    if (paused.status !== 'finished') {
      await hasStatus(app, id, 'paused', 'finished')
      await app.call('runs.resume', { id }).catch(() => undefined)
    }
    await hasStatus(app, id, 'finished')
    const [a, b] = await Promise.all(
      [whole.id, id].map(async (run) => (await app.call('runs.get', { id: run })).samples),
    )
    expect(b!.map(({ step, pictures }) => ({ step, pictures }))).toEqual(
      a!.map(({ step, pictures }) => ({ step, pictures })),
    )
  })
})
