// Answers that are read from the store alone and can take long: they run in a thread of their own, see `reading.ts`.
import type { CommandIn, Output, Parsed } from '../contract/api.ts'
import type { MetricChunk, RunId } from '../contract/run.ts'
import type { QuestionsOf } from '../jobs/asker.ts'
import type { Tables } from '../store/tables.ts'
import { compare } from './compare.ts'
import { metricsCsv } from './csv.ts'
import { recordIn } from './records.ts'

export type ReadCommand = CommandIn<'list reader' | 'point reader'>
export type Reads = QuestionsOf<ReturnType<typeof reads>>

/** Points after those that were told. */
interface NewsQuestion {
  id: RunId
  told: Map<string, number>
  otherwise: number
  buckets: number
}

export function reads(tables: Tables) {
  const { runs, metrics, flows } = tables
  const commands: { [K in ReadCommand]: (input: Parsed<K>) => Output<K> } = {
    'runs.list': (input) => runs.list(input),
    'runs.metrics': ({ ids, ...wanted }) =>
      ids.map((id) => ({ id, chunks: metrics.read(recordIn(tables, id).id, wanted) })),
    'runs.compare': ({ ids }) => compare(tables, ids),
    'runs.flow': ({ id, last }) => flows.read(recordIn(tables, id).id, { last }),
  }
  return {
    ...commands,
    news: ({ id, told, otherwise, buckets }: NewsQuestion): MetricChunk[] =>
      metrics.after(id, told, otherwise, buckets),
    /** All points of a run as CSV. */
    csv: ({ id }: { id: RunId }): Uint8Array => metricsCsv(metrics.chunksOf(recordIn(tables, id).id)),
  }
}
