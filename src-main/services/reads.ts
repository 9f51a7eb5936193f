// Answers that are read from the store alone and can take long: they run in a thread of their own, see `reading.ts`.
import type { Output, Parsed } from '../contract/api.ts'
import type { MetricChunk, RunId } from '../contract/run.ts'
import type { Tables } from '../store/tables.ts'
import { compare } from './compare.ts'
import { metricsCsv } from './csv.ts'
import { recordIn } from './records.ts'

/** Commands that are answered so. */
export const readCommands = ['runs.list', 'runs.metrics', 'runs.compare', 'runs.flow'] as const
export type ReadCommand = (typeof readCommands)[number]

export type Reads = { [K in ReadCommand]: { in: Parsed<K>; out: Output<K> } } & {
  /** Points after those that were told. */
  news: {
    in: { id: RunId; told: Map<string, number>; otherwise: number; buckets: number }
    out: MetricChunk[]
  }
  /** All points of a run as CSV. */
  csv: { in: { id: RunId }; out: Uint8Array }
}

export function reads(tables: Tables): { [K in keyof Reads]: (input: Reads[K]['in']) => Reads[K]['out'] } {
  const { runs, metrics, flows } = tables
  return {
    'runs.list': (input) => runs.list(input),
    'runs.metrics': ({ ids, ...wanted }) =>
      ids.map((id) => ({ id, chunks: metrics.read(recordIn(tables, id).id, wanted) })),
    'runs.compare': ({ ids }) => compare(tables, ids),
    'runs.flow': ({ id, last }) => flows.read(recordIn(tables, id).id, { last }),
    news: ({ id, told, otherwise, buckets }) => metrics.after(id, told, otherwise, buckets),
    csv: ({ id }) => metricsCsv(metrics.stretches(recordIn(tables, id).id)),
  }
}
