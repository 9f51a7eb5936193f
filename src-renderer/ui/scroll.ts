// Where a view is scrolled to: at the top when the address leads to another thing, where the reader was after Back and Forward.
import { nextTick } from 'vue'
import type { RouteLocationNormalized, Router } from 'vue-router'

/** What is scrolled: of the window's views the element of class `view`, else the one marked by data-scroll. */
export interface ScrollBox {
  scrollTop: number
}

/** Milliseconds for which a view may still grow until it reaches down to the place that is to be restored. */
const patience = 1500

/** The thing that an address is about. Settings of a view in its query do not make another one, but a launch form filled otherwise does. */
const thingOf = (route: RouteLocationNormalized): string =>
  route.name === 'launch' ? route.fullPath : `${String(route.name)} ${String(route.params['id'] ?? '')}`

export function keepScroll(router: Router, box: () => ScrollBox | null): void {
  const places = new Map<string, number>()
  let wentBack = false
  let turn = 0
  router.options.history.listen((_to, _from, { delta }) => (wentBack = delta !== 0))
  router.beforeEach((_to, from) => {
    const left = box()
    if (left) places.set(from.fullPath, left.scrollTop)
  })
  router.afterEach(async (to, from, failure) => {
    const back = wentBack
    wentBack = false
    if (failure || thingOf(to) === thingOf(from)) return
    const mine = ++turn
    const wanted = back ? (places.get(to.fullPath) ?? 0) : 0
    const until = Date.now() + patience
    let reached = -1
    do {
      await nextTick()
      const now = box()
      // The reader has scrolled meanwhile, or went on.
      if (mine !== turn || (now && reached >= 0 && now.scrollTop !== reached)) return
      if (now) {
        now.scrollTop = wanted
        reached = now.scrollTop
      }
      if (reached === wanted) return
      await new Promise((done) => setTimeout(done, 30))
    } while (Date.now() < until)
  })
}
