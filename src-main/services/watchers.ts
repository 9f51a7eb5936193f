// Who draws which run: pages get a few points per curve and time, of the runs that they show alone.
import type { MetricChunk, RunId } from '../contract/run.ts'

export type PointListener = (chunks: MetricChunk[]) => void
export type Watchers = ReturnType<typeof watchers>

/** `changed` is called when the runs that are watched are others. */
export function watchers(changed: () => void) {
  const listeners = new Map<RunId, Set<PointListener>>()
  return {
    /** Listens to the thinned points of a run until the returned function is called. */
    watch(id: RunId, listener: PointListener): () => void {
      const own: PointListener = (chunks) => listener(chunks)
      const set = listeners.get(id) ?? new Set()
      listeners.set(id, set.add(own))
      if (set.size === 1) changed()
      return () => {
        if (!set.delete(own) || set.size > 0) return
        listeners.delete(id)
        changed()
      }
    },
    watched: (): RunId[] => [...listeners.keys()],
    has: (id: RunId): boolean => listeners.has(id),
    tell: (id: RunId, chunks: MetricChunk[]) => listeners.get(id)?.forEach((listener) => listener(chunks)),
  }
}
