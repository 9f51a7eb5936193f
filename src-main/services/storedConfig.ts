// Reads stored configurations with the schema of their task.
import type { RunConfig } from '../contract/config.ts'
import { readStored } from '../engine/config.ts'
import { parseStored, type RunRecord } from '../store/runRow.ts'

export { readStored }

/** The configuration of a stored run; undefined if it is damaged. */
export const configOf = (record: Pick<RunRecord, 'config' | 'config_checksum'>): RunConfig | undefined =>
  parseStored(record, readStored)?.config
