// Receives the messages of a training worker in order, and acknowledges each batch once it is stored. It runs in the thread that stores
// them, so that points do not pass the app's thread.
import type { MessagePort } from 'node:worker_threads'
import type { TrainMessage } from './protocol.ts'

/** Calls `handle` for each message, in order; resolves when the worker has ended and all its messages were handled. `handle` must not reject. */
export function receiveMessages(
  port: MessagePort,
  shared: SharedArrayBuffer,
  handle: (message: TrainMessage) => Promise<void>,
): Promise<void> {
  const flags = new Int32Array(shared)
  let last: Promise<void> = Promise.resolve()
  port.on('message', (message: TrainMessage) => {
    last = last.then(async () => {
      await handle(message)
      if (message.kind !== 'batch') return
      Atomics.store(flags, 1, message.batch.number)
      Atomics.notify(flags, 1)
    })
  })
  return new Promise((resolve) => port.once('close', () => void last.finally(resolve)))
}
