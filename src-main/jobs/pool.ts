// The app's side of worker threads: starts them, passes their messages on in order, turns every way to die into one error. A worker
// that vanishes never takes the app along.
import { Worker, type ResourceLimits } from 'node:worker_threads'
import { toErrorValue, UnrollError, type ErrorValue } from '../contract/errors.ts'
import type { SampleToken } from '../contract/inspect.ts'
import {
  commands,
  type Ask,
  type Job,
  type LookMessage,
  type LookName,
  type Looks,
  type TrainJob,
  type TrainMessage,
} from './protocol.ts'

const entry = () => new URL('./entry.ts', import.meta.url)
const start = (job: Job, limits?: ResourceLimits) =>
  new Worker(entry(), { workerData: job, execArgv: [], ...(limits && { resourceLimits: limits }) })

/** What a worker's `error` event means. */
function deathOf(error: unknown): ErrorValue {
  const code = (error as { code?: string } | undefined)?.code
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return {
      code: 'E_WORKER',
      message:
        'The worker ran out of memory. Take a smaller batch, window or model; the last checkpoint is kept.',
    }
  }
  return { code: 'E_WORKER', message: `The worker failed: ${toErrorValue(error).message}` }
}

export interface TrainingHandlers {
  /** Called one after the other; a batch counts as stored when the promise is fulfilled. */
  message(message: TrainMessage): Promise<void>
  /** Called once, after all messages: the worker is gone. `error` if it had not said how it ended. */
  gone(error: ErrorValue | undefined): Promise<void>
}

export interface TrainingHandle {
  ask(what: Ask): void
  /** Ends the thread without asking; resolves when it is gone and `gone` was handled. */
  terminate(): Promise<void>
  readonly done: Promise<void>
}

export type TrainStart = Omit<TrainJob, 'kind' | 'shared' | 'checkpointMs'> & {
  checkpointMs?: number
  limits?: ResourceLimits | undefined
}

/**
 * Megabytes of the young generation of a training worker. Compiling leaves short-lived garbage behind that V8 would make 48 MB of room for,
 * and keep while the run lasts.
 */
export const youngMb = 12

/** Starts a training run in a thread of its own. */
export function startTraining({ limits, ...job }: TrainStart, handlers: TrainingHandlers): TrainingHandle {
  const shared = new SharedArrayBuffer(8)
  const flags = new Int32Array(shared)
  const worker = start(
    { checkpointMs: 30_000, ...job, kind: 'train', shared },
    { maxYoungGenerationSizeMb: youngMb, ...limits },
  )
  let said = false
  let death: ErrorValue | undefined
  let last: Promise<void> = Promise.resolve()
  let finish!: () => void
  const done = new Promise<void>((resolve) => (finish = resolve))

  worker.on('message', (message: TrainMessage) => {
    if (message.kind === 'ended' || message.kind === 'failed') said = true
    last = last.then(async () => {
      await handlers.message(message)
      if (message.kind !== 'batch') return
      Atomics.store(flags, 1, message.batch.number)
      Atomics.notify(flags, 1)
    })
  })
  worker.on('error', (error) => (death = deathOf(error)))
  worker.on('exit', (code) => {
    const error =
      death ??
      (said
        ? undefined
        : { code: 'E_WORKER' as const, message: `The worker ended without a word (exit code ${code}).` })
    last = last.then(() => handlers.gone(error)).finally(finish)
  })
  return {
    ask(what) {
      Atomics.store(flags, 0, commands[what])
      Atomics.notify(flags, 0)
    },
    async terminate() {
      // Native code looks at the flag between two loop iterations; without it the thread could not be ended there.
      Atomics.store(flags, 0, commands.leave)
      await worker.terminate()
      await done
    },
    done,
  }
}

const mostPending = 200

interface Pending {
  resolve(answer: unknown): void
  reject(error: UnrollError): void
}

export type Looker = ReturnType<typeof startLooker>

/** A worker for short questions, started at the first one and again after a crash. `tokens` gets what samples write. */
export function startLooker(options: {
  engine?: string
  tokens?: (job: string, tokens: SampleToken[]) => void
  limits?: ResourceLimits
}) {
  const pending = new Map<number, Pending>()
  let worker: Worker | undefined
  let closed = false
  let count = 0

  function fail(error: ErrorValue): void {
    worker = undefined
    const waiting = [...pending.values()]
    pending.clear()
    for (const { reject } of waiting) reject(new UnrollError(error.code, error.message, error.details))
  }

  function running(): Worker {
    if (worker) return worker
    const made = start({ kind: 'look', ...(options.engine && { engine: options.engine }) }, options.limits)
    let death: ErrorValue | undefined
    made.on('message', (message: LookMessage) => {
      if ('tokens' in message) return options.tokens?.(message.job, message.tokens)
      const call = pending.get(message.id)
      pending.delete(message.id)
      if ('answer' in message) call?.resolve(message.answer)
      else call?.reject(new UnrollError(message.error.code, message.error.message, message.error.details))
      // An idle looker does not keep the process alive.
      if (pending.size === 0) made.unref()
    })
    made.on('error', (error) => (death = deathOf(error)))
    made.on('exit', (code) => {
      if (worker === made)
        fail(death ?? { code: 'E_WORKER', message: `The worker ended without a word (exit code ${code}).` })
    })
    worker = made
    return made
  }

  /** Throws what the worker throws; E_WORKER if it died, E_BUSY if too many calls wait. */
  function request<K extends LookName>(
    look: K,
    input: Looks[K]['in'],
    transfer: ArrayBuffer[] = [],
  ): Promise<Looks[K]['out']> {
    return new Promise((resolve, reject) => {
      if (closed) return reject(new UnrollError('E_STATE', 'Unroll is closing.'))
      if (pending.size >= mostPending)
        return reject(
          new UnrollError('E_BUSY', `${mostPending} calls are waiting already. Try again in a moment.`),
        )
      const id = ++count
      pending.set(id, { resolve: resolve as (answer: unknown) => void, reject })
      const to = running()
      to.ref()
      to.postMessage({ id, look, input }, transfer)
    })
  }

  return {
    request,
    stop: (job: string) => worker?.postMessage({ stop: job }),
    async close() {
      closed = true
      const ending = worker
      fail({ code: 'E_STATE', message: 'Unroll is closing.' })
      await ending?.terminate()
    },
  }
}
