// All tables over one connection, of the app's thread or of another thread.
import { checkpointTable } from './checkpoints.ts'
import { claimTable } from './claims.ts'
import { datasetTable } from './datasets.ts'
import type { Db } from './db.ts'
import { flowTable } from './flows.ts'
import { metricTable } from './metrics.ts'
import type { ReadStored } from './runRow.ts'
import { runTable } from './runs.ts'
import { settingTable } from './settings.ts'

export type Tables = ReturnType<typeof tablesOf>

/** Prepares all statements for one connection. */
export function tablesOf(db: Db, read: ReadStored) {
  const metrics = metricTable(db)
  return {
    metrics,
    runs: runTable(db, metrics, read),
    flows: flowTable(db),
    checkpoints: checkpointTable(db),
    datasets: datasetTable(db),
    settings: settingTable(db),
    claims: claimTable(db),
  }
}
