// Who listens to which event. One faulty listener does not keep the others from hearing.
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
      // A wrapper of its own, so that the same function may listen twice and leave once.
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
