// Sends stored points to the app's thread: all of them if a listener asks for that; for pages a few per curve, collected over a short
// time, of the runs that they show.
import type { MetricChunk, RunId } from '../contract/run.ts'
import { concatPoints, thin, type Points } from '../contract/thin.ts'
import type { RunNews } from './storeProtocol.ts'

/** Milliseconds over which points for pages are collected. */
const collectMs = 100
const bucketsPerMessage = 2

interface CollectedPoints {
  parts: Points[]
  total: number
}

/** `post` sends a message to the app's thread. */
export function pointPublisher(post: (run: RunId, news: RunNews) => void) {
  let every = false
  let shown = new Set<RunId>()
  const collected = new Map<RunId, Map<string, CollectedPoints>>()
  let timer: NodeJS.Timeout | undefined

  function flush(run: RunId): void {
    const curves = collected.get(run)
    if (!curves) return
    collected.delete(run)
    const chunks = [...curves].map(([name, { parts, total }]) => {
      return { name, ...thin(concatPoints(parts), bucketsPerMessage), total }
    })
    if (shown.has(run)) post(run, { kind: 'thinned', chunks })
  }

  function flushAll(): void {
    timer = undefined
    for (const run of [...collected.keys()]) flush(run)
  }

  return {
    subscribe(wantsEvery: boolean, wanted: readonly RunId[]): void {
      every = wantsEvery
      shown = new Set(wanted)
    },
    /** Reports stored points; `totals`: the number of points of each curve. */
    stored(run: RunId, chunks: readonly MetricChunk[], totals: ReadonlyMap<string, number>): void {
      if (chunks.length === 0) return
      if (every) post(run, { kind: 'points', chunks: [...chunks] })
      if (!shown.has(run)) return
      const curves = collected.get(run) ?? new Map<string, CollectedPoints>()
      collected.set(run, curves)
      for (const { name, ...points } of chunks)
        curves.set(name, {
          parts: [...(curves.get(name)?.parts ?? []), points],
          total: totals.get(name) ?? 0,
        })
      timer ??= setTimeout(flushAll, collectMs)
    },
    /** Sends the collected points of a run at once. */
    flush,
  }
}
