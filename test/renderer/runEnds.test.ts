// Runs that end are told whatever is on the screen, once, and only if nobody asked them to end.
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { divergedError } from '@contract/diverged.ts'
import type { RunRow } from '@contract/run.ts'
import { setClient } from '@/state/connection.ts'
import { useNotices } from '@/state/notices.ts'
import { endOf, tellRunEnds } from '@/state/runEnds.ts'
import { useRuns } from '@/state/runs.ts'
import { fakeClient, type FakeClient } from './fakeClient.ts'
import { fakeRun } from '../standIn/data.ts'

let client: FakeClient
beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  client = fakeClient({ runs: 12, now: Date.now() - 3 * 86_400_000 })
  setClient(client)
})
afterEach(() => vi.useRealTimers())
const settle = () => vi.advanceTimersByTimeAsync(1000)

async function opened() {
  const [runs, notices] = [useRuns(), useNotices()]
  tellRunEnds(() => undefined)
  runs.listen()
  void runs.load()
  await settle()
  const [a, b, c] = runs.list.filter((run) => run.status === 'running')
  const change = async (run: RunRow, changes: Partial<RunRow>) => {
    const next = { ...run, endedAt: Date.now(), ...changes }
    client.rows.set(run.id, next)
    client.emit('run.changed', next)
    await settle()
  }
  return { runs, notices, running: [a!, b!, c!] as const, change }
}
const texts = () => useNotices().all.map((one) => one.message)

it('tells that a run finished, failed or diverged, with a toast and an entry that leads to it', async () => {
  const { notices, running, change } = await opened()
  expect(texts()).toEqual([])
  await change(running[0], { status: 'finished', step: 2000 })
  expect(notices.visible.at(-1)).toMatchObject({ kind: 'success', runId: running[0].id })
  expect(texts()[0]).toMatch(/ finished: val\/loss [\d.]+ at step 2,000\.$/)
  expect(notices.unread).toBe(1)
  expect(endOf({ ...running[0], status: 'finished', name: 'n'.repeat(200) }).message).toHaveLength(
    endOf({ ...running[0], status: 'finished', name: '' }).message.length + 60,
  )
  await change(running[1], { status: 'failed', error: divergedError(910, 'loss is NaN', running[1]) })
  expect(texts()[0]).toMatch(/ diverged: Step 910: loss is NaN\. Start again/)
  await change(running[2], { status: 'failed', error: { code: 'E_WORKER', message: 'The worker ended.' } })
  expect(notices.all[0]).toMatchObject({ kind: 'error', code: 'E_WORKER', runId: running[2].id })
  expect(notices.all).toHaveLength(3)
})

it('says nothing of a run that was stopped, nor twice of one, nor of one that was put away', async () => {
  const { running, change } = await opened()
  await change(running[0], { status: 'stopped' })
  await change(running[1], { status: 'finished' })
  await change(client.rows.get(running[1].id)!, { pinned: true })
  await change(client.rows.get(running[1].id)!, { trashedAt: Date.now() })
  expect(texts()).toHaveLength(1)
})

it('tells of runs that another process began and ended, and of those that ended while the line was down', async () => {
  const { runs, running, change } = await opened()
  await change(fakeRun(40, Date.now()), { status: 'finished', startedAt: Date.now(), name: 'elsewhere' })
  expect(texts()[0]).toMatch(/^elsewhere finished/)
  client.rows.set(running[0].id, { ...running[0], status: 'finished', endedAt: Date.now() })
  void runs.load()
  await settle()
  expect(texts()[0]).toContain(`${running[0].name} finished`)
})

it('lists what ended during the last day before the page was opened, without toasts', async () => {
  const run = fakeRun(41, Date.now())
  client.rows.set(run.id, {
    ...run,
    status: 'finished',
    trashedAt: null,
    startedAt: 1,
    endedAt: Date.now() - 3_600_000,
  })
  const { notices } = await opened()
  expect(texts()).toEqual([expect.stringMatching(/finished/)])
  expect(notices.visible).toEqual([])
  expect(notices.unread).toBe(1)
})
