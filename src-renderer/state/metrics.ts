// Curves of the runs that are shown: read when they come into view, grown by events while they stay, refined where a chart is zoomed in.
import type { MetricChunk, RunId } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { largest } from '@contract/longLists.ts'
import { joined, type Points } from '@contract/thin.ts'
import { defineStore } from 'pinia'
import { onScopeDispose, shallowReactive, watch } from 'vue'
import { useClient } from './connection.ts'
import { cut, grow, isThinned, pageBuckets, refined, type Column } from './curves.ts'

/** All curves of one run. Replaced whole at each change, so a computed that reads it is told. */
export interface Curves {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: ErrorValue | null
  readonly columns: ReadonlyMap<string, Column>
  /** Rises with every change. */
  readonly revision: number
}

type Change = { chunks: MetricChunk[] } | { after: number }

function apply(columns: ReadonlyMap<string, Column>, change: Change): Map<string, Column> {
  const next = new Map(columns)
  if ('after' in change) for (const [name, column] of next) next.set(name, cut(column, change.after))
  else for (const chunk of change.chunks) next.set(chunk.name, grow(next.get(chunk.name), chunk))
  return next
}

/** Runs whose points a server tells at once. */
const mostShown = 1000
const runsPerCall = 2

const longestOf = (columns: ReadonlyMap<string, Column>): number =>
  largest(
    [...columns.values()].map(({ count }) => count),
    0,
  )

/** Fewer points per curve where many runs are compared. */
const bucketsFor = (count: number) => Math.max(200, Math.floor(pageBuckets / Math.max(1, count / 5)))

/** One call after the other for a few runs each, so that no answer is huge. */
async function eachOf<T>(ids: readonly RunId[], call: (some: RunId[]) => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  for (let i = 0; i < ids.length; i += runsPerCall) answers.push(await call(ids.slice(i, i + runsPerCall)))
  return answers
}

export const useMetrics = defineStore('metrics', () => {
  const runs = shallowReactive(new Map<RunId, Curves>())
  /** Changes heard while the first answer is on its way, in order. */
  const waiting = new Map<RunId, Change[]>()
  /** Who shows which runs; of those that nobody shows no points are told, so they are read anew when they are shown again. */
  const viewers = new Map<symbol, readonly RunId[]>()
  const stale = new Set<RunId>()
  let watched = ''
  /** Points of a run's longest curve when it was read: what came since is coarser, so a curve that has doubled is read again. */
  const readAt = new Map<RunId, number>()
  /** The range of steps fetched last, by run and name; forgotten when a curve is thinned anew. */
  const fetched = new Map<string, string>()

  function change(id: RunId, what: Change): void {
    const queue = waiting.get(id)
    if (queue) {
      queue.push(what)
      return
    }
    const curves = runs.get(id)
    if (curves?.phase !== 'ready') return
    const columns = apply(curves.columns, what)
    for (const [name, { steps }] of columns)
      if (steps.length < (curves.columns.get(name)?.steps.length ?? 0)) fetched.delete(`${id} ${name}`)
    runs.set(id, { ...curves, columns, revision: curves.revision + 1 })
    if (longestOf(columns) <= 2 * (readAt.get(id) ?? 0) + 4 * pageBuckets) return
    readAt.set(id, longestOf(columns))
    void read([id])
  }

  /** Asks for whole curves; what is known stays on the screen until the answer comes. */
  async function read(ids: readonly RunId[]): Promise<void> {
    for (const id of ids) waiting.set(id, [])
    try {
      const answers = await eachOf(ids, (some) =>
        useClient().call('runs.metrics', { ids: some, buckets: bucketsFor(ids.length) }),
      )
      const chunksOf = new Map(answers.flat().map((one) => [one.id, one.chunks]))
      for (const id of ids) {
        let columns = apply(new Map(), { chunks: chunksOf.get(id) ?? [] })
        for (const late of waiting.get(id) ?? []) columns = apply(columns, late)
        stale.delete(id)
        fetched.clear()
        readAt.set(id, longestOf(columns))
        runs.set(id, { phase: 'ready', error: null, columns, revision: (runs.get(id)?.revision ?? 0) + 1 })
      }
    } catch (thrown) {
      const error = toErrorValue(thrown)
      for (const id of ids) {
        const old = runs.get(id)
        if (old?.phase !== 'ready')
          runs.set(id, { phase: 'failed', error, columns: new Map(), revision: (old?.revision ?? 0) + 1 })
      }
    } finally {
      for (const id of ids) waiting.delete(id)
    }
  }

  /** Makes the curves of these runs available; runs already read cost nothing. Failures show in `Curves.error`. */
  async function load(ids: readonly RunId[]): Promise<void> {
    const missing = [...new Set(ids)].filter(
      (id) => !waiting.has(id) && (runs.get(id)?.phase !== 'ready' || stale.has(id)),
    )
    if (missing.length === 0) return
    for (const id of missing)
      if (!stale.has(id)) runs.set(id, { phase: 'loading', error: null, columns: new Map(), revision: 0 })
    await read(missing)
  }

  /** Reads what is shown anew, for instance after events were missed; the rest when it is shown again. */
  async function refresh(): Promise<void> {
    const shown = shownRuns()
    for (const id of runs.keys()) if (!shown.has(id)) stale.add(id)
    const ids = [...runs.keys()].filter((id) => !waiting.has(id) && (shown.has(id) || viewers.size === 0))
    if (ids.length > 0) await read(ids)
  }

  const shownRuns = () => new Set([...viewers.values()].flat())

  function tellServer(): void {
    const ids = [...shownRuns()].sort().slice(0, mostShown)
    if (ids.join() === watched) return
    watched = ids.join()
    useClient().watch?.(ids)
  }

  /** Loads the curves of these runs and keeps them up to date while the calling scope lives. */
  function show(ids: () => readonly RunId[]): void {
    const viewer = Symbol('viewer')
    const leave = () => {
      const before = viewers.get(viewer) ?? []
      viewers.delete(viewer)
      const shown = shownRuns()
      for (const id of before) if (!shown.has(id)) stale.add(id)
    }
    const enter = () => {
      leave()
      viewers.set(viewer, [...ids()])
      tellServer()
      void load(ids())
    }
    watch(() => ids().join(), enter, { immediate: true })
    onScopeDispose(() => {
      leave()
      tellServer()
    })
  }

  /** All points of one curve between two steps; thinned if there are more than 400,000. Throws as the call. */
  async function between(
    id: RunId,
    name: string,
    from: number,
    to: number,
    buckets = 100_000,
  ): Promise<Points> {
    const [answer] = await useClient().call('runs.metrics', { ids: [id], names: [name], from, to, buckets })
    return answer?.chunks[0] ?? joined([])
  }

  /** Fetches the points between two steps of one curve, where the page does not have all of them. */
  async function refine(id: RunId, name: string, from: number, to: number): Promise<void> {
    const column = columnOf(id, name)
    const [key, range] = [`${id} ${name}`, `${from} ${to}`]
    if (!column || !isThinned(column, from, to) || fetched.get(key) === range) return
    fetched.set(key, range)
    const points = await between(id, name, from, to, pageBuckets)
    const curves = runs.get(id)
    const now = columnOf(id, name)
    if (!curves || !now || points.steps.length === 0) return
    const known = Math.min(to, points.steps.at(-1)!)
    const columns = new Map(curves.columns).set(name, refined(now, points, from, known))
    runs.set(id, { ...curves, columns, revision: curves.revision + 1 })
  }

  function listen(): () => void {
    const client = useClient()
    const off = [
      client.on('run.metrics', ({ id, chunks }) => change(id, { chunks })),
      client.on('run.truncated', ({ id, step }) => change(id, { after: step })),
      client.on('run.purged', ({ id }) => runs.delete(id)),
    ]
    return () => off.forEach((stop) => stop())
  }

  /** Reactive: changes whenever a point of this run arrives. Undefined until `load` was called. */
  const curvesOf = (id: RunId): Curves | undefined => runs.get(id)
  const columnOf = (id: RunId, name: string): Column | undefined => runs.get(id)?.columns.get(name)
  return { load, show, between, refine, refresh, listen, curvesOf, columnOf }
})
