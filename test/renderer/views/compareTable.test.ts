// The table of a comparison: runs of different lengths are compared up to the step that all have reached, and else the table says so. A run
// in the trash is shown as one.
import { createPinia, setActivePinia } from 'pinia'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, it } from 'vitest'
import type { RunComparison } from '../../../src-main/contract/api.ts'
import { useMetrics } from '@/state/metrics.ts'
import { setClient, type StoreClient } from '@/state/connection.ts'
import CompareTable from '@/views/compare/CompareTable.vue'
import { runStyles } from '@/charts/runStyles.ts'
import RunChips from '@/views/compare/RunChips.vue'
import { fakeClient } from '../fakeClient.ts'
import { fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

const [a, b] = ['a'.repeat(26), 'b'.repeat(26)]
const chunk = (steps: number[], values: number[]) => ({
  name: 'val/loss',
  steps: Float64Array.from(steps),
  values: Float64Array.from(values),
  times: new Float64Array(steps.length),
})
const curves: Record<string, ReturnType<typeof chunk>> = {
  [a]: chunk([100, 200, 300], [3, 2, 1.5]),
  [b]: chunk([100, 300, 1000], [2.8, 1.6, 0.9]),
}

it('compares like with like', async () => {
  const pinia = createPinia()
  setActivePinia(pinia)
  const fake = fakeClient({ runs: 0, live: false, native: true, delay: 0 })
  const call = (name: string, input: never) =>
    name === 'runs.metrics'
      ? Promise.resolve((input as { ids: string[] }).ids.map((id) => ({ id, chunks: [curves[id]] })))
      : fake.call(name as 'runs.list', input)
  setClient({ ...fake, call } as unknown as StoreClient)
  await useMetrics().load([a, b])
  const comparison: RunComparison = {
    runs: [{ id: a, name: 'short', status: 'finished', step: 300, trashedAt: null }, { id: b, name: 'long', status: 'finished', step: 1000, trashedAt: null }],
    differences: [], same: [], claims: [],
    metrics: [{ name: 'val/loss', direction: 'min', like: [0, 0], best: [1.5, 0.9], bestStep: [300, 1000], last: [1.5, 0.9] },
      { name: 'test/loss', direction: 'min', like: [0, 0], best: [null, 0.8], bestStep: [null, 1000], last: [null, 0.8] }],
  } // prettier-ignore
  const table = { comparison, runs: [], baseline: a, runStyles: runStyles([]), all: false }
  const html = await renderToString(createSSRApp({ render: () => h(CompareTable, table) }).use(pinia))
  expect(html).toContain('Up to step 300, which all have reached')
  // 1.6 at step 300 against 1.5 there, and not 0.9 at step 1,000.
  expect(html).toContain('+0.100 (+6.7 %)')
  expect(html).not.toContain('0.9000')
  // No run has measured it up to step 300.
  expect(html).not.toContain('test/loss')
})

it('ranks no value against one that measures something else', async () => {
  const runs = [1, 2, 3, 4].map((n) => ({
    id: String(n),
    name: `run ${n}`,
    status: 'finished' as const,
    step: 9,
    trashedAt: null,
  }))
  const values = [2, 1, 0.1, 0.2]
  const metric = {
    name: 'val/loss',
    direction: 'min' as const,
    best: values,
    bestStep: [9, 9, 9, 9],
    last: values,
  }
  const table = async (like: number[]) => {
    const comparison: RunComparison = {
      runs,
      differences: [],
      same: [],
      claims: [],
      metrics: [{ ...metric, like }],
    }
    const html = await rendered(CompareTable, {
      comparison,
      runs: [],
      baseline: '1',
      runStyles: runStyles([]),
      all: false,
    })
    const count = (pattern: RegExp) => html.match(pattern)?.length ?? 0
    return { stars: count(/★/g), deltas: count(/class="(good |bad )?delta/g) }
  }
  // In each of the rows lowest and last.
  expect(await table([0, 0, 0, 0])).toEqual({ stars: 2, deltas: 6 })
  expect(await table([0, 0, 2, 2])).toEqual({ stars: 4, deltas: 2 })
  expect(await table([0, 1, 2, 3])).toEqual({ stars: 0, deltas: 0 })
})

it('a run in the trash has a sign, in the table and among the chips', async () => {
  const rows = [null, 5].map((trashedAt, n) => ({ ...fakeRun(n + 1, 1e12), trashedAt }))
  const runs = rows.map(({ id, name, status, step, trashedAt }) => ({ id, name, status, step, trashedAt }))
  const comparison: RunComparison = { runs, differences: [], same: [], claims: [], metrics: [] }
  const shown = { runs: rows, baseline: null, runStyles: runStyles(rows) }
  for (const html of [
    await rendered(CompareTable, { ...shown, comparison, all: false }),
    await rendered(RunChips, { ...shown, hidden: new Set() }),
  ])
    expect(html.split('title="In the trash"')).toHaveLength(2)
})
