import { expect, it } from 'vitest'
import { sectionsOf } from '@/charts/groups.ts'
import { catalog } from '../../../src-main/engine/catalog.ts'

const rowsOf = (task: string) => catalog().tasks.find(({ id }) => id === task)!.metrics

it('lays train and validation of one quantity into one chart, loss first', () => {
  const sections = sectionsOf(
    ['val/loss', 'train/gradient_norm', 'train/loss', 'val/accuracy', 'train/learning_rate', 'speed'],
    rowsOf('language-model'),
  )
  expect(sections.map((s) => s.name)).toEqual(['learning', 'other', 'train'])
  const [learning] = sections
  expect(learning!.charts.map((c) => c.key)).toEqual(['loss', 'accuracy'])
  expect(learning!.charts[0]!.metrics).toEqual([
    { name: 'train/loss', variant: 'train' },
    { name: 'val/loss', variant: 'val' },
  ])
  expect(sections[2]!.charts.map((c) => c.key)).toEqual(['train/gradient_norm', 'train/learning_rate'])
})

it('groups the rest by prefix and keeps every name exactly once', () => {
  const names = ['system/memory', 'system/cpu', 'a/b/c', 'train/loss', 'plain']
  const sections = sectionsOf(names, [])
  expect(sections.flatMap((s) => s.charts.flatMap((c) => c.metrics.map((m) => m.name))).sort()).toEqual(
    names.sort(),
  )
  expect(sections.find((s) => s.name === 'system')!.charts).toHaveLength(2)
})

it('calls what is measured on a layer by the layer', () => {
  const titles = (name: string) =>
    sectionsOf([name], rowsOf('pixel-model')).map((s) => [s.name, s.charts[0]!.title])
  expect(titles('gradient_ratio/layers.0')).toEqual([
    ['gradient_ratio', 'Gradient ratio, first step / last, Layer 1'],
  ])
  expect(titles('spectral_radius/layers.0.w_hh.f')).toEqual([
    ['spectral_radius', 'Spectral radius, layers.0.w_hh.f'],
  ])
  expect(titles('val/bits_per_pixel')).toEqual([['learning', 'Bits per pixel']])
})

it('puts what is learnt in the order of the metrics of the task, whatever part of the data it is measured on', () => {
  const keys = (names: string[], task: string) =>
    sectionsOf(names, rowsOf(task)).map(({ name, charts }) => [name, ...charts.map(({ key }) => key)])
  expect(keys(['train/solved', 'train/accuracy', 'train/loss', 'train/damping'], 'symbol-series')).toEqual([
    ['learning', 'loss', 'accuracy', 'solved'],
    ['train', 'train/damping'],
  ])
  expect(keys(['train/epoch_loss', 'val/made_up', 'val/bpc', 'train/loss'], 'language-model')).toEqual([
    ['learning', 'loss', 'bpc', 'made_up'],
    ['train', 'train/epoch_loss'],
  ])
})
