// An emitter of the app's events. An exception in one listener does not stop the others.
import type { EventName, Events } from '../../src-main/contract/events.ts'

export interface Listeners {
  on<E extends EventName>(name: E, listener: (event: Events[E]) => void): () => void
  emit(name: string, event: unknown): void
}

export function createListeners(): Listeners {
  const sets = new Map<string, Set<(event: never) => void>>()
  return {
    on(name, listener) {
      const set = sets.get(name) ?? new Set()
      sets.set(name, set)
      // A wrapper per subscription, so that a function subscribed twice can be unsubscribed once.
      const entry = (event: never) => listener(event)
      set.add(entry)
      return () => void set.delete(entry)
    },
    emit(name, event) {
      for (const listener of [...(sets.get(name) ?? [])]) {
        try {
          listener(event as never)
        } catch (error) {
          console.error(error)
        }
      }
    },
  }
}
