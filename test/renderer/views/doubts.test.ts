// What is doubtful about a text or a run is told on the page as it is in the terminal.
import { expect, it } from 'vitest'
import type { DatasetDetail } from '../../../src-main/contract/data.ts'
import { textFormatOf } from '../../../src-main/engine/tasks/index.ts'
import DatasetPanel from '../../../src-renderer/views/data/DatasetPanel.vue'
import RunWarnings from '../../../src-renderer/views/run/RunWarnings.vue'
import { fakeTexts } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

const panelOf = (name: string, preview: string): Promise<string> => {
  const format = textFormatOf('', name, preview)
  const dataset: DatasetDetail = { ...fakeTexts[0]!, id: 'mine', name, preview, ...(format && { format }) }
  return rendered(DatasetPanel, { dataset })
}

it('a text in the format of a task is trained on as such, one in an unread format with a warning', async () => {
  const lines = await panelOf('a.tsv', 'neg\tbad\npos\tgood\nneg\tslow\npos\tfine\n')
  expect(lines).toContain('/launch?data=mine&amp;task=sequence-classification')
  expect(lines).toContain('set task to sequence-classification')
  const table = await panelOf('a.csv', 'a,b\n1,2\n')
  expect(table).toContain('/launch?data=mine&amp;task=series-forecast')
  expect(table).toContain('set task to series-forecast')
  const objects = await panelOf('a.jsonl', '{"a": 1}\n{"a": 2}\n')
  expect(objects).toContain('href="/launch?data=mine"')
  expect(objects).toContain('No task reads that format')
  expect(await panelOf('a.txt', 'Once upon a time.\nIt was.\n')).not.toContain('it looks like')
})

it('a text shows its lines whatever ends them', async () => {
  const html = await panelOf('a.txt', 'one\r\ntwo\rthree\u2028four')
  expect(html.replace(/<[^>]*>/g, '')).toContain('one\ntwo\nthree\nfour')
})

it('a run shows what its plan warned of', async () => {
  const html = await rendered(RunWarnings, {
    warnings: [{ path: 'data.dataset', message: 'the text is short.' }],
  })
  expect(html).toContain('the text is short.')
  expect(await rendered(RunWarnings, { warnings: [] })).not.toContain('<ul')
})
