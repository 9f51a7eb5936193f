// Curves in columns: a series is a list of chunks, a chunk three f64 columns in one blob. Summaries are updated in the transaction of the
// points. Small chunks are merged 16 by 16, up to 4,096 points. A chunk with a wrong length or checksum is quarantined and never shown;
// a damaged summary is recomputed from the points.
import type { MetricChunk, MetricSummary, RunId } from '../contract/run.ts'
import { concatPoints, thinner, minPointsPerBucket, type Points } from '../contract/thin.ts'
import { checksum } from './checksum.ts'
import type { Db } from './db.ts'
import {
  decode,
  decodeSummary,
  emptySummary,
  encodeSummary,
  accumulate,
  toBytes,
  type ChunkRow,
  type SummaryRow,
} from './metricBytes.ts'

const mergeFactor = 16
const maxChunkPoints = 4096
/** Which points to read: series `names` (all if undefined), steps `from` to `to`, thinned to `buckets` (not thinned if undefined). */
export interface Wanted {
  names?: readonly string[] | undefined
  from?: number | undefined
  to?: number | undefined
  buckets?: number
}

function filterPoints(points: Points, keep: (step: number) => boolean): Points {
  if (points.steps.every(keep)) return points
  const indices = [...points.steps.keys()].filter((i) => keep(points.steps[i]!))
  const pick = (column: Float64Array) => Float64Array.from(indices, (i) => column[i]!)
  return { steps: pick(points.steps), values: pick(points.values), times: pick(points.times) }
}

const range = (steps: Float64Array): [number, number] => [
  steps.reduce((a, b) => Math.min(a, b), Infinity),
  steps.reduce((a, b) => Math.max(a, b), -Infinity),
]

export type MetricTable = ReturnType<typeof metricTable>

/** Statements over `series` and `chunks`. Functions that write must be called inside a transaction. */
export function metricTable(db: Db) {
  const addSeries = db.prepare<[string, string, Uint8Array, number]>(
    'INSERT INTO series (run_id, name, summary, checksum) VALUES (?, ?, ?, ?)',
  )
  const findSeries = db.prepare<[string, string], { id: number } & SummaryRow>(
    'SELECT id, summary, checksum FROM series WHERE run_id = ? AND name = ?',
  )
  const seriesOf = db.prepare<[string], { id: number; name: string }>(
    'SELECT id, name FROM series WHERE run_id = ? ORDER BY id',
  )
  const setSummary = db.prepare<[Uint8Array, number, number]>(
    'UPDATE series SET summary = ?, checksum = ? WHERE id = ?',
  )
  const dropSeries = db.prepare<[number]>('DELETE FROM series WHERE id = ?')
  const addChunk = db.prepare<[number, number, number, number, Uint8Array, number]>(
    'INSERT INTO chunks (series_id, level, count, first_step, last_step, points, checksum) VALUES (?, 0, ?, ?, ?, ?, ?)',
  )
  const atLevel = db.prepare<[number, number], ChunkRow>(
    'SELECT * FROM chunks WHERE series_id = ? AND level = ? ORDER BY id',
  )
  const countLevel = db
    .prepare<[number, number], number>('SELECT count(*) FROM chunks WHERE series_id = ? AND level = ?')
    .pluck()
  const putChunk = db.prepare<[number, number, number, number, Uint8Array, number, number]>(
    'UPDATE chunks SET level = ?, count = ?, first_step = ?, last_step = ?, points = ?, checksum = ? WHERE id = ?',
  )
  const quarantine = db.prepare<[number]>('UPDATE chunks SET level = -1 WHERE id = ?')
  const dropChunk = db.prepare<[number]>('DELETE FROM chunks WHERE id = ?')
  const chunksAfter = db.prepare<[number, number], ChunkRow & { level: number }>(
    'SELECT * FROM chunks WHERE series_id = ? AND last_step > ? AND level >= 0 ORDER BY id',
  )

  const chunksWithin = db.prepare<[number, number, number], ChunkRow>(
    'SELECT * FROM chunks WHERE series_id = ? AND last_step >= ? AND first_step <= ? AND level >= 0 ORDER BY id',
  )
  const extentOf = db.prepare<
    [number, number, number],
    { count: number; first: number | null; last: number | null }
  >(
    'SELECT total(count) AS count, min(first_step) AS first, max(last_step) AS last FROM chunks WHERE series_id = ? AND last_step >= ? AND first_step <= ? AND level >= 0',
  )

  function put(row: number, level: number, points: Points): void {
    const [first, last] = range(points.steps)
    const bytes = toBytes(points.steps, points.values, points.times)
    putChunk.run(level, points.steps.length, first, last, bytes, checksum(first, last, bytes), row)
  }

  /** Recomputes a summary from the sound chunks. */
  function recount(series: number, name: string): MetricSummary {
    const summary = emptySummary(name)
    for (const chunk of chunksAfter.all(series, -Infinity)) {
      const points = decode(chunk)
      if (points) accumulate(summary, points)
    }
    return summary
  }

  /** Merges the chunks of a level once there are `mergeFactor` of them; the result goes up a level, a full chunk to one that is never merged. */
  function compact(series: number, level = 0): void {
    if (countLevel.get(series, level)! < mergeFactor) return
    const rows = atLevel.all(series, level)
    const decoded = rows.map((row) => ({ row, points: decode(row) }))
    for (const { row, points } of decoded) if (!points) quarantine.run(row.id)
    const good = decoded.filter(
      (entry): entry is { row: ChunkRow; points: Points } => entry.points !== undefined,
    )
    const [first, ...rest] = good
    if (!first || rest.length === 0) return
    const merged = concatPoints(good.map((entry) => entry.points))
    const full = merged.steps.length >= maxChunkPoints
    put(first.row.id, full ? 99 : level + 1, merged)
    for (const { row } of rest) dropChunk.run(row.id)
    if (!full) compact(series, level + 1)
  }

  /** Appends points and updates the summaries. Returns the number of points of each series. */
  function append(runId: RunId, chunks: readonly MetricChunk[]): Map<string, number> {
    const totals = new Map<string, number>()
    for (const chunk of chunks) {
      const { name, steps, values, times } = chunk
      if (steps.length !== values.length || steps.length !== times.length)
        throw new RangeError(`metric ${name}: columns of unequal length`)
      if (steps.length === 0) continue
      const known = findSeries.get(runId, name)
      const summary = known ? (decodeSummary(name, known) ?? recount(known.id, name)) : emptySummary(name)
      accumulate(summary, chunk)
      const blob = encodeSummary(summary)
      const sum = checksum(name, blob)
      if (known) setSummary.run(blob, sum, known.id)
      const id = known?.id ?? Number(addSeries.run(runId, name, blob, sum).lastInsertRowid)
      const [first, last] = range(steps)
      const bytes = toBytes(steps, values, times)
      addChunk.run(id, steps.length, first, last, bytes, checksum(first, last, bytes))
      compact(id)
      totals.set(name, summary.count)
    }
    return totals
  }

  /** One curve between two steps: all points if few, else thinned while reading, so that the whole curve is never in memory. */
  function readRange(id: number, from: number, to: number, buckets: number): Points {
    const { count, first, last } = extentOf.get(id, from, to)!
    const gathered =
      count > buckets * minPointsPerBucket
        ? thinner(Math.max(from, first ?? 0), Math.min(to, last ?? 0), buckets)
        : undefined
    const parts: Points[] = []
    for (const row of chunksWithin.iterate(id, from, to)) {
      const points = decode(row)
      const inside = points && filterPoints(points, (step) => step >= from && step <= to)
      if (inside && gathered) gathered.take(inside)
      else if (inside) parts.push(inside)
    }
    return gathered ? gathered.result() : concatPoints(parts)
  }

  /** All points of a run, series by series, one stored chunk at a time. */
  function* chunksOf(runId: RunId): Generator<MetricChunk, void, void> {
    for (const { id, name } of seriesOf.all(runId))
      for (const row of chunksAfter.iterate(id, -Infinity)) {
        const points = decode(row)
        if (points) yield { name, ...points }
      }
  }

  /** Curves of a run, one chunk per series. Damaged chunks are skipped. */
  function read(
    runId: RunId,
    { names, from = -Infinity, to = Infinity, buckets = Infinity }: Wanted = {},
  ): MetricChunk[] {
    const wanted = names && new Set(names)
    return seriesOf
      .all(runId)
      .filter(({ name }) => !wanted || wanted.has(name))
      .map(({ id, name }) => ({ name, ...readRange(id, from, to, buckets) }))
  }

  /** New points of each curve: those after its step in `sent`, or after `fallback` for a curve that is not in it. */
  function after(
    runId: RunId,
    sent: ReadonlyMap<string, number>,
    fallback: number,
    buckets: number,
  ): MetricChunk[] {
    const totals = new Map(
      summaries([runId])
        .get(runId)!
        .map(({ name, count }) => [name, count]),
    )
    return seriesOf.all(runId).flatMap(({ id, name }) => {
      const points = readRange(id, (sent.get(name) ?? fallback) + 1, Infinity, buckets)
      return points.steps.length ? [{ name, ...points, total: totals.get(name) ?? 0 }] : []
    })
  }

  /** Deletes all points after `step`, and series without points. */
  function truncate(runId: RunId, step: number): void {
    for (const { id, name } of seriesOf.all(runId)) {
      const later = chunksAfter.all(id, step)
      if (later.length === 0) continue
      for (const row of later) {
        const points = decode(row)
        const kept = points && filterPoints(points, (at) => at <= step)
        if (!points) quarantine.run(row.id)
        else if (kept!.steps.length === 0) dropChunk.run(row.id)
        else put(row.id, row.level, kept!)
      }
      const summary = recount(id, name)
      const blob = encodeSummary(summary)
      if (summary.count === 0) dropSeries.run(id)
      else setSummary.run(blob, checksum(name, blob), id)
    }
  }

  /** Summaries of many runs at once. */
  function summaries(ids: readonly RunId[]): Map<RunId, MetricSummary[]> {
    const found = new Map<RunId, MetricSummary[]>(ids.map((id) => [id, []]))
    const rows = db
      .prepare<[string], { id: number; run_id: string; name: string } & SummaryRow>(
        'SELECT * FROM series WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY id',
      )
      .all(JSON.stringify(ids))
    for (const row of rows)
      found.get(row.run_id)?.push(decodeSummary(row.name, row) ?? recount(row.id, row.name))
    return found
  }

  /** Damaged curves, for the doctor: reads all of them. */
  function faults(): string[] {
    const found: string[] = []
    const summaries = db.prepare<[], { run_id: string; name: string } & SummaryRow>('SELECT * FROM series')
    for (const row of summaries.iterate())
      if (!decodeSummary(row.name, row))
        found.push(
          `run ${row.run_id}: the summary of ${row.name} is damaged; it is counted again from the curve`,
        )
    const chunks = db.prepare<[], ChunkRow & { level: number; run_id: string; name: string }>(
      'SELECT chunks.*, series.run_id, series.name FROM chunks JOIN series ON series.id = chunks.series_id',
    )
    for (const row of chunks.iterate())
      if (row.level < 0 || !decode(row))
        found.push(`run ${row.run_id}: chunk ${row.id} of ${row.name} is damaged; the rest is readable`)
    return found
  }

  return { append, read, after, chunksOf, truncate, summaries, faults }
}
