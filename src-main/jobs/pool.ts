// Starts and ends the engine's worker threads from the app's thread. A worker's crash never ends the app.
import { MessageChannel, Worker, type MessagePort, type ResourceLimits } from 'node:worker_threads'
import type { LivePin } from '../contract/live.ts'
import type { ErrorValue } from '../contract/errors.ts'
import { takeEarlyWorker } from './earlyWorker.ts'
import { workerClient, workerDeathError, silentExitError } from './workerClient.ts'
import type { InferenceCalls } from './inference.ts'
import {
  commands,
  type Ask,
  type Job,
  type ReadingProgress,
  type SampleTokens,
  type TrainJob,
} from './protocol.ts'

const entry = () => new URL('./entry.ts', import.meta.url)
const start = (job: Job, limits?: ResourceLimits, transferList: MessagePort[] = []) =>
  new Worker(entry(), {
    workerData: job,
    execArgv: [],
    transferList,
    ...(limits && { resourceLimits: limits }),
  })

export interface TrainingHandle {
  ask(what: Ask): void
  /** Pins a text that the training reads again and again; null: none. */
  pin(pin: LivePin | null): void
  /** Terminates the thread; resolves when it has ended. */
  terminate(): Promise<void>
  /** Port of its messages, for `receiveMessages` in this or another thread. */
  readonly port: MessagePort
  /** Two i32, see TrainJob. */
  readonly shared: SharedArrayBuffer
  /** Resolves when the worker has ended, with the cause of its death, used if no message told one. */
  readonly gone: Promise<ErrorValue>
}

export type TrainStart = Omit<TrainJob, 'kind' | 'shared' | 'port' | 'pins' | 'checkpointMs'> & {
  checkpointMs?: number
  limits?: ResourceLimits | undefined
}

/**
 * Megabytes of a training worker's young generation. Compiling creates short-lived garbage, for which V8 would reserve 48 MB for as long
 * as the run lasts.
 */
export const youngMb = 12

/** Starts a training run in its own thread. */
export function startTraining({ limits, ...job }: TrainStart): TrainingHandle {
  const shared = new SharedArrayBuffer(8)
  const flags = new Int32Array(shared)
  const { port1: port, port2 } = new MessageChannel()
  const { port1: pins, port2: pinned } = new MessageChannel()
  pins.unref()
  const worker = start(
    { checkpointMs: 30_000, ...job, kind: 'train', shared, port: port2, pins: pinned },
    { maxYoungGenerationSizeMb: youngMb, ...limits },
    [port2, pinned],
  )
  let death: ErrorValue | undefined
  worker.on('error', (error) => (death = workerDeathError(error)))
  const gone = new Promise<ErrorValue>((resolve) =>
    worker.once('exit', (code) => resolve(death ?? silentExitError(code))),
  )
  return {
    port,
    shared,
    gone,
    ask(what) {
      Atomics.store(flags, 0, commands[what])
      Atomics.notify(flags, 0)
    },
    pin: (pin) => pins.postMessage(pin),
    async terminate() {
      // Native code polls the flag between loop iterations; terminate() alone cannot interrupt it.
      Atomics.store(flags, 0, commands.leave)
      await worker.terminate()
      await gone
    },
  }
}

export type InferenceThread = ReturnType<typeof startInference>

/** Client of an inference worker in its own thread. `tokens` gets generated tokens, `progress` that of watched calls. */
export function startInference(options: {
  engine?: string
  tokens?: (said: SampleTokens) => void
  progress?: (said: ReadingProgress) => void
  limits?: ResourceLimits
  /** Takes the worker that was started early, if there is one. */
  early?: true
}) {
  const { request, tell, isRunning, close } = workerClient<InferenceCalls, SampleTokens | ReadingProgress>({
    start: () =>
      (options.early && takeEarlyWorker()) ??
      start({ kind: 'inference', ...(options.engine && { engine: options.engine }) }, options.limits),
    said: (said) => ('tokens' in said ? options.tokens?.(said) : options.progress?.(said)),
  })
  return { request, stop: (job: string) => tell({ stop: job }), isRunning, close }
}
