// A small app with the real contract at its door: inputs are parsed, local commands refused, answers hold what JSON would lose.
import type { CommandName, Output, Parsed } from '../../src-main/contract/api.ts'
import { checkCall } from '../../src-main/contract/checkCall.ts'
import type { EventName, Events } from '../../src-main/contract/events.ts'
import type { MetricChunk } from '../../src-main/contract/run.ts'
import { encodeWire } from '../../src-main/contract/wire.ts'
import type { App } from '../../src-main/shells/appInterface.ts'

export type Handler<K extends CommandName> = (input: Parsed<K>) => Output<K> | Promise<Output<K>>
export type Handlers = { [K in CommandName]?: Handler<K> }

/** For tests of a door: answers of any kind, which it carries whatever the command. */
export type AnyHandlers = { [K in CommandName]?: (input: never) => unknown }
export const anyAnswers = (handlers: AnyHandlers): Handlers => handlers as Handlers

export interface FakeApp extends App {
  calls: { name: CommandName; input: unknown }[]
  emit<E extends EventName>(name: E, event: Events[E]): void
  closed: boolean
  /** Points for those who watch a run; which runs are watched. */
  tellPoints(id: string, chunks: MetricChunk[]): void
  watched(): string[]
  handlers: Handlers
}

/** An app whose commands are `handlers`; what has none answers E_INTERNAL with a message that no client may see. */
export function fakeApp(handlers: Handlers = {}): FakeApp {
  const listeners = new Map<string, Set<(event: never) => void>>()
  const watchers = new Map<string, Set<(chunks: MetricChunk[]) => void>>()
  const app: FakeApp = {
    calls: [],
    closed: false,
    handlers,
    async call(name, input, options = {}) {
      const parsed = checkCall(name, input, options)
      app.calls.push({ name, input: parsed })
      const handler = app.handlers[name] as Handler<typeof name> | undefined
      if (!handler) throw new Error(`no handler for ${name} in /secret/place/of/the/program`)
      return handler(parsed)
    },
    wire: async (name, input) => encodeWire((await app.call(name, input as never)) ?? null),
    watch(id, listener) {
      const set = watchers.get(id) ?? new Set()
      watchers.set(id, set.add(listener))
      return () => set.delete(listener) && set.size === 0 && watchers.delete(id)
    },
    tellPoints: (id, chunks) => watchers.get(id)?.forEach((listener) => listener(chunks)),
    watched: () => [...watchers.keys()],
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener as never))
      return () => void set.delete(listener as never)
    },
    emit(name, event) {
      for (const listener of listeners.get(name) ?? []) listener(event as never)
    },
    async close() {
      app.closed = true
    },
  }
  return app
}
