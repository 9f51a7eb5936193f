// What a selection takes in: runs that the filter hides are counted and named before anything happens to them; Shift gives ranges.
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSSRApp, ref } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { setClient } from '@/state/connection.ts'
import { useConfirm } from '@/state/confirm.ts'
import { useRunFilter } from '@/state/runFilter.ts'
import { useRuns } from '@/state/runs.ts'
import { useRowKeys } from '@/ui/rowKeys.ts'
import { useRunActions } from '@/ui/runActions.ts'
import { figureOf } from '@/ui/runFigure.ts'
import { fakeClient } from './fakeClient.ts'
import { fakeRun } from '../standIn/data.ts'

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  setClient(fakeClient({ runs: 70 }))
})
afterEach(() => vi.useRealTimers())
const settle = () => vi.advanceTimersByTimeAsync(1000)

/** Twelve finished runs selected, of which the filter then hides all but the first. */
async function selectedAndFiltered() {
  const [runs, filter, confirm] = [useRuns(), useRunFilter(), useConfirm()]
  void runs.load()
  await settle()
  const ids = runs.list
    .filter((run) => run.status === 'finished')
    .slice(0, 12)
    .map((run) => run.id)
  runs.selectOnly(ids)
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:p(.*)*', component: {} }],
  })
  const actions = createSSRApp({}).use(router).runWithContext(useRunActions)
  filter.text = `id:${ids[0]}`
  return { runs, filter, confirm, actions, ids }
}
const inTrash = (runs: ReturnType<typeof useRuns>, ids: string[]) =>
  ids.filter((id) => runs.byId(id)!.trashedAt !== null)

it('counts what the filter hides', async () => {
  const { filter } = await selectedAndFiltered()
  expect(filter.selectionText).toBe('12 selected, 11 hidden')
  filter.deselectHidden()
  expect(filter.selectionText).toBe('1 selected')
})

it('names hidden runs before they go to the trash, and leaves them out if asked to', async () => {
  const { runs, confirm, actions, ids } = await selectedAndFiltered()
  void actions.trashSelected()
  await settle()
  expect(inTrash(runs, ids)).toEqual([])
  expect(confirm.question).toMatchObject({
    title: 'Move 12 runs to the trash?',
    text: 'The filter hides 11 of 12:',
  })
  expect(confirm.question!.names).toEqual(ids.slice(1).map((id) => runs.byId(id)!.name))
  confirm.answer(null)
  await settle()
  expect(inTrash(runs, ids)).toEqual([])
  void actions.trashSelected()
  await settle()
  confirm.answer('shown')
  await settle()
  expect(inTrash(runs, ids)).toEqual([ids[0]])
})

it('takes all of them once that was agreed, and does not ask where all are seen', async () => {
  const { runs, filter, confirm, actions, ids } = await selectedAndFiltered()
  void actions.trashSelected()
  await settle()
  confirm.answer('all')
  await settle()
  expect(inTrash(runs, ids)).toEqual(ids)
  filter.clear()
  runs.selectOnly(
    runs.list
      .filter((run) => run.status === 'finished')
      .slice(0, 2)
      .map((run) => run.id),
  )
  void actions.trashSelected()
  await settle()
  expect(confirm.question).toBeNull()
  expect(runs.selected.size).toBe(0)
})

it('names runs before they are deleted for good', async () => {
  const { runs, confirm, actions, ids } = await selectedAndFiltered()
  void runs.trash(ids)
  await settle()
  runs.selectOnly(ids)
  void actions.purge(ids)
  await settle()
  expect(confirm.question!.text).toMatch(/cannot be undone\. The filter hides 11 of 12:$/)
  confirm.answer('all')
  await settle()
  expect(ids.filter((id) => runs.byId(id))).toEqual([])
})

it('selects a range by Shift on the boxes, either way, without touching the others', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const chosen = new Set(['hidden'])
  const keys = useRowKeys({
    ids: ref(ids),
    prefix: 'x',
    scrollTo: () => undefined,
    page: () => 1,
    open: () => undefined,
    selection: {
      has: (id) => chosen.has(id),
      only: (some) => (chosen.clear(), some.forEach((id) => chosen.add(id))),
      set: (some, on) => some.forEach((id) => (on ? chosen.add(id) : chosen.delete(id))),
    },
  })
  const click = (id: string, shiftKey = false) => keys.onBox(id, { shiftKey } as MouseEvent)
  click('d')
  click('b', true)
  expect([...chosen].sort()).toEqual(['b', 'c', 'd', 'hidden'])
  click('c', true)
  expect([...chosen].sort()).toEqual(['d', 'hidden'])
  keys.onPick('b', { shiftKey: true } as MouseEvent)
  expect([...chosen].sort()).toEqual(['b', 'c'])
})

it('keeps the run that was just launched on top in spite of the filter, until the filter changes', async () => {
  const { runs, filter } = await selectedAndFiltered()
  const fresh = runs.list.find((run) => run.status === 'paused')!
  const found = filter.visible.map((run) => run.id)
  filter.launched = fresh.id
  expect(filter.visible.map((run) => run.id)).toEqual([fresh.id, ...found])
  filter.text = 'no such run'
  await settle()
  expect(filter.visible).toEqual([])
})

it('tells a run by one named metric, the same before and after its first validation', () => {
  const run = fakeRun(1, 1e12)
  const before = {
    ...run,
    status: 'running' as const,
    summaries: run.summaries.filter((one) => one.name !== 'val/loss'),
  }
  expect(figureOf(before)).toMatchObject({ name: 'val/loss', text: '–' })
  expect(figureOf(run)).toMatchObject({ name: 'val/loss', text: expect.stringMatching(/^\d/) as unknown })
  const unvalidated = {
    ...before,
    config: {
      ...run.config,
      train: { ...run.config.train },
      logging: { ...run.config.logging, evalEvery: 0 },
    },
  }
  expect(figureOf(unvalidated)!.name).toBe('train/loss')
  expect(figureOf({ ...run, summaries: [] })).toBeUndefined()
})
