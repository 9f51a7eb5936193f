// The app's event emitter: listeners by event name. An error of a listener is logged and does not reach other listeners.
import type { EventName, Events } from '../contract/events.ts'

type Listener<E extends EventName> = (event: Events[E]) => void

/** Returns `emit`, and `on`, which returns a function to unsubscribe. `onChange` is called when a name gets its first or loses its last listener. */
export function emitter(onChange: (name: EventName) => void = () => undefined) {
  const listeners = new Map<EventName, Set<Listener<EventName>>>()
  return {
    hasListeners: (name: EventName): boolean => (listeners.get(name)?.size ?? 0) > 0,
    on<E extends EventName>(name: E, listener: Listener<E>): () => void {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      const own = (event: Events[EventName]) => listener(event as Events[E])
      set.add(own)
      if (set.size === 1) onChange(name)
      return () => {
        if (set.delete(own) && set.size === 0) onChange(name)
      }
    },
    emit<E extends EventName>(name: E, event: Events[E]): void {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(event)
        } catch (error) {
          console.error(`listener of ${name}:`, error)
        }
      }
    },
  }
}
