// Gradient norms through time: one row per recorded step, its numbers as one blob of f64. Beyond `maxFlows` rows per run the one that
// leaves the smallest gap is deleted, so that records stay spread over the whole run. A damaged row is skipped.
import type { GradientRecord } from '../contract/gradients.ts'
import type { RunId } from '../contract/run.ts'
import { checksum, isSound } from './checksum.ts'
import type { Db } from './db.ts'
import { fromBytes, toBytes } from './metricBytes.ts'
import { parseJson } from './runRow.ts'

/** Rows kept per run. */
export const maxFlows = 256

/** Layout of the numbers, as JSON: per layer `norms` and `last` of `length` values each, then the radii. */
interface Layout {
  stride: number
  layers: { layer: string; length: number }[]
  radii: string[]
}

interface Row {
  step: number
  layout: string
  numbers: unknown
  checksum: number | null
}

export type FlowTable = ReturnType<typeof flowTable>

function encode({ stride, layers, radii }: GradientRecord): { layout: string; numbers: Buffer } {
  const layout: Layout = {
    stride,
    layers: layers.map(({ layer, norms }) => ({ layer, length: norms.length })),
    radii: radii.map(({ name }) => name),
  }
  const columns = layers.flatMap(({ norms, last }) => [norms, last])
  const values = Float64Array.from(radii, ({ value }) => value)
  return { layout: JSON.stringify(layout), numbers: toBytes(...columns, values) }
}

/** The record of a row; undefined if its checksum or the length of its blob is wrong. */
function decode({ step, layout: text, numbers, checksum }: Row): GradientRecord | undefined {
  const layout = parseJson<Layout | null>(text, null)
  if (!layout || !(numbers instanceof Uint8Array) || !isSound(checksum, step, text, numbers)) return undefined
  const { stride, layers, radii } = layout
  const total = layers.reduce((n, { length }) => n + 2 * length, radii.length)
  if (numbers.length !== 8 * total) return undefined
  const all = fromBytes(numbers)
  let at = 0
  const next = (length: number) => all.slice(at, (at += length))
  return {
    step,
    stride,
    layers: layers.map(({ layer, length }) => ({ layer, norms: next(length), last: next(length) })),
    radii: radii.map((name) => ({ name, value: all[at++]! })),
  }
}

/** Statements over `flows`. Functions that write must be called inside a transaction. */
export function flowTable(db: Db) {
  const insert = db.prepare<[string, number, string, Uint8Array, number]>(
    'INSERT OR REPLACE INTO flows (run_id, step, layout, numbers, checksum) VALUES (?, ?, ?, ?, ?)',
  )
  const count = db.prepare<[string], number>('SELECT count(*) FROM flows WHERE run_id = ?').pluck()
  const thin = db.prepare<[string, string]>(
    `DELETE FROM flows WHERE run_id = ? AND step = (
       SELECT step FROM (
         SELECT step, lead(step) OVER steps - lag(step) OVER steps AS gap FROM flows WHERE run_id = ?
         WINDOW steps AS (ORDER BY step)
       ) WHERE gap IS NOT NULL ORDER BY gap, step LIMIT 1)`,
  )
  const newest = db.prepare<[string, number, number], Row>(
    'SELECT * FROM flows WHERE run_id = ? AND step > ? ORDER BY step DESC LIMIT ?',
  )
  const drop = db.prepare<[string, number]>('DELETE FROM flows WHERE run_id = ? AND step > ?')

  function add(runId: RunId, point: GradientRecord): void {
    const { layout, numbers } = encode(point)
    insert.run(runId, point.step, layout, numbers, checksum(point.step, layout, numbers))
    if (count.get(runId)! > maxFlows) thin.run(runId, runId)
  }

  /** The newest `last` records after step `after`, in order of steps. */
  function read(
    runId: RunId,
    { after = -1, last = maxFlows }: { after?: number; last?: number | undefined } = {},
  ): GradientRecord[] {
    return newest
      .all(runId, after, last)
      .flatMap((row) => decode(row) ?? [])
      .reverse()
  }

  /** Damaged records, for the doctor: reads all of them. */
  function faults(): string[] {
    const found: string[] = []
    for (const row of db.prepare<[], Row & { run_id: string }>('SELECT * FROM flows').iterate())
      if (!decode(row))
        found.push(
          `run ${row.run_id}: the gradient through time of step ${row.step} is damaged; the others are readable`,
        )
    return found
  }

  return { add, read, truncate: (runId: RunId, step: number) => void drop.run(runId, step), faults }
}
