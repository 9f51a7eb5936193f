// Which pages watch which run, so that the app is subscribed to once per run.
import type { Events } from '../contract/events.ts'
import type { RunId } from '../contract/run.ts'
import type { App } from './appInterface.ts'

interface Watched<Page> {
  pages: Set<Page>
  stop: () => void
}

/** `send` gets the points of a run and the pages that watch it. */
export function createWatching<Page>(
  app: Pick<App, 'watch'>,
  send: (pages: Iterable<Page>, data: Events['run.metrics']) => void,
) {
  const runs = new Map<RunId, Watched<Page>>()

  function add(id: RunId, page: Page): void {
    const known = runs.get(id)
    if (known) return void known.pages.add(page)
    const pages = new Set([page])
    runs.set(id, { pages, stop: app.watch(id, (chunks) => send(pages, { id, chunks })) })
  }

  return {
    /** Replaces the runs that `page` watches. */
    set(page: Page, wanted: readonly RunId[]): void {
      const now = new Set(wanted)
      for (const [id, { pages, stop }] of runs) {
        if (now.has(id) || !pages.delete(page) || pages.size > 0) continue
        runs.delete(id)
        stop()
      }
      for (const id of now) add(id, page)
    },
    close(): void {
      for (const { stop } of runs.values()) stop()
      runs.clear()
    },
  }
}
