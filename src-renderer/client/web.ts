// The client in a browser: exchanges the login code in the address for a cookie, calls by POST, receives events over a WebSocket and
// reconnects. It stores no token: the cookie is HttpOnly.
import { shallowRef } from 'vue'
import { UnrollError, type ErrorValue } from '../../src-main/contract/errors.ts'
import { decodeWire, encodeWire } from '../../src-main/contract/wire.ts'
import type { ConnectionState, PageClient } from './index.ts'
import { createListeners } from './listeners.ts'
import { openSocket, type Socket } from './socket.ts'

/** The parts of the browser that the client uses; tests pass stand-ins. */
export interface Page {
  origin: string
  fetch: (url: string, init: RequestInit) => Promise<Response>
  webSocket: (url: string) => WebSocket
  /** Fragment of the address including `#`. */
  fragment(): string
  /** Removes the login code from the address and the history. */
  clearFragment(): void
  onFragment(listener: () => void): void
}

const browserPage = (): Page => ({
  origin: location.origin,
  fetch: (url, init) => fetch(url, init),
  webSocket: (url) => new WebSocket(url),
  fragment: () => location.hash,
  clearFragment: () => history.replaceState(history.state, '', location.pathname + location.search),
  onFragment: (listener) => addEventListener('hashchange', listener),
})

const offline = 'The server does not answer. Is "unroll serve" still running?'

export function webClient(page: Page = browserPage()): PageClient {
  const connection = shallowRef<ConnectionState>('connecting')
  const listeners = createListeners()
  const returned = new Set<() => void>()

  async function post(path: string, body: unknown): Promise<unknown> {
    let response: Response
    let text: string
    try {
      const headers = { 'content-type': 'application/json' }
      response = await page.fetch(`${page.origin}${path}`, {
        method: 'POST',
        headers,
        body: encodeWire(body),
        credentials: 'same-origin',
      })
      text = await response.text()
    } catch {
      throw new UnrollError('E_OFFLINE', offline)
    }
    const value = parse(text)
    if (response.ok) return value
    const error = value as ErrorValue | undefined
    if (response.status === 401 && path !== '/login') connection.value = 'denied'
    throw new UnrollError(
      error?.code ?? 'E_INTERNAL',
      error?.message ?? `The server answered ${response.status}.`,
      error?.details,
    )
  }

  /** Signs in if the address holds a code. A code that fails may have been used by this browser before; then the cookie decides. */
  async function login(): Promise<void> {
    const code = /^#code=([\w-]+)$/.exec(page.fragment())?.[1]
    if (!code) return
    page.clearFragment()
    await post('/login', { code }).catch(() => undefined)
  }

  let watched: readonly string[] = []
  let signedIn = login()
  const socket: Socket = openSocket({
    open: () => page.webSocket(`${page.origin.replace(/^http/, 'ws')}/events`),
    before: () => signedIn,
    /** A browser does not report why a WebSocket failed; a call tells whether the cookie is valid. */
    refused: () =>
      post('/call/settings.get', {}).then(
        () => false,
        (error: unknown) => error instanceof UnrollError && error.code === 'E_AUTH',
      ),
    state: (state) => (connection.value = state),
    message(text) {
      const message = parse(text) as { event?: string; data?: unknown } | undefined
      if (message?.event) listeners.emit(message.event, message.data)
    },
    opened: () => watched.length && socket.say({ type: 'watch', runs: watched }),
    returned: () => returned.forEach((listener) => listener()),
  })
  page.onFragment(() => {
    if (!page.fragment().startsWith('#code=')) return
    signedIn = login()
    socket.retry()
  })

  return {
    async call(name, input) {
      await signedIn
      return (await post(`/call/${name}`, input)) as never
    },
    on: listeners.on,
    watch(ids) {
      watched = ids
      socket.say({ type: 'watch', runs: ids })
    },
    connection,
    onReconnect(listener) {
      const entry = () => listener()
      returned.add(entry)
      return () => void returned.delete(entry)
    },
    retry: socket.retry,
    close: socket.close,
  }
}

function parse(text: string): unknown {
  try {
    return decodeWire(text)
  } catch {
    return undefined
  }
}
