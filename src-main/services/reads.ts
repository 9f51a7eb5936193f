// Queries that only read the store and can be slow: they run in a thread of their own, see `storeReader.ts`.
import type { CommandIn, Output, Parsed } from '../contract/api.ts'
import { currentName } from '../contract/renamedMetrics.ts'
import type { MetricChunk, RunId } from '../contract/run.ts'
import type { RequestTypesOf } from '../jobs/workerClient.ts'
import type { Tables } from '../store/tables.ts'
import { compare } from './compare.ts'
import { metricsCsv } from './csv.ts'
import { recordIn } from './records.ts'

export type ReadCommand = CommandIn<'list reader' | 'point reader'>
export type Reads = RequestTypesOf<ReturnType<typeof reads>>

/** Asks for the points after the last sent step of each curve. */
interface NewPointsQuery {
  id: RunId
  sent: Map<string, number>
  fallback: number
  buckets: number
}

export function reads(tables: Tables) {
  const { runs, metrics, flows } = tables
  const commands: { [K in ReadCommand]: (input: Parsed<K>) => Output<K> } = {
    'runs.list': (input) => runs.list(input),
    'runs.metrics': ({ ids, names, ...range }) => {
      const wanted = { ...range, names: names?.map(currentName) }
      return ids.map((id) => ({ id, chunks: metrics.read(recordIn(tables, id).id, wanted) }))
    },
    'runs.compare': ({ ids }) => compare(tables, ids),
    'runs.gradients': ({ id, last }) => flows.read(recordIn(tables, id).id, { last }),
  }
  return {
    ...commands,
    newPoints: ({ id, sent, fallback, buckets }: NewPointsQuery): MetricChunk[] =>
      metrics.after(id, sent, fallback, buckets),
    /** All points of a run as CSV. */
    csv: ({ id }: { id: RunId }): Uint8Array => metricsCsv(metrics.chunksOf(recordIn(tables, id).id)),
  }
}
