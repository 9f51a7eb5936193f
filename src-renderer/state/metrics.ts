// Curves in columns: per run and metric the steps, values and times, read once, grown by events, cut when a run goes back.
import type { MetricChunk, RunId } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useClient } from './connection.ts'

/** One curve. Arrays hold exactly the points known, steps ascending; a grown curve is a new object. times: ms since 1970. */
export interface Column {
  readonly name: string
  readonly steps: Float64Array
  readonly values: Float64Array
  readonly times: Float64Array
}

/** All curves of one run. Replaced whole at each change, so a computed that reads it is told. */
export interface Curves {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: ErrorValue | null
  readonly columns: ReadonlyMap<string, Column>
  /** Rises with every change. */
  readonly revision: number
}

type Change = { chunks: MetricChunk[] } | { after: number }

type Part = 'steps' | 'values' | 'times'

/** First index whose step is greater than `step`. */
function indexAfter(steps: Float64Array, step: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle]! > step) high = middle
    else low = middle + 1
  }
  return low
}

/** `old` followed by the points of `chunk` that are later. Spare room behind the view makes growing cheap: amortised O(new points). */
export function grow(old: Column | undefined, chunk: MetricChunk): Column {
  const from = old && old.steps.length > 0 ? indexAfter(chunk.steps, old.steps[old.steps.length - 1]!) : 0
  const added = chunk.steps.length - from
  if (old && added === 0) return old
  const length = (old?.steps.length ?? 0) + added
  const join = (name: Part): Float64Array => {
    const before = old?.[name]
    const used = before?.length ?? 0
    const room = before ? before.buffer.byteLength / 8 : -1
    const base =
      room >= length ? new Float64Array(before!.buffer, 0, length) : new Float64Array(Math.ceil(length * 1.5))
    if (room < length && before) base.set(before)
    base.set(chunk[name].subarray(from), used)
    return base.subarray(0, length)
  }
  return { name: chunk.name, steps: join('steps'), values: join('values'), times: join('times') }
}

/** The points up to and including `step`, on memory of their own: what follows may be written anew. */
export function cut(column: Column, step: number): Column {
  const length = indexAfter(column.steps, step)
  if (length === column.steps.length) return column
  return {
    name: column.name,
    steps: column.steps.slice(0, length),
    values: column.values.slice(0, length),
    times: column.times.slice(0, length),
  }
}

function apply(columns: ReadonlyMap<string, Column>, change: Change): Map<string, Column> {
  const next = new Map(columns)
  if ('after' in change) for (const [name, column] of next) next.set(name, cut(column, change.after))
  else for (const chunk of change.chunks) next.set(chunk.name, grow(next.get(chunk.name), chunk))
  return next
}

export const useMetrics = defineStore('metrics', () => {
  const runs = shallowReactive(new Map<RunId, Curves>())
  /** Changes heard while the first answer is on its way, in order. */
  const waiting = new Map<RunId, Change[]>()

  function change(id: RunId, what: Change): void {
    const queue = waiting.get(id)
    if (queue) {
      queue.push(what)
      return
    }
    const curves = runs.get(id)
    if (curves?.phase !== 'ready') return
    runs.set(id, { ...curves, columns: apply(curves.columns, what), revision: curves.revision + 1 })
  }

  /** Asks for whole curves; what is known stays on the screen until the answer comes. */
  async function read(ids: readonly RunId[]): Promise<void> {
    for (const id of ids) waiting.set(id, [])
    try {
      const answer = await useClient().call('runs.metrics', { ids: [...ids] })
      const chunksOf = new Map(answer.map((one) => [one.id, one.chunks]))
      for (const id of ids) {
        let columns = apply(new Map(), { chunks: chunksOf.get(id) ?? [] })
        for (const late of waiting.get(id) ?? []) columns = apply(columns, late)
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
    const missing = [...new Set(ids)].filter((id) => !waiting.has(id) && runs.get(id)?.phase !== 'ready')
    if (missing.length === 0) return
    for (const id of missing) runs.set(id, { phase: 'loading', error: null, columns: new Map(), revision: 0 })
    await read(missing)
  }

  /** Reads all known curves anew, for instance after events were missed. */
  async function refresh(): Promise<void> {
    const ids = [...runs.keys()].filter((id) => !waiting.has(id))
    if (ids.length > 0) await read(ids)
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
  return { load, refresh, listen, curvesOf, columnOf }
})
