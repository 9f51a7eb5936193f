// Tells the app's thread of stored points: every one where somebody asked for that, and for pages a few per curve, gathered over a short
// time, of the runs that they show alone.
import type { MetricChunk, RunId } from '../contract/run.ts'
import { joined, thin, type Points } from '../contract/thin.ts'
import type { RunNews } from './storeProtocol.ts'

/** Milliseconds over which points are gathered for pages. */
const gatherMs = 100
const bucketsPerTell = 2

interface Gathered {
  parts: Points[]
  total: number
}

/** `tell` gets what is to be told. */
export function pointTeller(tell: (run: RunId, news: RunNews) => void) {
  let every = false
  let shown = new Set<RunId>()
  const gathered = new Map<RunId, Map<string, Gathered>>()
  let timer: NodeJS.Timeout | undefined

  function flush(run: RunId): void {
    const curves = gathered.get(run)
    if (!curves) return
    gathered.delete(run)
    const chunks = [...curves].map(([name, { parts, total }]) => {
      return { name, ...thin(joined(parts), bucketsPerTell), total }
    })
    if (shown.has(run)) tell(run, { kind: 'thinned', chunks })
  }

  function flushAll(): void {
    timer = undefined
    for (const run of [...gathered.keys()]) flush(run)
  }

  return {
    listen(wantsEvery: boolean, wanted: readonly RunId[]): void {
      every = wantsEvery
      shown = new Set(wanted)
    },
    /** These points were stored; `totals`: how many each curve has now. */
    stored(run: RunId, chunks: readonly MetricChunk[], totals: ReadonlyMap<string, number>): void {
      if (chunks.length === 0) return
      if (every) tell(run, { kind: 'points', chunks: [...chunks] })
      if (!shown.has(run)) return
      const curves = gathered.get(run) ?? new Map<string, Gathered>()
      gathered.set(run, curves)
      for (const { name, ...points } of chunks)
        curves.set(name, {
          parts: [...(curves.get(name)?.parts ?? []), points],
          total: totals.get(name) ?? 0,
        })
      timer ??= setTimeout(flushAll, gatherMs)
    },
    /** Tells at once what was gathered of a run. */
    flush,
  }
}
