// The interface between the window's preload script and its page: three functions and plain data. Errors cross as values, because the
// bridge keeps only an Error's message.
import type { CommandName } from './api.ts'
import type { ErrorValue } from './errors.ts'
import type { EventName } from './events.ts'

export type Reply = { ok: true; value: unknown } | { ok: false; error: ErrorValue }

/** `window.unroll`. */
export interface Bridge {
  call(name: CommandName, input: unknown): Promise<Reply>
  on(name: EventName, listener: (event: unknown) => void): () => void
  /** Replaces the watched runs: their points arrive as `run.metrics`. */
  watch(ids: string[]): void
}

/** The channels between page and main process. */
export const channels = { call: 'unroll:call', event: 'unroll:event', watch: 'unroll:watch' } as const
