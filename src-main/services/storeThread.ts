// The store thread: writes points, samples and checkpoints of training workers over its own connection. It sends news of a run after the
// data is stored. It does not decide how a run ends.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import type { WorkerRequest } from '../jobs/workerClient.ts'
import { receiveMessages } from '../jobs/receiveMessages.ts'
import { commands, type Batch, type CheckpointBytes } from '../jobs/protocol.ts'
import { databasePath, openBeside } from '../store/db.ts'
import { removeFile, writeFileWhole } from '../store/files.ts'
import { groupWriter } from '../store/groupWriter.ts'
import { foldersIn } from '../store/opening.ts'
import { tablesOf } from '../store/tables.ts'
import { readStored } from './storedConfig.ts'
import type { CheckpointRecord } from '../store/checkpoints.ts'
import { pointPublisher } from './pointPublisher.ts'
import type { RunNews, StoreRequests, StoreMessage, StoreThreadData } from './storeProtocol.ts'

const { folder, turns } = workerData as StoreThreadData
const port = parentPort!
const db = openBeside(databasePath(folder), false)
const { runs, metrics, flows, checkpoints } = tablesOf(db, readStored)
const write = groupWriter(db, folder, turns)
const running = new Set<Promise<void>>()

const post = (run: RunId, news: RunNews) => port.postMessage({ run, news } satisfies StoreMessage)
const points = pointPublisher(post)

/** Writes a checkpoint file. The file name contains the hash, so no file is ever overwritten. */
async function writeCheckpoint(
  runId: RunId,
  { bytes, ...about }: CheckpointBytes,
): Promise<CheckpointRecord> {
  const file = `${about.step}-${about.sha256.slice(0, 16)}.safetensors`
  await writeFileWhole(join(foldersIn(folder).checkpoints, runId, file), bytes)
  return { ...about, runId, file, bytes: bytes.length, createdAt: Date.now() }
}

const answers: {
  [K in keyof StoreRequests]: (input: StoreRequests[K]['in']) => Promise<StoreRequests[K]['out']> | null
} = {
  claim: ({ id, owner, max, step, truncateAfter }) =>
    write(() => {
      if (!runs.claim(id, owner, max)) return null
      const before = runs.record(id)!
      runs.set(id, { step, attempt_step: truncateAfter })
      metrics.truncate(id, truncateAfter)
      runs.truncateSamples(id, truncateAfter)
      flows.truncate(id, truncateAfter)
      return {
        activeMs: before.active_ms,
        restarted: before.attempt > 1,
        files: checkpoints.truncate(id, truncateAfter),
      }
    }),
  store(input) {
    const task = storeOutput(input).finally(() => running.delete(task))
    running.add(task)
    return null
  },
  subscribe({ every, thinned }) {
    points.subscribe(every, thinned)
    return null
  },
  async close() {
    await Promise.all(running)
    db.close()
    return null
  },
}

/** Stores the messages of one training worker until it ends. */
async function storeOutput({
  id,
  activeBefore,
  shared,
  port: from,
}: StoreRequests['store']['in']): Promise<void> {
  const leaving = () => Atomics.load(new Int32Array(shared), 0) === commands.leave

  /** Writes, retrying while another process holds the database. */
  async function persist<T>(change: () => T): Promise<T> {
    for (;;) {
      try {
        return await write(change)
      } catch (error) {
        if (!(error instanceof UnrollError) || error.code !== 'E_DB_BUSY' || leaving()) throw error
        const message = `${error.message} Training waits; its points are kept in memory.`
        post(id, { kind: 'notice', notice: { code: 'W_DB_BUSY', message } })
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
    post(id, { kind: 'stored', checkpoint: record !== undefined, samples, flows: gradients })
    for (const file of surplus) await removeFile(join(foldersIn(folder).checkpoints, id, file))
  }

  let failed = false
  await receiveMessages(from, shared, async (message) => {
    if (failed) return
    try {
      if (message.kind === 'batch') return await storeBatch(message.batch, message.checkpoint)
      if (message.kind !== 'live') points.flush(id)
      post(id, { kind: 'message', message })
    } catch (error) {
      failed = true
      post(id, { kind: 'failed', error: toErrorValue(error) })
    }
  })
  points.flush(id)
  post(id, { kind: 'drained' })
}

port.on('message', async ({ id, name, input }: WorkerRequest<StoreRequests>) => {
  try {
    port.postMessage({ id, answer: await answers[name](input as never) })
    if (name === 'close') port.close()
  } catch (error) {
    port.postMessage({ id, error: toErrorValue(error) })
  }
})
