// What a run recorded of its predictions is shown by the view of the kind that its task names; a sample without a record as text.
import { expect, it, vi } from 'vitest'
import type { ForecastTable, RunRow, RunSample } from '@contract/run.ts'
import type { AnswerKind } from '@contract/taskInfo.ts'
import SamplePanel from '@/views/run/SamplePanel.vue'
import { fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

// Charts need a browser.
vi.mock('@/charts/LineChart.vue', () => ({
  __esModule: true,
  default: { props: ['title'], template: '<p>{{ title }}</p>' },
}))

const run = fakeRun(5, 1e12)
const table = {
  kind: 'examples',
  rows: [{ input: 'one two', expected: 'yes', predicted: 'no', right: false }],
} as const
const series = {
  input: [1, 2],
  expected: [2, 0],
  predicted: [
    [0, 0.9, 0, 0],
    [0, 0, 0, 0],
  ],
  solved: true,
}
const forecast: ForecastTable = {
  kind: 'forecast',
  horizon: 3,
  level: 0.8,
  labels: ['May', 'June'],
  curves: [
    { name: 'load', truth: [10, 20], forecast: [11, 19], lower: [9, 21], upper: [12, 22], persistence: [8, 22], freeRuns: [{ from: 1, values: [22] }] },
  ],
  omitted: 0,
} // prettier-ignore
const pictures = { rows: 1, columns: 2, levels: 2, pictures: [{ pixels: '01', caption: 'blobs' }] }

const shown = (answers: AnswerKind | null, sample: Partial<RunSample>): Promise<string> => {
  const task = { ...run.task, abilities: { ...run.task.abilities, answers } }
  const of: RunRow = { ...run, task }
  return rendered(SamplePanel, { run: of, samples: [{ step: 10, at: 1e12, text: 'the tide', ...sample }] })
}

it.each<[AnswerKind | null, Partial<RunSample>, string, RegExp]>([
  [null, {}, 'Samples over training', /the tide/],
  [
    'examples',
    { table: { ...table, rows: [...table.rows] } },
    'Predictions over training',
    /0 of 1 examples right/,
  ],
  ['series', { table: series }, 'Predictions over training', /Solved: every output is on the right side/],
  ['generated images', { pictures }, 'Generated images over training', /Images at step 10[\s\S]*blobs/],
  ['classified images', { pictures }, 'Predictions over training', /Images at step 10[\s\S]*blobs/],
  [
    'forecast',
    { table: forecast },
    'Forecasts over training',
    /last 2 records, 3 records ahead: 1\.000, 50 % below persistence \(2\.000\)\. 50 % of the values lie inside the 80 % interval[\s\S]*Free-running over 1 record: 2\.000/,
  ],
  // A run of an older version recorded examples for this task.
  [
    'forecast',
    { table: { ...table, rows: [...table.rows] } },
    'Predictions over training',
    /0 of 1 examples/,
  ],
  ['examples', {}, 'Samples over training', /the tide/],
])('%s: %o under its title', async (answers, sample, title, content) => {
  const html = await shown(answers, sample)
  expect(html).toContain(`>${title}</h2>`)
  expect(html).toMatch(content)
})
