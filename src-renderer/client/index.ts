// The client of the app: over the bridge of the desktop window if there is one, else over the web server that delivered the page. Views
// use `call`, `on` and the state of the connection, which are the same for both.
import type { ShallowRef } from 'vue'
import type { Client } from '../../src-main/contract/api.ts'
import type { Bridge } from '../../src-main/contract/bridge.ts'
import { bridgeClient } from './bridge.ts'
import { webClient } from './web.ts'

/**
 * State of the connection. connecting: first attempt. open: events arrive. lost: reconnects by itself. denied: not signed in; the page
 * must be opened with the address that the server printed.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'denied'

export interface PageClient extends Client {
  /** State of the connection, as a read-only Vue ref. */
  readonly connection: Readonly<ShallowRef<ConnectionState>>
  /** Calls the listener after a reconnect, when events may have been missed: data must be reloaded. Returns the unsubscribe function. */
  onReconnect(listener: () => void): () => void
  /** Subscribes to the points of exactly these runs: they come as `run.metrics` events, thinned per curve. */
  watch(ids: readonly string[]): void
  /** Reconnects at once instead of after the pause. */
  retry(): void
  close(): void
}

declare global {
  interface Window {
    unroll?: Bridge
  }
}

/** The client for this page. */
export function createClient(): PageClient {
  return window.unroll ? bridgeClient(window.unroll) : webClient()
}
