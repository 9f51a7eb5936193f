// The stand-in app answers every command of the contract, and for a run of each task what its abilities say, as the app does.
import { describe, expect, it } from 'vitest'
import { commandNames, type Input } from '../../src-main/contract/api.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { standInApp } from './answers.ts'
import { fakeRun } from './data.ts'

const runs = Array.from({ length: 30 }, (_, n) => fakeRun(n, 1e12))
const app = standInApp(runs)
const can = (asked: Promise<unknown>) =>
  asked.then(
    () => true,
    (error: unknown) => !(error instanceof UnrollError && error.code === 'E_ARG'),
  )

describe('the stand-in', () => {
  it('has an answer for every command', () => {
    expect(commandNames.filter((name) => !app.handlers[name])).toEqual([])
  })

  it('has runs on texts, on series, on the pixels and on the classes of images', () => {
    const tasks = runs.map(({ task }) => task.id)
    expect(new Set(tasks)).toEqual(
      new Set(['language-model', 'symbol-series', 'pixel-model', 'image-classification']),
    )
  })

  it.each(
    runs
      .map((run) => [run.task.id, run] as const)
      .filter(([id], i, all) => all.findIndex(([k]) => k === id) === i),
  )('lets a run on %s do what its abilities say, and nothing else', async (_task, { id, task }) => {
    const { inspects, generates, saliency, applies, classifies, filters } = task.abilities
    const at: Input<'runs.get'> = { id }
    expect({
      grid: await can(app.call('inspect.text', at)),
      find: await can(app.call('inspect.find', { id, predicate: 'quote' })),
      picture: await can(app.call('inspect.image', at)),
      pictures: await can(app.call('sample.images', at)),
      music: await can(app.call('sample.music', at)),
      examples: await can(app.call('inspect.examples', at)),
      saliency: await can(app.call('inspect.saliency', at)),
      filters: await can(app.call('inspect.filters', at)),
      applied: await can(app.call('apply.texts', { id, texts: ['a'] })),
      forecast: await can(app.call('apply.series', { id, values: [1, 2] })),
      images: await can(app.call('apply.images', { id, example: 0 })),
      heldOut: await can(app.call('apply.heldOut', at)),
      classified: await can(app.call('inspect.answers', at)),
      text: await can(app.call('sample.start', { id, length: 1 })),
    }).toEqual({
      grid: inspects === 'text',
      find: inspects === 'text',
      picture: inspects === 'images',
      pictures: generates === 'images',
      music: generates === 'music',
      examples: saliency !== null,
      saliency: saliency !== null,
      filters: filters === true,
      applied: applies === 'texts',
      forecast: applies === 'series',
      images: applies === 'images',
      heldOut: applies === 'texts',
      classified: classifies !== undefined,
      text: generates === 'text',
    })
  })

  it('gives an image run images as samples', async () => {
    const { id } = runs.find(({ task }) => task.imageSize > 0)!
    app.rows.set(id, { ...app.find(id), step: 1000 })
    const { samples } = await app.call('runs.get', { id })
    expect(samples.map(({ pictures }) => pictures?.pictures.length)).toEqual([4, 4])
  })
})
