// The page's way to the app: the bridge of the window if there is one, else the server that the page came from. Views see only
// `call`, `on` and the state of the connection; they never learn which door it is.
import type { ShallowRef } from 'vue'
import type { Client } from '../../src-main/contract/api.ts'
import type { Bridge } from '../../src-main/contract/bridge.ts'
import { bridgeClient } from './bridge.ts'
import { webClient } from './web.ts'

/**
 * connecting: the first attempt. open: events arrive. lost: trying again by itself. denied: not signed in; the page must be opened
 * by the address that the server printed.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'denied'

export interface PageClient extends Client {
  /** Vue ref; read only. */
  readonly connection: Readonly<ShallowRef<ConnectionState>>
  /** Called when events flow again after a gap: load everything anew. Returns its unsubscriber. */
  onReconnect(listener: () => void): () => void
  /** These runs are drawn now, no others: their points come as `run.metrics`, a few per curve and time. */
  watch(ids: readonly string[]): void
  /** Tries to connect at once instead of at the next attempt. */
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
