// What a door needs of the app behind it. Doors take it as an argument and decide nothing themselves.
import type { CommandName, Input, Output } from '../contract/api.ts'
import type { CallOptions } from '../contract/checkCall.ts'
import type { EventName, Events } from '../contract/events.ts'
import type { MetricChunk, RunId } from '../contract/run.ts'

export interface App {
  /** Checks the input and runs the command; throws UnrollError. `local` lets in commands that take file paths. */
  call<K extends CommandName>(name: K, input: Input<K>, options?: CallOptions): Promise<Output<K>>
  /** As `call`; the answer comes as a message of `wire.ts`, so that a long one costs this thread nothing. */
  wire(name: CommandName, input: unknown): Promise<string | Uint8Array>
  /** Thinned points of a run, a few times a second, until the returned function is called. */
  watch(id: RunId, listener: (chunks: MetricChunk[]) => void): () => void
  /** Listens until the returned function is called. */
  on<E extends EventName>(name: E, listener: (event: Events[E]) => void): () => void
  /** Checkpoints what is running and closes the store. */
  close(): Promise<void>
}

export type CreateApp = (options: { dataDir: string }) => App | Promise<App>
