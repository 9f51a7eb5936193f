// Client of a worker thread: request and response over messages. The thread is started at the first request and again after a crash; its
// death rejects all pending requests with one error. An idle thread does not keep the process alive.
import type { Worker } from 'node:worker_threads'
import { toErrorValue, UnrollError, type ErrorValue } from '../contract/errors.ts'

/** Request names with the types of input and answer. */
export type RequestTypes<Q> = Record<keyof Q, { in: unknown; out: unknown }>
/** The request types of functions that answer them. */
export type RequestTypesOf<Answers extends Record<keyof Answers, (input: never) => unknown>> = {
  [K in keyof Answers]: { in: Parameters<Answers[K]>[0]; out: Awaited<ReturnType<Answers[K]>> }
}
export type WorkerRequest<Q extends RequestTypes<Q>> = {
  [K in keyof Q]: { id: number; name: K; input: Q[K]['in'] }
}[keyof Q]
export type WorkerResponse<Q extends RequestTypes<Q>> =
  { id: number; answer: Q[keyof Q]['out'] } | { id: number; error: ErrorValue }

const maxPending = 200

interface Pending {
  resolve(answer: unknown): void
  reject(error: UnrollError): void
}

export interface WorkerClientOptions<Said> {
  start(): Worker
  /** Handles messages that answer no request. */
  said?(message: Said): void
  /** Ends a thread after this many milliseconds without a request; the next request starts another. */
  idleMs?: number
  /** Called if the thread ended by itself. */
  died?(error: ErrorValue): void
}

/** Maps a worker's `error` event to an error. */
export function workerDeathError(error: unknown): ErrorValue {
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

/** The error of a worker that exited without an error event. */
export const silentExitError = (code: number): ErrorValue => ({
  code: 'E_WORKER',
  message: `The worker ended without a word (exit code ${code}).`,
})

/** `request` throws what the worker throws; E_WORKER if it died, E_BUSY if too many requests are pending. */
export function workerClient<Q extends RequestTypes<Q>, Said = never>(options: WorkerClientOptions<Said>) {
  const pending = new Map<number, Pending>()
  let worker: Worker | undefined
  let closed = false
  let count = 0
  /** Number of holds that keep the process alive beside pending requests. */
  let held = 0
  let idle: NodeJS.Timeout | undefined
  let resting: Promise<unknown> | undefined

  function fail(error: ErrorValue): void {
    worker = undefined
    const waiting = [...pending.values()]
    pending.clear()
    for (const { reject } of waiting) reject(new UnrollError(error.code, error.message, error.details))
  }

  function settle(): void {
    clearTimeout(idle)
    if (pending.size + held > 0) return void worker?.ref()
    worker?.unref()
    if (options.idleMs !== undefined && worker) idle = setTimeout(rest, options.idleMs).unref()
  }

  function rest(): void {
    resting = worker?.terminate()
    worker = undefined
  }

  function running(): Worker {
    if (worker) return worker
    const made = options.start()
    let death: ErrorValue | undefined
    made.on('message', (message: WorkerResponse<Q> | Said) => {
      if (!isResponse<Q>(message)) return options.said?.(message as Said)
      const call = pending.get(message.id)
      pending.delete(message.id)
      if ('answer' in message) call?.resolve(message.answer)
      else call?.reject(new UnrollError(message.error.code, message.error.message, message.error.details))
      settle()
    })
    made.on('error', (error) => (death = workerDeathError(error)))
    made.on('exit', (code) => {
      if (worker !== made) return
      const error = death ?? silentExitError(code)
      fail(error)
      options.died?.(error)
    })
    worker = made
    return made
  }

  function request<K extends keyof Q & string>(
    name: K,
    input: Q[K]['in'],
    transfer: Transferred[] = [],
  ): Promise<Q[K]['out']> {
    return new Promise((resolve, reject) => {
      if (closed) return reject(new UnrollError('E_STATE', 'Unroll is closing.'))
      if (pending.size >= maxPending)
        return reject(
          new UnrollError('E_BUSY', `${maxPending} calls are waiting already. Try again in a moment.`),
        )
      const id = ++count
      pending.set(id, { resolve, reject })
      const to = running()
      settle()
      to.postMessage({ id, name, input }, transfer)
    })
  }

  return {
    request,
    /** Posts a message to a running thread; ignored if none runs. */
    tell: (message: object) => worker?.postMessage(message),
    isRunning: () => worker !== undefined,
    /** Keeps the process alive until the returned function is called. */
    hold(): () => void {
      held++
      settle()
      return () => {
        held--
        settle()
      }
    },
    async close() {
      closed = true
      clearTimeout(idle)
      const ending = worker
      fail({ code: 'E_STATE', message: 'Unroll is closing.' })
      await Promise.all([resting, ending?.terminate()])
    },
  }
}

export type Transferred = Parameters<Worker['postMessage']>[1] extends readonly (infer T)[] | undefined
  ? T
  : never

const isResponse = <Q extends RequestTypes<Q>>(message: unknown): message is WorkerResponse<Q> =>
  typeof (message as { id?: unknown }).id === 'number'
