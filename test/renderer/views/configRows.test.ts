import { expect, it } from 'vitest'
import { parseConfig } from '@contract/validate.ts'
import type { RunConfig } from '@contract/config.ts'
import { configRows, leavesOf } from '@/views/run/configRows.ts'
import { fakeCatalog } from '../fakeData.ts'

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
    train: { lr: 0.01, batch: 32 },
  }) as RunConfig
  const rows = configRows(config, fakeCatalog)
  const changed = Object.fromEntries(
    rows.filter((r) => r.instead !== undefined).map((r) => [r.path, [r.value, r.instead]]),
  )
  expect(changed).toEqual({
    'model.hidden': [64, 128],
    'model.options.forgetBias': [2, 1],
    'train.lr': [0.01, 0.003],
  })
  expect(rows.some((r) => r.path === 'name' || r.path === 'version')).toBe(false)
  expect(rows.find((r) => r.path === 'train.lr')!.title).toBe('Learning rate')
})
