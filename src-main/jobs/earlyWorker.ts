// An inference worker that is started before the app is loaded, so that engine and app load at the same time: half of the time of a short
// command. It imports nothing of the engine.
import { Worker } from 'node:worker_threads'
import type { InferenceJob } from './protocol.ts'

let early: Worker | undefined

/** Starts the worker; the next client of an inference worker takes it. */
export function startEarlyWorker(): void {
  const job: InferenceJob = { kind: 'inference' }
  early = new Worker(new URL('./entry.ts', import.meta.url), { workerData: job, execArgv: [] })
  early.unref()
  // Whoever needs a worker then starts another, which tells its error.
  early.on('error', () => (early = undefined))
}

/** The worker, if it was started and not taken yet. */
export function takeEarlyWorker(): Worker | undefined {
  const worker = early
  worker?.removeAllListeners('error')
  early = undefined
  return worker
}
