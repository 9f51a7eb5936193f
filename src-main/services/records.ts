// Looks up a run by its id.
import { UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import type { RunRecord } from '../store/runRow.ts'
import type { Tables } from '../store/tables.ts'

/** The run's row in the database. Throws E_NOT_FOUND. */
export function recordIn({ runs }: Pick<Tables, 'runs'>, id: RunId): RunRecord {
  const record = runs.record(id)
  if (!record)
    throw new UnrollError('E_NOT_FOUND', `There is no run ${id}. It may have been deleted for good.`, {
      path: 'id',
    })
  return record
}
