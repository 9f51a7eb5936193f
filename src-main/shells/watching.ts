// Who watches which run, so that the app is asked once per run however many pages draw it.
import type { Events } from '../contract/events.ts'
import type { RunId } from '../contract/run.ts'
import type { App } from './appInterface.ts'

interface Watched<Page> {
  pages: Set<Page>
  stop: () => void
}

/** `tell` gets the points of a run and who watches it. */
export function createWatching<Page>(
  app: Pick<App, 'watch'>,
  tell: (pages: Iterable<Page>, data: Events['run.metrics']) => void,
) {
  const runs = new Map<RunId, Watched<Page>>()

  function add(id: RunId, page: Page): void {
    const known = runs.get(id)
    if (known) return void known.pages.add(page)
    const pages = new Set([page])
    runs.set(id, { pages, stop: app.watch(id, (chunks) => tell(pages, { id, chunks })) })
  }

  return {
    /** These are the runs that `page` draws now. */
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
