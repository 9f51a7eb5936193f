// Checkpoint files and their records: choosing one, and writing a new one. A damaged file is skipped with a message, never loaded.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastFinite } from '../contract/diverged.ts'
import { UnrollError } from '../contract/errors.ts'
import type { Checkpoint, RunId } from '../contract/run.ts'
import type { FileRef } from '../jobs/protocol.ts'
import type { CheckpointRecord } from '../store/checkpoints.ts'
import { removeFile, writeFileWhole } from '../store/files.ts'
import type { Context } from './context.ts'
import { hashBytes } from './readFile.ts'

export const pathOf = ({ store }: Context, record: CheckpointRecord): string =>
  join(store.checkpointFolder(record.runId), record.file)

/** Newest first; `missing` if the file is reason. */
export function listCheckpoints(context: Context, id: RunId): Checkpoint[] {
  return context.store.checkpoints.list(id).map((record) => {
    const { file: _file, ...checkpoint } = record
    return { ...checkpoint, missing: !existsSync(pathOf(context, record)) }
  })
}

/** The fault of a record's file; undefined = intact. */
export async function faultOf(context: Context, record: CheckpointRecord): Promise<string | undefined> {
  const bytes = await readFile(pathOf(context, record)).catch(() => undefined)
  if (!bytes) return `checkpoint ${record.step} of run ${record.runId}: the file ${record.file} is missing`
  if ((await hashBytes(bytes)) !== record.sha256)
    return `checkpoint ${record.step} of run ${record.runId}: the file ${record.file} is damaged (its SHA-256 differs)`
  return undefined
}

/** The newest checkpoint whose file has the recorded hash; `faults` describes the newer ones that are damaged. */
export async function newestIntactCheckpoint(
  context: Context,
  id: RunId,
): Promise<{ step: number; bytes: Uint8Array | undefined; faults: string[] }> {
  const faults: string[] = []
  for (const record of context.store.checkpoints.list(id)) {
    const fault = await faultOf(context, record)
    if (fault === undefined)
      return { step: record.step, bytes: await readFile(pathOf(context, record)), faults }
    faults.push(fault)
  }
  return { step: 0, bytes: undefined, faults }
}

/**
 * The checkpoint of `step`. Without a step: the best, else the newest with a finite loss, else the newest whose file exists. Throws
 * E_NOT_FOUND, E_STATE.
 */
export function chooseCheckpoint(
  context: Context,
  id: RunId,
  step: number | undefined,
): FileRef & { step: number } {
  const records = context.store.checkpoints.list(id)
  const existing = records.filter((record) => existsSync(pathOf(context, record)))
  const toRef = (record: CheckpointRecord) => ({
    path: pathOf(context, record),
    sha256: record.sha256,
    step: record.step,
  })
  if (step === undefined) {
    const run = context.store.runs.row(id)
    const chosen = existing.find((record) => record.best) ?? (run && lastFinite(run, existing)) ?? existing[0]
    if (chosen) return toRef(chosen)
    if (records.length)
      throw new UnrollError('E_NOT_FOUND', `The checkpoint files of run ${id} are missing.`, {
        advice: { action: 'doctor' },
      })
    throw new UnrollError(
      'E_STATE',
      `Run ${id} has no checkpoint yet. Wait for the first one, or pause the run to make one.`,
      { advice: { action: 'pause', run: id } },
    )
  }
  const chosen = existing.find((record) => record.step === step)
  if (chosen) return toRef(chosen)
  const steps = existing.map((record) => record.step).join(', ') || 'none'
  const reason = records.some((record) => record.step === step) ? 'its file is missing' : 'there is none'
  throw new UnrollError(
    'E_NOT_FOUND',
    `step: no checkpoint of step ${step} (${reason}); there are: ${steps}.`,
    { path: 'step' },
  )
}

/** Writes a checkpoint file and returns its record. The file name contains the hash, so no file is ever overwritten. */
export async function writeCheckpoint(
  context: Context,
  checkpoint: Pick<CheckpointRecord, 'runId' | 'step' | 'sha256' | 'loss' | 'best'>,
  bytes: Uint8Array,
): Promise<CheckpointRecord> {
  const file = `${checkpoint.step}-${checkpoint.sha256.slice(0, 16)}.safetensors`
  const record = { ...checkpoint, file, bytes: bytes.length, createdAt: Date.now() }
  await writeFileWhole(pathOf(context, record), bytes)
  return record
}

/** Calls `create`, which writes files of a new run and stores the run. If the run was not stored, its files are removed. */
export async function removingFilesOnFailure<T>(
  context: Context,
  id: RunId,
  create: () => Promise<T>,
): Promise<T> {
  try {
    return await create()
  } catch (error) {
    const { runs, checkpointFolder } = context.store
    if (!runs.record(id)) await removeFile(checkpointFolder(id)).catch(() => undefined)
    throw error
  }
}
