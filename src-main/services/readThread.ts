// The reader thread: runs queries over its own read-only connection, each in one transaction.
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorValue } from '../contract/errors.ts'
import { encodeWire } from '../contract/wire.ts'
import type { WorkerRequest } from '../jobs/workerClient.ts'
import { openBeside } from '../store/db.ts'
import { storeError } from '../store/storeError.ts'
import { tablesOf } from '../store/tables.ts'
import { readStored } from './storedConfig.ts'
import { reads, type Reads } from './reads.ts'

/** Requests of the app: the query, and whether the answer is wanted as a message for the web server. */
export type ReadRequests = {
  [K in keyof Reads]: { in: { input: Reads[K]['in']; wire: boolean }; out: Reads[K]['out'] | Uint8Array }
}

const db = openBeside((workerData as { path: string }).path, true)
const answers = reads(tablesOf(db, readStored))

/** Buffers of an answer, to be transferred instead of copied. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer)
  else if (Array.isArray(value)) for (const member of value) buffersOf(member, found)
  else if (value !== null && typeof value === 'object')
    for (const member of Object.values(value)) buffersOf(member, found)
  return [...found]
}

function answerTo({ name, input: { input, wire } }: WorkerRequest<ReadRequests>): unknown {
  db.exec('BEGIN')
  try {
    const answer: unknown = answers[name](input as never)
    return wire ? new TextEncoder().encode(encodeWire(answer)) : answer
  } catch (error) {
    throw storeError(error, name)
  } finally {
    db.exec('COMMIT')
  }
}

parentPort!.on('message', (question: WorkerRequest<ReadRequests>) => {
  const { id } = question
  try {
    const answer = answerTo(question)
    parentPort!.postMessage({ id, answer }, buffersOf(answer))
  } catch (error) {
    parentPort!.postMessage({ id, error: toErrorValue(error) })
  }
})
