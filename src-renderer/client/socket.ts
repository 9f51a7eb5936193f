// A WebSocket that reconnects: connects, pings, and after a loss reconnects with exponential backoff. It does not interpret messages.
import type { ConnectionState } from './index.ts'

export interface SocketOptions {
  open: () => WebSocket
  /** Awaited before each attempt to connect. */
  before: () => Promise<void>
  /** Called after an attempt that did not open; true = not signed in, so do not try again. */
  refused: () => Promise<boolean>
  state: (state: ConnectionState) => void
  message: (text: string) => void
  /** Called when the socket opened. */
  opened: () => void
  /** Called when the socket opened again after a loss. */
  returned: () => void
}

export interface Socket {
  /** Sends a message with the next id; false without a connection. */
  say(what: { type: string; [member: string]: unknown }): boolean
  retry(): void
  close(): void
}

const firstPause = 250
const longestPause = 5000
const probeEvery = 20_000
const answerWithin = 10_000

/** Backoff before attempt `n` (from 0) in milliseconds, with jitter in the upper half so that pages do not reconnect at the same time. */
export const pauseBefore = (n: number, random = Math.random): number =>
  Math.min(longestPause, firstPause * 2 ** n) * (0.5 + 0.5 * random())

export function openSocket(options: SocketOptions): Socket {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let probe: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let said = 0
  let wasOpen = false
  let ended = false
  // Attempts are numbered; events of an older attempt are ignored.
  let current = 0

  async function connect(): Promise<void> {
    clearTimeout(timer)
    const attempt = ++current
    await options.before()
    if (ended || attempt !== current) return
    const mine = options.open()
    socket = mine
    let opened = false
    mine.onopen = () => {
      if (attempt !== current) return mine.close()
      opened = true
      attempts = 0
      options.state('open')
      options.opened()
      if (wasOpen) options.returned()
      wasOpen = true
      expect(mine, attempt)
    }
    mine.onmessage = (event) => {
      if (attempt !== current) return
      expect(mine, attempt)
      options.message(String(event.data))
    }
    mine.onclose = () => void closed(attempt, opened)
  }

  async function closed(attempt: number, opened: boolean): Promise<void> {
    clearTimeout(probe)
    if (ended || attempt !== current) return
    const turn = ++current
    if (wasOpen) options.state('lost')
    const refused = !opened && (await options.refused())
    if (ended || turn !== current) return
    if (refused) return options.state('denied')
    options.state('lost')
    timer = setTimeout(() => void connect(), pauseBefore(attempts++))
  }

  /** Sends a ping after a silent interval; closes the connection if the next one is silent too. */
  function expect(mine: WebSocket, attempt: number): void {
    clearTimeout(probe)
    probe = setTimeout(() => {
      mine.send(JSON.stringify({ id: said++, type: 'ping' }))
      probe = setTimeout(() => {
        mine.close()
        void closed(attempt, true)
      }, answerWithin)
    }, probeEvery)
  }

  void connect()
  return {
    say(what) {
      if (socket?.readyState !== 1) return false
      socket.send(JSON.stringify({ id: said++, ...what }))
      return true
    },
    retry() {
      if (ended || socket?.readyState === 1) return
      attempts = 0
      void connect()
    },
    close() {
      ended = true
      clearTimeout(timer)
      clearTimeout(probe)
      socket?.close()
    },
  }
}
