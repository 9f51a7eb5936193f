// The page of a run has its gradient panel, whatever the run learnt: on images with the scans from the corners, on sequences with both
// directions.
import { readStored } from '../../../src-main/engine/config.ts'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { setClient } from '@/state/connection.ts'
import { useRuns } from '@/state/runs.ts'
import RunPage from '@/views/run/RunPage.vue'
import { fakeClient } from '../fakeClient.ts'
import { fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

// Charts need a browser.
vi.mock('@/charts/ChartGrid.vue', () => ({ default: { render: () => null } }))
vi.mock('@/charts/LineChart.vue', () => ({ default: { props: ['title'], template: '<p>{{ title }}</p>' } }))
const record = vi.hoisted(() => ({ layers: [] as string[] }))
vi.mock('@/views/run/useGradients.ts', () => ({
  useGradients: () => {
    const layers = record.layers.map((layer) => ({
      layer,
      norms: Float64Array.of(1, 1),
      last: Float64Array.of(1e-4, 1),
    }))
    return {
      records: ref([{ step: 0, stride: 1, layers, radii: [] }]),
      phase: ref('ready'),
      failure: ref(null),
      load: () => undefined,
    }
  },
}))

it.each([
  ['image', 'md-lstm', ['layers.0.down-right', 'layers.0.down-left'], 'anti-diagonal'],
  ['examples', 'gru', ['layers.0', 'layers.0.reverse'], 'first step of the window'],
  ['text', 'lstm', ['layers.0', 'encoder.layers.0'], 'first step of the window'],
] as const)('of a run on %s', async (kind, cell, layers, recorded) => {
  record.layers = [...layers]
  const stored = readStored({ seed: 1, data: { kind }, model: { cell } })
  const run = { ...fakeRun(1, 1e12), ...stored, trashedAt: null }
  setClient(fakeClient({ runs: 2 }))
  const html = await rendered(RunPage, { id: run.id }, { before: () => useRuns().rows.set(run.id, run) })
  expect(html).toContain('Gradient through time</h2>')
  expect(html).toContain(recorded)
  for (const title of {
    image: ['Layer 1, down-right: the gradient vanishes', 'Layer 1, down-left: the gradient vanishes'],
    examples: ['Layer 1: the gradient', 'Layer 1, reverse: the gradient'],
    text: ['Layer 1: the gradient', 'Encoder, layer 1: the gradient'],
  }[kind])
    expect(html).toContain(title)
})
