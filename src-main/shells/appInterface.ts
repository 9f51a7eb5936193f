// The interface of the app for the shells. Shells take it as an argument and make no decisions.
import type { CommandName, Input, Output } from '../contract/api.ts'
import type { CallOptions } from '../contract/checkCall.ts'
import type { EventName, Events } from '../contract/events.ts'
import type { MetricChunk, RunId } from '../contract/run.ts'

export interface App {
  /** Validates the input and runs the command; throws UnrollError. `local` permits commands that take file paths. */
  call<K extends CommandName>(name: K, input: Input<K>, options?: CallOptions): Promise<Output<K>>
  /** As `call`, with the answer as a message of `wire.ts`, encoded in a reader's thread if it may be large. */
  wire(name: CommandName, input: unknown): Promise<string | Uint8Array>
  /** Subscribes to thinned points of a run; the returned function unsubscribes. */
  watch(id: RunId, listener: (chunks: MetricChunk[]) => void): () => void
  /** Subscribes to an event; the returned function unsubscribes. */
  on<E extends EventName>(name: E, listener: (event: Events[E]) => void): () => void
  /** Checkpoints active runs and closes the store. */
  close(): Promise<void>
}

export type CreateApp = (options: { dataDir: string }) => App | Promise<App>
