// Which pages show the curves of which runs: only for these runs thinned points are sent.
import type { MetricChunk, RunId } from '../contract/run.ts'

export type PointListener = (chunks: MetricChunk[]) => void
export type Watchers = ReturnType<typeof watchers>

/** `onChange` is called when the set of watched runs changes. */
export function watchers(onChange: () => void) {
  const listeners = new Map<RunId, Set<PointListener>>()
  return {
    /** Subscribes to the thinned points of a run; the returned function unsubscribes. */
    watch(id: RunId, listener: PointListener): () => void {
      const own: PointListener = (chunks) => listener(chunks)
      const set = listeners.get(id) ?? new Set()
      listeners.set(id, set.add(own))
      if (set.size === 1) onChange()
      return () => {
        if (!set.delete(own) || set.size > 0) return
        listeners.delete(id)
        onChange()
      }
    },
    watched: (): RunId[] => [...listeners.keys()],
    has: (id: RunId): boolean => listeners.has(id),
    send: (id: RunId, chunks: MetricChunk[]) => listeners.get(id)?.forEach((listener) => listener(chunks)),
  }
}
