// The receiving end of a training worker: its messages one after the other, each batch acknowledged once it is stored. In whatever thread
// stores them, so that points go from the worker to the disk without passing the app's thread.
import type { MessagePort } from 'node:worker_threads'
import type { TrainMessage } from './protocol.ts'

/** Handles all messages in order; resolves when the worker is gone and every message of it was handled. `handle` must not reject. */
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
