// Settings are shown in full wherever runs are told apart by them.
import { expect, it } from 'vitest'
import CompareTable from '@/views/compare/CompareTable.vue'
import ConfigTable from '@/views/run/ConfigTable.vue'
import { runColumns } from '@/views/runs/columns.ts'
import { useCatalog } from '@/state/catalog.ts'
import { fakeCatalog, fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

const exact = ['123456789', '0.00123456']

it('in the configuration of a run', async () => {
  const { config } = fakeRun(1, 1e12)
  const shown = {
    ...config,
    seed: 123456789,
    train: { ...config.train },
    optimizer: { ...config.optimizer, lr: 0.00123456 },
  }
  const html = await rendered(
    ConfigTable,
    { config: shown },
    { before: () => (useCatalog().catalog = fakeCatalog) },
  )
  for (const value of exact) expect(html).toContain(value)
})

it('in comparisons', async () => {
  const comparison = {
    runs: [1, 2].map((n) => ({ id: String(n), name: `run ${n}`, status: 'finished', step: 1 })),
    differences: [
      { path: 'seed', values: [123456789, 123456790] },
      { path: 'optimizer.lr', values: [0.00123456, 0.00123459] },
    ],
    same: [],
    metrics: [],
    claims: [],
  }
  const html = await rendered(CompareTable, {
    comparison,
    runs: [],
    baseline: null,
    runStyles: new Map(),
    all: false,
  })
  for (const value of [...exact, '123456790', '0.00123459']) expect(html).toContain(value)
})

it('in the table of runs', () => {
  const { config, ...run } = fakeRun(1, 1e12)
  const shown = {
    ...run,
    config: { ...config, train: { ...config.train }, optimizer: { ...config.optimizer, lr: 0.00123456 } },
  }
  expect(runColumns.find(({ id }) => id === 'lr')!.text!(shown)).toBe('0.00123456')
})
