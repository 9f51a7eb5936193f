// Scroll position of a view: the top for a new subject, the previous position after Back and Forward.
import { nextTick } from 'vue'
import type { RouteLocationNormalized, Router } from 'vue-router'

/** The scrolling element of the open view: that of class `view`, or that with the attribute data-scroll. */
export interface ScrollBox {
  scrollTop: number
}

/** Milliseconds to wait for a view to grow to the height of the position to restore. */
const patience = 1500

/** The subject of an address: route and parameters; the query only for the launch form, whose content it determines. */
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
      // The reader has scrolled or navigated meanwhile.
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
