// Entry of the training and inference workers: runs the job in workerData. Errors reach the app only as messages.
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorValue, UnrollError, type ErrorValue } from '../contract/errors.ts'
import { loadEngine } from './engine.ts'
import { inferenceWorker } from './inference.ts'
import type { InferenceRequest, Job } from './protocol.ts'
import { train } from './train.ts'

/** An error without a code becomes E_WORKER. */
export function workerError(error: unknown): ErrorValue {
  if (error instanceof UnrollError) return error.toValue()
  return { code: 'E_WORKER', message: `The worker failed: ${toErrorValue(error).message}` }
}

async function main(job: Job): Promise<void> {
  if (job.kind === 'train') {
    const { port } = job
    try {
      train(job, await loadEngine(job.engine), (message, transfer) => port.postMessage(message, transfer))
    } catch (error) {
      port.postMessage({ kind: 'failed', error: workerError(error) })
    }
    port.close()
    return
  }
  const port = parentPort!
  // Requests may arrive while the engine loads; the port queues them until there is a listener.
  const engine = await loadEngine(job.engine)
  const answer = inferenceWorker(engine, (message, transfer) => port.postMessage(message, transfer))
  port.on('message', (request: InferenceRequest) => void answer(request))
}

if (parentPort) await main(workerData as Job)
