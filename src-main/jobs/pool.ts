// The app's side of the engine's threads: starts them and ends them. A worker that vanishes never takes the app along.
import { MessageChannel, Worker, type MessagePort, type ResourceLimits } from 'node:worker_threads'
import type { ErrorValue } from '../contract/errors.ts'
import { workerClient, workerDeathError, silentExitError } from './workerClient.ts'
import type { InferenceCalls } from './inference.ts'
import { commands, type Ask, type Job, type SampleTokens, type TrainJob } from './protocol.ts'

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
  /** Ends the thread without asking; resolves when it is gone. */
  terminate(): Promise<void>
  /** Where its messages arrive, for `receiveMessages`, in this thread or in another one that it is handed to. */
  readonly port: MessagePort
  /** Two i32, see TrainJob. */
  readonly shared: SharedArrayBuffer
  /** The worker is gone: what killed it, or what to say if none of its messages told an end. */
  readonly gone: Promise<ErrorValue>
}

export type TrainStart = Omit<TrainJob, 'kind' | 'shared' | 'port' | 'checkpointMs'> & {
  checkpointMs?: number
  limits?: ResourceLimits | undefined
}

/**
 * Megabytes of the young generation of a training worker. Compiling leaves short-lived garbage behind that V8 would make 48 MB of room for,
 * and keep while the run lasts.
 */
export const youngMb = 12

/** Starts a training run in a thread of its own. */
export function startTraining({ limits, ...job }: TrainStart): TrainingHandle {
  const shared = new SharedArrayBuffer(8)
  const flags = new Int32Array(shared)
  const { port1: port, port2 } = new MessageChannel()
  const worker = start(
    { checkpointMs: 30_000, ...job, kind: 'train', shared, port: port2 },
    { maxYoungGenerationSizeMb: youngMb, ...limits },
    [port2],
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
    async terminate() {
      // Native code looks at the flag between two loop iterations; without it the thread could not be ended there.
      Atomics.store(flags, 0, commands.leave)
      await worker.terminate()
      await gone
    },
  }
}

export type InferenceThread = ReturnType<typeof startInference>

/** An inference worker in a thread of its own. `tokens` gets what samples write. */
export function startInference(options: {
  engine?: string
  tokens?: (said: SampleTokens) => void
  limits?: ResourceLimits
}) {
  const { request, tell, isRunning, close } = workerClient<InferenceCalls, SampleTokens>({
    start: () =>
      start({ kind: 'inference', ...(options.engine && { engine: options.engine }) }, options.limits),
    said: (tokens) => options.tokens?.(tokens),
  })
  return { request, stop: (job: string) => tell({ stop: job }), isRunning, close }
}
