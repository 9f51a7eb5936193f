// Reads a pinned text at points of the curves, at most so often that it takes 2 % of the time of training. A busy thread receives no messages, so the
// port of the pins is polled.
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { LiveAnswer, LivePin } from '../contract/live.ts'
import type { TrainMessage } from './protocol.ts'

/** Shortest time between two readings, and the same as a multiple of the time that the last one took. */
const leastMs = 250
const costs = 50

/** A function to call at points of the curves: it reads the text that was pinned last and posts the answer, if it is time. */
export function pinnedTexts(
  port: MessagePort,
  read: (pin: LivePin) => LiveAnswer,
  post: (message: TrainMessage) => void,
  clock: () => number = () => performance.now(),
): () => void {
  let pin: LivePin | null = null
  let next = 0
  return () => {
    for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
      pin = got.message as LivePin | null
      next = 0
    }
    const began = clock()
    if (!pin || began < next) return
    post({ kind: 'live', answer: read(pin) })
    const ended = clock()
    next = ended + Math.max(leastMs, costs * (ended - began))
  }
}
