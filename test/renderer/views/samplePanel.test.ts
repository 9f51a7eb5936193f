// What a run recorded of its predictions is shown by the view of the kind that its task names; a sample without a record as text.
import { expect, it } from 'vitest'
import type { RunRow, RunSample } from '@contract/run.ts'
import type { AnswerKind } from '@contract/taskInfo.ts'
import SamplePanel from '@/views/run/SamplePanel.vue'
import { fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

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
  ['examples', {}, 'Samples over training', /the tide/],
])('%s: %o under its title', async (answers, sample, title, content) => {
  const html = await shown(answers, sample)
  expect(html).toContain(`>${title}</h2>`)
  expect(html).toMatch(content)
})
