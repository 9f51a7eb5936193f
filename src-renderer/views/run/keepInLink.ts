// Keeps what a view of one run is set to in the page's address, so that a link leads to the same.
import { onScopeDispose, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The link follows this long after the last change: browsers refuse hundreds of changes a minute. */
const calm = 300

type Query = Record<string, string>

/**
 * Replaces the address of the view of run `id` once `state` has rested, and stops with the component. With `stateOf` the state follows a link
 * within the view, and Back.
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
        // A change of its own comes back as it was written.
        if (JSON.stringify(queryOf(found)) !== written) Object.assign(state, found)
      },
    )
  onScopeDispose(() => clearTimeout(timer))
}
