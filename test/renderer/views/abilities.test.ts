// No view of the page offers what a run cannot do: in its place stands why, and where the run's predictions are.
import { readStored } from '../../../src-main/engine/config.ts'
import { expect, it, vi } from 'vitest'
import { useRuns } from '@/state/runs.ts'
import CompareView from '@/views/CompareView.vue'
import SampleView from '@/views/SampleView.vue'
import NeuronsView from '@/views/NeuronsView.vue'
import TryView from '@/views/TryView.vue'
import ChooseRun from '@/views/run/ChooseRun.vue'
import { fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

// Charts need a browser.
vi.mock('@/charts/ChartGrid.vue', () => ({ default: { render: () => null } }))

const kinds = ['text', 'series', 'addition', 'memory', 'examples', 'image']
const runs = kinds.map((kind, n) => {
  const data = kind === 'memory' ? { kind, problem: 'adding' } : { kind }
  const stored = readStored({ seed: 1, data, model: kind === 'image' ? { cell: 'md-lstm' } : {} })
  return { ...fakeRun(n + 1, 1e12), name: `run on ${kind}`, step: 5, ...stored, trashedAt: null }
})
const withRuns = () => runs.forEach((run) => useRuns().rows.set(run.id, run))
const at = (name: string, kind: string) => `/${name}/${runs[kinds.indexOf(kind)]!.id}`

it.each(['series', 'addition', 'memory', 'examples'])(
  'a run on %s has no form to write with',
  async (kind) => {
    const html = await rendered(SampleView, {}, { before: withRuns, at: at('sample', kind) })
    expect(html).toContain('<h1>Sample</h1>')
    expect(html).toContain('generates nothing')
    expect(html).toContain(kind === 'addition' ? 'See the run' : 'See its predictions')
    expect(html).not.toContain('Temperature')
  },
)

it.each(['addition', 'memory'])('the units of a run on %s are not offered', async (kind) => {
  const html = await rendered(NeuronsView, {}, { before: withRuns, at: at('neurons', kind) })
  expect(html).toContain('because it reads numbers')
})

it('a run that answers no new inputs leads to the view that it has instead', async () => {
  const html = (kind: string) => rendered(TryView, {}, { before: withRuns, at: at('try', kind) })
  expect(await html('text')).toMatch(/continues a text instead of answering it[^]*Generate with a prompt/)
  expect(await html('addition')).toMatch(/takes no new inputs[^]*held-out inputs/)
})

it('the lists to choose from hold exactly the runs that can', async () => {
  const list = async (view: string) => {
    const html = await rendered(
      ChooseRun,
      { view, title: '', text: '', icon: 'sample' },
      { before: withRuns },
    )
    return kinds.filter((kind) => html.includes(`run on ${kind}`))
  }
  expect(await list('sample')).toEqual(['text', 'image'])
  expect(await list('neurons')).toEqual(['text', 'series', 'examples', 'image'])
  expect(await list('try')).toEqual(['examples'])
  expect(await list('analyses')).toEqual(['text', 'series', 'addition', 'memory', 'examples', 'image'])
})

const ready = (count: number) => () => {
  useRuns().phase = 'ready'
  for (const run of runs.slice(0, count)) useRuns().rows.set(run.id, run)
}

it('tells without runs how to get one to choose, in the words of the view', async () => {
  const none = (view: string) =>
    rendered(ChooseRun, { view, title: '', text: '', icon: 'sample' }, { before: ready(0) })
  expect(await none('sample')).toContain('No run generates text, images or music yet')
  const neurons = await none('neurons')
  expect(neurons).toContain('No run has weights to inspect yet')
  for (const html of [neurons, await rendered(CompareView, {}, { before: ready(1) })])
    expect(html).toContain('Launch a run')
  expect(await rendered(CompareView, {}, { before: ready(2) })).not.toContain('Launch a run')
})
