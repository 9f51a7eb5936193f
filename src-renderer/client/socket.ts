// One WebSocket kept alive: connects, probes, and connects again with growing pauses. It knows nothing of what is said.
import type { ConnectionState } from './index.ts'

export interface SocketOptions {
  open: () => WebSocket
  /** Awaited before each attempt. */
  before: () => Promise<void>
  /** After an attempt that never opened: true = not signed in, so stop trying. */
  refused: () => Promise<boolean>
  state: (state: ConnectionState) => void
  message: (text: string) => void
  /** It is open. */
  opened: () => void
  /** It is open again after it was open before. */
  returned: () => void
}

export interface Socket {
  /** Says something with the next id; false if there is no connection to say it on. */
  say(what: { type: string; [member: string]: unknown }): boolean
  retry(): void
  close(): void
}

const firstPause = 250
const longestPause = 5000
const probeEvery = 20_000
const answerWithin = 10_000

/** Milliseconds to wait before attempt `n` (from 0), at random within the upper half so that many pages do not come at once. */
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
  // Each attempt has a number; what belongs to an older one is ignored.
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

  /** Silence for too long: ask; still silence: give the connection up. */
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
