// The thread that stores what training workers hand over, through a connection of its own: points, samples, checkpoints with their files.
// It decides nothing about a run; how one ends is the app's business. What it tells of is on the disk.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import type { Question } from '../jobs/asker.ts'
import { takeMessages } from '../jobs/intake.ts'
import { commands, type Batch, type CheckpointBytes } from '../jobs/protocol.ts'
import { databasePath, openBeside } from '../store/db.ts'
import { removeFile, writeFileWhole } from '../store/files.ts'
import { groupWriter } from '../store/groupWriter.ts'
import { foldersIn } from '../store/opening.ts'
import { tablesOf } from '../store/tables.ts'
import { readStored } from './storedConfig.ts'
import type { CheckpointRecord } from '../store/checkpoints.ts'
import { pointTeller } from './pointTeller.ts'
import type { RunNews, StoreQuestions, StoreSaid, StoreThreadData } from './storeProtocol.ts'

const { folder, turns } = workerData as StoreThreadData
const port = parentPort!
const db = openBeside(databasePath(folder), false)
const { runs, metrics, flows, checkpoints } = tablesOf(db, readStored)
const write = groupWriter(db, folder, turns)
const taking = new Set<Promise<void>>()

const tell = (run: RunId, news: RunNews) => port.postMessage({ run, news } satisfies StoreSaid)
const points = pointTeller(tell)

/** Writes a checkpoint's file. The name holds the hash, so no file is ever replaced by another. */
async function writeCheckpoint(
  runId: RunId,
  { bytes, ...about }: CheckpointBytes,
): Promise<CheckpointRecord> {
  const file = `${about.step}-${about.sha256.slice(0, 16)}.safetensors`
  await writeFileWhole(join(foldersIn(folder).checkpoints, runId, file), bytes)
  return { ...about, runId, file, bytes: bytes.length, createdAt: Date.now() }
}

const answers: { [K in keyof StoreQuestions]: (input: StoreQuestions[K]['in']) => Promise<StoreQuestions[K]['out']> | null } = {
  begin: ({ id, owner, most, step, kept }) =>
    write(() => {
      if (!runs.claim(id, owner, most)) return null
      const before = runs.record(id)!
      runs.set(id, { step, attempt_step: kept })
      metrics.truncate(id, kept)
      runs.truncateSamples(id, kept)
      flows.truncate(id, kept)
      return {
        activeMs: before.active_ms,
        again: before.attempt > 1,
        files: checkpoints.truncate(id, kept),
      }
    }),
  take(input) {
    const taken = take(input).finally(() => taking.delete(taken))
    taking.add(taken)
    return null
  },
  listen({ every, thinned }) {
    points.listen(every, thinned)
    return null
  },
  async close() {
    await Promise.all(taking)
    db.close()
    return null
  },
} // prettier-ignore

/** Stores what one training worker says until it is gone. */
async function take({ id, activeBefore, shared, port: from }: StoreQuestions['take']['in']): Promise<void> {
  const leaving = () => Atomics.load(new Int32Array(shared), 0) === commands.leave

  /** Waits as long as another process holds the database: what a worker did is not lost. */
  async function persist<T>(change: () => T): Promise<T> {
    for (;;) {
      try {
        return await write(change)
      } catch (error) {
        if (!(error instanceof UnrollError) || error.code !== 'E_DB_BUSY' || leaving()) throw error
        const message = `${error.message} Training waits; its points are kept in memory.`
        tell(id, { kind: 'notice', notice: { code: 'W_DB_BUSY', message } })
      }
    }
  }

  async function storeBatch(batch: Batch, checkpoint: CheckpointBytes | undefined): Promise<void> {
    const { step, epoch, chunks, samples, flows: gradients, activeMs } = batch
    const record = checkpoint && (await writeCheckpoint(id, checkpoint))
    const { totals, surplus } = await persist(() => {
      runs.set(id, { step, epoch, active_ms: activeBefore + activeMs })
      const totals = metrics.append(id, chunks)
      for (const sample of samples) runs.addSample(id, sample)
      for (const point of gradients) flows.add(id, point)
      return { totals, surplus: record ? checkpoints.addAndPrune(record) : [] }
    })
    points.stored(id, chunks, totals)
    tell(id, { kind: 'stored', checkpoint: record !== undefined, samples, flows: gradients })
    for (const file of surplus) await removeFile(join(foldersIn(folder).checkpoints, id, file))
  }

  let failed = false
  await takeMessages(from, shared, async (message) => {
    if (failed) return
    try {
      if (message.kind === 'batch') return await storeBatch(message.batch, message.checkpoint)
      points.flush(id)
      tell(id, { kind: 'said', message })
    } catch (error) {
      failed = true
      tell(id, { kind: 'refused', error: toErrorValue(error) })
    }
  })
  points.flush(id)
  tell(id, { kind: 'drained' })
}

port.on('message', async ({ id, name, input }: Question<StoreQuestions>) => {
  try {
    port.postMessage({ id, answer: await answers[name](input as never) })
    if (name === 'close') port.close()
  } catch (error) {
    port.postMessage({ id, error: toErrorValue(error) })
  }
})
