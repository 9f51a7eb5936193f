// The search for units: its scores are kept, their step is said, and scores of another step than the chosen one are told apart.
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { beforeEach, expect, it } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import type { Checkpoint } from '@contract/run.ts'
import { setClient } from '@/state/connection.ts'
import { useUnitSearches } from '@/state/unitSearches.ts'
import FindPanel from '@/views/neurons/FindPanel.vue'
import { fakeClient, type FakeClient } from '../fakeClient.ts'
import { fakeRun } from '../../standIn/data.ts'

const run = fakeRun(1, 1e12)
const of = { id: run.id, text: '' }
const checkpoint = (step: number, best = false): Checkpoint => ({
  runId: run.id,
  step,
  createdAt: 0,
  bytes: 1,
  sha256: '',
  loss: 1,
  best,
  missing: false,
})
const bestAt2000 = [checkpoint(2000, true)]
const bestAt4000 = [checkpoint(4000, true), checkpoint(2000)]

let client: FakeClient
let pinia: ReturnType<typeof createPinia>
beforeEach(() => {
  setActivePinia((pinia = createPinia()))
  setClient((client = fakeClient({ runs: 5 })))
})

/** The panel newly opened. */
async function opened(
  checkpoints: Checkpoint[],
  more: { chosen?: number; text?: string; selected?: object } = {},
) {
  const props = {
    run,
    checkpoints,
    refresh: () => Promise.resolve(),
    chosen: null,
    text: '',
    ...more,
    selected: { step: 2000, layer: 0, signal: 'c', unit: 12, ...more.selected },
  }
  const page = { render: () => h(TooltipProvider, () => h(FindPanel, props)) }
  const html = await renderToString(createSSRApp(page).use(pinia))
  const text = html
    .replace(/<!--.*?-->|<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ \./g, '.')
  return { html, text }
}

it('keeps the scores of every step, predicate and text for whoever comes back', async () => {
  const searches = useUnitSearches()
  expect((await opened(bestAt2000)).html).not.toContain('<table')
  await searches.find(of, 2000)
  await searches.find(of, 4000)
  searches.choosePredicate(run.id, 'vowel')
  expect((await opened(bestAt2000)).html).not.toContain('<table')
  await searches.find(of, 2000)
  expect((await opened(bestAt2000)).text).toContain(
    'Scores of step 2,000. Holds at 4,100 of 20,000 positions.',
  )
  searches.choosePredicate(run.id, 'quote')
  expect((await opened(bestAt2000)).text).toContain('Scores of step 2,000. Holds at')
  expect((await opened(bestAt4000)).text).toContain('Scores of step 4,000.')
  expect((await opened(bestAt2000, { text: 'typed '.repeat(50) })).html).not.toContain('<table')
  expect(client.calls.filter(({ name }) => name === 'inspect.find')).toHaveLength(3)
  // White space around a predicate makes it no other one.
  searches.choosePredicate(run.id, ' quote ')
  expect((await opened(bestAt2000)).text).toContain('Scores of step 2,000.')
})

it('shows the baselines, and a graded property by its correlation', async () => {
  const searches = useUnitSearches()
  await searches.find(of, 2000)
  expect((await opened(bestAt2000)).text).toMatch(
    /Shuffled labels 0\.5600 Label per symbol 0\.7800 All units of c, layer 1 1\.000 Unit AUC F1 Sign c 12 layer 1 0\.9980 0\.9800/,
  )
  searches.choosePredicate(run.id, 'column')
  await searches.find(of, 2000)
  const { html, text } = await opened(bestAt2000)
  expect(text).toMatch(/All units of c, layer 1 0\.9900 Unit Correlation c 12 layer 1 [-−]0\.9700 h 37/)
  expect(text).not.toContain('F1')
  expect(/aria-sort="descending"[^>]*>(?:\s|<[^>]+>)*(\w+)/.exec(html)?.[1]).toBe('Correlation')
})

it('offers examples, and says where a predicate is faulty', async () => {
  const searches = useUnitSearches()
  expect((await opened(bestAt2000)).html).toMatch(/aria-current="true"[^>]*>\s*quote/)
  searches.choosePredicate(run.id, 'vowel and colum')
  const { html, text } = await opened(bestAt2000)
  expect(text).toContain(
    'predicate, character 11: there is no property &quot;colum&quot;; did you mean column?',
  )
  expect(html).toMatch(/vowel and <mark[^>]*>colum<\/mark>/)
  expect(html).toMatch(/role="combobox"[^>]*aria-invalid="true"/)
})

it('says the step of the scores, and by which column they are sorted', async () => {
  await useUnitSearches().find(of, 2000)
  const { html, text } = await opened(bestAt2000)
  expect(text).toContain('Scores of step 2,000.')
  expect(text).not.toContain('Find again')
  expect(/aria-sort="descending"[^>]*>(?:\s|<[^>]+>)*(\w+)/.exec(html)?.[1]).toBe('AUC')
  expect(html).toMatch(/aria-pressed="true"/)
})

it('says when the chosen checkpoint has moved on, and offers its step', async () => {
  await useUnitSearches().find(of, 2000)
  const { html, text } = await opened(bestAt4000, { selected: { step: 4000 } })
  expect(text).toContain('Scores of step 2,000; the chosen checkpoint is now at step 4,000.')
  expect(text).toContain('Find again at step 4,000')
  // The selected unit is that of another step; it is not the one of the list.
  expect(html).not.toMatch(/aria-pressed="true"/)
  expect((await opened(bestAt4000, { chosen: 2000 })).text).not.toContain('Find again')
})

it('opens no unit of a checkpoint that was removed, and says so', async () => {
  await useUnitSearches().find(of, 2000)
  const isDisabled = /<button[^>]* disabled[^>]*aria-pressed/
  expect((await opened(bestAt4000)).html).not.toMatch(isDisabled)
  const { html, text } = await opened([checkpoint(4000, true)])
  expect(text).toContain('The checkpoint of the scores was removed')
  expect(html).toMatch(isDisabled)
})

it('searches typed text if it is long enough', async () => {
  const searches = useUnitSearches()
  await searches.find({ ...of, text: 'short' }, 2000)
  await searches.find({ ...of, text: 'typed '.repeat(50) }, undefined)
  const inputs = client.calls.filter(({ name }) => name === 'inspect.find').map(({ input }) => input)
  expect(inputs).toEqual([
    { id: run.id, predicate: 'quote', top: 20, step: 2000, job: expect.any(String) as string },
    { id: run.id, predicate: 'quote', top: 20, job: expect.any(String) as string, text: 'typed '.repeat(50) },
  ])
})
