// The WebSocket hub: sends every event to every page, each encoded once, and points of a run to the pages that watch it. A page that reads
// too slowly is disconnected and reloads the state when it reconnects; a page that sends invalid messages is answered E_MSG and, after too
// many, disconnected.
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { ErrorValue } from '../../contract/errors.ts'
import { eventNames } from '../../contract/events.ts'
import type { RunId } from '../../contract/run.ts'
import { encodeWire } from '../../contract/wire.ts'
import { maxWatched, runId } from '../../contract/api.ts'
import type { App } from '../appInterface.ts'
import { createWatching } from '../watching.ts'

export interface EventLimits {
  listeners: number
  /** Bytes buffered for one page before it is disconnected. */
  backlog: number
  /** Invalid messages before the connection is closed. */
  faults: number
  messagesPerSecond: number
  /** Milliseconds between the pings that find half-open connections. */
  probe: number
}

export const eventLimits: EventLimits = {
  listeners: 64,
  backlog: 8 << 20,
  faults: 100,
  messagesPerSecond: 1000,
  probe: 30_000,
}

/** Largest accepted message, in bytes; a larger one closes the connection with 1009. */
export const maxMessage = 1 << 20

/** Messages of a page: `ping` tests the connection; `watch` gives the runs that it shows. Ids rise. */
const id = z.int().min(0)
const message = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('ping') }),
  z.strictObject({ id, type: z.literal('watch'), runs: z.array(runId).max(maxWatched) }),
])

const answers = { ping: 'pong', watch: 'watching' } as const

export interface EventHub {
  readonly full: boolean
  join(socket: WebSocket): void
  close(): void
}

/** Subscribes to `app` and forwards its events to all joined sockets. */
export function createEventHub(app: App, limits: EventLimits = eventLimits): EventHub {
  const listeners = new Map<WebSocket, { alive: boolean }>()
  const watching = createWatching<WebSocket>(app, (sockets, data) => {
    const text = encodeWire({ event: 'run.metrics', data })
    for (const socket of sockets) send(socket, text)
  })

  const send = (socket: WebSocket, text: string) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > limits.backlog) socket.terminate()
    else socket.send(text, () => undefined)
  }

  const unsubscribe = eventNames.map((event) =>
    app.on(event, (data) => {
      if (listeners.size === 0) return
      const text = encodeWire({ event, data })
      for (const socket of listeners.keys()) send(socket, text)
    }),
  )

  const probe = setInterval(() => {
    for (const [socket, state] of listeners) {
      if (!state.alive || socket.bufferedAmount > limits.backlog) socket.terminate()
      state.alive = false
      if (socket.readyState === socket.OPEN) socket.ping()
    }
  }, limits.probe)
  probe.unref()

  return {
    get full() {
      return listeners.size >= limits.listeners
    },
    join(socket) {
      const state = { alive: true }
      listeners.set(socket, state)
      socket.on('pong', () => (state.alive = true))
      socket.on('close', () => {
        listeners.delete(socket)
        watching.set(socket, [])
      })
      socket.on('error', () => socket.terminate())
      socket.on(
        'message',
        answerMessages(socket, limits, send, (runs) => watching.set(socket, runs)),
      )
    },
    close() {
      clearInterval(probe)
      unsubscribe.forEach((stop) => stop())
      watching.close()
      for (const socket of listeners.keys()) socket.close(1001, 'the server is closing')
    },
  }
}

/** Handles the messages of one connection: counts invalid ones, and messages per second. */
function answerMessages(
  socket: WebSocket,
  limits: EventLimits,
  send: (socket: WebSocket, text: string) => void,
  watch: (runs: RunId[]) => void,
) {
  let lastId = -1
  let faults = 0
  let second = 0
  let count = 0
  return (bytes: Buffer | ArrayBuffer | Buffer[], binary: boolean) => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) [second, count] = [now, 0]
    if (++count > limits.messagesPerSecond) return socket.close(1008, 'too many messages')
    const parsed = binary ? undefined : parse(String(bytes))
    const result = message.safeParse(parsed)
    if (result.success && result.data.id > lastId) {
      lastId = result.data.id
      if (result.data.type === 'watch') watch(result.data.runs)
      return send(socket, encodeWire({ id: lastId, type: answers[result.data.type] }))
    }
    if (++faults > limits.faults) return socket.close(1008, 'too many faulty messages')
    const id = (parsed as { id?: unknown } | null | undefined)?.id
    const error: ErrorValue = {
      code: 'E_MSG',
      message: result.success
        ? `id ${result.data.id} was used already; ids rise.`
        : 'Expected {"id": N, "type": "ping"} or {"id": N, "type": "watch", "runs": [...]}.',
    }
    return send(
      socket,
      encodeWire({ id: typeof id === 'number' && Number.isSafeInteger(id) ? id : null, error }),
    )
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
