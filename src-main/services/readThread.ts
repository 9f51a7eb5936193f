// The thread for long reads: answers from the store over a read-only connection of its own, each from one state of the database.
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorValue } from '../contract/errors.ts'
import { encodeWire } from '../contract/wire.ts'
import type { Question } from '../jobs/asker.ts'
import { openBeside } from '../store/db.ts'
import { storeError } from '../store/storeError.ts'
import { tablesOf } from '../store/tables.ts'
import { readStored } from './storedConfig.ts'
import { reads, type Reads } from './reads.ts'

/** Questions of the app: a read, and whether its answer is wanted as a message for the web door. */
export type ReadQuestions = {
  [K in keyof Reads]: { in: { input: Reads[K]['in']; wire: boolean }; out: Reads[K]['out'] | Uint8Array }
}

const db = openBeside((workerData as { path: string }).path, true)
const answers = reads(tablesOf(db, readStored))

/** Buffers that move with an answer instead of being copied. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer)
  else if (Array.isArray(value)) for (const member of value) buffersOf(member, found)
  else if (value !== null && typeof value === 'object')
    for (const member of Object.values(value)) buffersOf(member, found)
  return [...found]
}

function answerTo({ name, input: { input, wire } }: Question<ReadQuestions>): unknown {
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

parentPort!.on('message', (question: Question<ReadQuestions>) => {
  const { id } = question
  try {
    const answer = answerTo(question)
    parentPort!.postMessage({ id, answer }, buffersOf(answer))
  } catch (error) {
    parentPort!.postMessage({ id, error: toErrorValue(error) })
  }
})
