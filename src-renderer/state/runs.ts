// All runs of the store, kept up to date by events. Rows are immutable and replaced at each change; points are in metrics.ts.
import type { Input, Output } from '@contract/api.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { RunId, RunRow, RunStatus } from '@contract/run.ts'
import { append } from '@contract/longLists.ts'
import { defineStore } from 'pinia'
import { computed, shallowReactive, shallowRef } from 'vue'
import { useClient } from './connection.ts'
import { useUndo } from './undo.ts'

const pageSize = 10_000
/** Milliseconds for which events are batched, so that many running runs cause one redraw; longer for thousands of rows. */
const gatherMs = 80
const gatherFor = (rows: number): number => Math.min(600, gatherMs + rows / 20)

/** Pinned first, then newest first. Ids sort by time of creation. */
export const byPinThenAge = (a: RunRow, b: RunRow): number =>
  Number(b.pinned) - Number(a.pinned) || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)

/** "1 run", "61 runs". */
export const countOf = (count: number): string =>
  count === 1 ? '1 run' : `${count.toLocaleString('en')} runs`

/** Final statuses that no user action causes. */
export const endsByItself: readonly RunStatus[] = ['finished', 'failed', 'interrupted']
const isGoing = (run: RunRow) => run.status === 'running' || run.status === 'queued'

export const useRuns = defineStore('runs', () => {
  const rows = shallowReactive(new Map<RunId, RunRow>())
  const selected = shallowReactive(new Set<RunId>())
  /** The run viewed last; Neurons and Sample open with it. */
  const current = shallowRef<RunId | null>(null)
  const phase = shallowRef<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const failure = shallowRef<ErrorValue | null>(null)

  const list = computed(() => [...rows.values()].filter((run) => run.trashedAt === null).sort(byPinThenAge))
  const trashed = computed(() =>
    [...rows.values()].filter((run) => run.trashedAt !== null).sort((a, b) => b.trashedAt! - a.trashedAt!),
  )
  const active = computed(() =>
    list.value.filter((run) => run.status === 'running' || run.status === 'queued'),
  )
  const tags = computed(() =>
    [...new Set(list.value.flatMap((run) => run.tags))].sort((a, b) => a.localeCompare(b)),
  )
  const byId = (id: RunId): RunRow | undefined => rows.get(id)

  let pending = new Map<RunId, RunRow | null>()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Ids of runs with events during a pending list request: the event is newer than the list. */
  const fresh = new Set<RunId>()

  const endings: ((row: RunRow) => void)[] = []
  /** Calls the listener for every run that ends by itself, including those of other processes and those that ended while disconnected. */
  const onEnd = (listener: (row: RunRow) => void) => void endings.push(listener)
  let openedAt = Infinity

  function take(row: RunRow): void {
    const before = rows.get(row.id)
    rows.set(row.id, row)
    const wasGoing = before ? isGoing(before) : row.startedAt !== null && (row.endedAt ?? 0) >= openedAt
    if (wasGoing && endsByItself.includes(row.status)) endings.forEach((tell) => tell(row))
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const batch = pending
    pending = new Map()
    for (const [id, row] of batch) {
      if (phase.value === 'loading') fresh.add(id)
      if (row) take(row)
      else {
        rows.delete(id)
        selected.delete(id)
      }
      if (row?.trashedAt) selected.delete(id)
    }
  }

  function put(id: RunId, row: RunRow | null): void {
    pending.set(id, row)
    timer ??= setTimeout(flush, gatherFor(rows.size))
  }

  /** Applies the row of a response at once, so that the caller reads the new state. */
  function adopt(...changed: RunRow[]): void {
    for (const row of changed) pending.set(row.id, row)
    flush()
  }

  async function page(trash: boolean): Promise<RunRow[]> {
    const found: RunRow[] = []
    for (;;) {
      const answer: Output<'runs.list'> = await useClient().call('runs.list', {
        trash,
        limit: pageSize,
        offset: found.length,
      })
      append(found, answer.runs)
      if (answer.runs.length === 0 || found.length >= answer.total) return found
    }
  }

  /** Reloads all runs; a failure is kept in `failure` and can be retried. */
  async function load(): Promise<void> {
    phase.value = 'loading'
    failure.value = null
    fresh.clear()
    try {
      const found = (await Promise.all([page(false), page(true)])).flat()
      flush()
      const known = new Set(found.map((run) => run.id))
      for (const id of rows.keys()) if (!known.has(id) && !fresh.has(id)) rows.delete(id)
      for (const run of found) if (!fresh.has(run.id)) take(run)
      openedAt = Math.min(openedAt, Date.now())
      phase.value = 'ready'
    } catch (thrown) {
      failure.value = toErrorValue(thrown)
      phase.value = 'failed'
    }
  }

  function listen(): () => void {
    const client = useClient()
    const off = [
      client.on('run.changed', (row) => put(row.id, row)),
      client.on('run.purged', ({ id }) => put(id, null)),
    ]
    return () => off.forEach((stop) => stop())
  }

  async function one(answer: Promise<RunRow>): Promise<RunRow> {
    const row = await answer
    adopt(row)
    return row
  }
  const launch = (config: unknown) => one(useClient().call('runs.launch', { config }))
  const pause = (id: RunId) => one(useClient().call('runs.pause', { id }))
  const resume = (id: RunId) => one(useClient().call('runs.resume', { id }))
  const stop = (id: RunId) => one(useClient().call('runs.stop', { id }))
  const fork = (input: Input<'runs.fork'>) => one(useClient().call('runs.fork', input))
  const update = (input: Input<'runs.update'>) => one(useClient().call('runs.update', input))

  /** Moves runs to the trash and offers to undo it. */
  async function trash(ids: readonly RunId[]): Promise<void> {
    if (ids.length === 0) return
    const moved = [...ids]
    adopt(...(await useClient().call('runs.trash', { ids: moved })))
    useUndo().push({
      label: `Moved ${countOf(moved.length)} to the trash`, // Runs deleted permanently meanwhile cannot be restored.
      undo: () => restore(moved.filter((id) => rows.has(id))),
    })
  }

  /** Stops runs, waits until they have stopped (at most 30 s each), then moves them to the trash. */
  async function stopAndTrash(ids: readonly RunId[]): Promise<void> {
    await Promise.all(ids.map((id) => stop(id)))
    const isBusy = () => ids.some((id) => ['running', 'queued'].includes(rows.get(id)?.status ?? ''))
    for (let waited = 0; isBusy() && waited < 30_000; waited += gatherMs)
      await new Promise((done) => setTimeout(done, gatherMs))
    await trash(ids)
  }

  async function restore(ids: readonly RunId[]): Promise<void> {
    if (ids.length > 0) adopt(...(await useClient().call('runs.restore', { ids: [...ids] })))
  }

  /** Deletes trashed runs permanently. */
  async function purge(ids: readonly RunId[]): Promise<void> {
    if (ids.length === 0) return
    const { purged } = await useClient().call('runs.purge', { ids: [...ids] })
    for (const id of purged) pending.set(id, null)
    flush()
  }

  function select(id: RunId, on = !selected.has(id)): void {
    if (on) selected.add(id)
    else selected.delete(id)
  }
  function selectOnly(ids: Iterable<RunId>): void {
    selected.clear()
    for (const id of ids) selected.add(id)
  }
  function selectAll(ids: Iterable<RunId>, on = true): void {
    for (const id of ids) select(id, on)
  }

  return {
    rows, list, trashed, active, tags, byId, phase, failure, selected, current,
    load, listen, onEnd, launch, pause, resume, stop, fork, update, trash, stopAndTrash, restore, purge, select, selectOnly, selectAll,
  } // prettier-ignore
})
