import { expect, it } from 'vitest'
import { parseConfig } from '../../../src-main/engine/config.ts'
import type { RunConfig } from '@contract/config.ts'
import { configRows, leavesOf } from '@/views/run/configRows.ts'
import { fakeCatalog } from '../../standIn/data.ts'

it('flattens to dotted keys', () => {
  expect([...leavesOf({ a: 1, b: { c: 'x', d: { e: false } } })]).toEqual([
    ['a', 1],
    ['b.c', 'x'],
    ['b.d.e', false],
  ])
})

it('marks exactly what differs from the defaults, cell options included', () => {
  const config = parseConfig({
    seed: 7,
    name: 'mine',
    model: { hidden: 64, options: { forgetBias: 2 } },
    train: { batch: 32 },
    optimizer: { lr: 0.01 },
  }) as RunConfig
  const rows = configRows(config, fakeCatalog)
  const changed = Object.fromEntries(
    rows.filter((r) => r.instead !== undefined).map((r) => [r.path, [r.value, r.instead]]),
  )
  expect(changed).toEqual({
    'model.hidden': [64, 128],
    'model.options.forgetBias': [2, 1],
    'optimizer.lr': [0.01, 0.003],
  })
  expect(rows.some((r) => r.path === 'name' || r.path === 'version')).toBe(false)
  expect(rows.find((r) => r.path === 'optimizer.lr')!.title).toBe('Learning rate')
})

it('tells what the preset set from what was changed after it, and from defaults', () => {
  const preset = {
    preset: 'alice',
    data: { kind: 'text', dataset: 'alice', lowercase: true },
    model: { cell: 'gru' },
    train: { bptt: 'windows', window: 10, steps: 0, epochs: 1 },
    optimizer: { name: 'rmsprop' },
  }
  const own = {
    ...preset,
    train: { ...preset.train, window: 25, epochs: 10 },
    optimizer: { ...preset.optimizer, lr: 0.01 },
  }
  const from = (config: object) =>
    Object.fromEntries(
      configRows(parseConfig(config) as RunConfig, fakeCatalog).flatMap((row) =>
        row.from === 'default' ? [] : [[row.path, `${row.from}, else ${row.instead}`]],
      ),
    )
  expect(Object.values(from(preset)).every((text) => text.startsWith('preset'))).toBe(true)
  expect(from(own)).toMatchObject({
    'model.cell': 'preset, else lstm',
    'optimizer.name': 'preset, else adam',
    'train.window': 'run, else 10',
    'optimizer.lr': 'run, else 0.003',
  })
})
