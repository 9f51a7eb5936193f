// Stores the settings of a view of one run in the query of the address.
import { onScopeDispose, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Debounce in milliseconds: browsers reject hundreds of history changes per minute. */
const calm = 300

type Query = Record<string, string>

/**
 * Replaces the query of the view of run `id` after `state` has changed, until the component is unmounted. With `stateOf` the state follows
 * links within the view, and Back.
 */
export function keepInLink<S extends object>(
  view: string,
  id: string,
  state: S,
  queryOf: (state: S) => Query,
  stateOf?: (query: Record<string, unknown>) => S,
): void {
  const route = useRoute()
  const router = useRouter()
  const isHere = () => route.name === view && route.params['id'] === id
  let written = JSON.stringify(queryOf(state))
  let timer: ReturnType<typeof setTimeout> | undefined
  // A link that is followed before a change is stored goes first: storing it now would end the navigation.
  const ignoreLinks = router.beforeEach(() => clearTimeout(timer))
  watch(state, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!isHere()) return
      const query = queryOf(state)
      written = JSON.stringify(query)
      void router.replace({ name: view, params: { id }, query })
    }, calm)
  })
  if (stateOf)
    watch(
      () => route.query,
      (query) => {
        if (!isHere()) return
        const found = stateOf(query)
        const linked = JSON.stringify(queryOf(found))
        // A change made here comes back unchanged.
        if (linked === written) return
        written = linked
        Object.assign(state, found)
      },
    )
  onScopeDispose(() => {
    clearTimeout(timer)
    ignoreLinks()
  })
}
