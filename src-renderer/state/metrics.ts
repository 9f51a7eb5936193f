// Curves of the runs in the open views: loaded when a view opens, extended by events while it is open, refined where a chart is zoomed in.
import type { MetricChunk, RunId } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { largest } from '@contract/longLists.ts'
import { concatPoints, type Points } from '@contract/thin.ts'
import { defineStore } from 'pinia'
import { onScopeDispose, shallowReactive, watch } from 'vue'
import { useClient } from './connection.ts'
import { cut, grow, isThinned, pageBuckets, refined, type Column } from './curves.ts'

/** All curves of one run; an immutable object, replaced at each change so that computed values update. */
export interface Curves {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: ErrorValue | null
  readonly columns: ReadonlyMap<string, Column>
  /** Incremented with every change. */
  readonly revision: number
}

type Change = { chunks: MetricChunk[] } | { after: number }

function apply(columns: ReadonlyMap<string, Column>, change: Change): Map<string, Column> {
  const next = new Map(columns)
  if ('after' in change) for (const [name, column] of next) next.set(name, cut(column, change.after))
  else for (const chunk of change.chunks) next.set(chunk.name, grow(next.get(chunk.name), chunk))
  return next
}

/** Maximum runs of one subscription to points. */
const mostShown = 1000
const runsPerCall = 2

const longestOf = (columns: ReadonlyMap<string, Column>): number =>
  largest(
    [...columns.values()].map(({ count }) => count),
    0,
  )

/** Points per curve to load: fewer if many runs are compared. */
const bucketsFor = (count: number) => Math.max(200, Math.floor(pageBuckets / Math.max(1, count / 5)))

/** Loads runs in batches, one call after the other, to limit the size of a response. */
async function eachOf<T>(ids: readonly RunId[], call: (some: RunId[]) => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  for (let i = 0; i < ids.length; i += runsPerCall) answers.push(await call(ids.slice(i, i + runsPerCall)))
  return answers
}

export const useMetrics = defineStore('metrics', () => {
  const runs = shallowReactive(new Map<RunId, Curves>())
  /** Changes received while the first response is pending, in order. */
  const waiting = new Map<RunId, Change[]>()
  /** Runs by viewer. Runs without a viewer get no points, so they are loaded again with the next viewer. */
  const viewers = new Map<symbol, readonly RunId[]>()
  const stale = new Set<RunId>()
  let watched = ''
  /** Length of the longest curve of a run when it was loaded: later points are coarser, so a curve of twice that length is loaded again. */
  const readAt = new Map<RunId, number>()
  /** Range of steps fetched last, by run and metric; deleted when the curve is thinned again. */
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

  /** Loads whole curves; the known ones stay visible until the response arrives. */
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

  /** Loads the curves of these runs unless they are loaded. Failures are in `Curves.error`. */
  async function load(ids: readonly RunId[]): Promise<void> {
    const missing = [...new Set(ids)].filter(
      (id) => !waiting.has(id) && (runs.get(id)?.phase !== 'ready' || stale.has(id)),
    )
    if (missing.length === 0) return
    for (const id of missing)
      if (!stale.has(id)) runs.set(id, { phase: 'loading', error: null, columns: new Map(), revision: 0 })
    await read(missing)
  }

  /** Reloads the viewed runs, for instance after missed events; the others when they are viewed again. */
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

  /** Loads the curves of these runs and keeps them up to date until the calling scope is disposed. */
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

  /** All points of one curve between two steps, thinned if there are more than 400,000. Throws the errors of the call. */
  async function between(
    id: RunId,
    name: string,
    from: number,
    to: number,
    buckets = 100_000,
  ): Promise<Points> {
    const [answer] = await useClient().call('runs.metrics', { ids: [id], names: [name], from, to, buckets })
    return answer?.chunks[0] ?? concatPoints([])
  }

  /** Fetches the points of one curve between two steps, unless the page holds all of them. */
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

  /** Curves of a run, reactive; undefined before `load`. */
  const curvesOf = (id: RunId): Curves | undefined => runs.get(id)
  const columnOf = (id: RunId, name: string): Column | undefined => runs.get(id)?.columns.get(name)
  return { load, show, between, refine, refresh, listen, curvesOf, columnOf }
})
