// Keeps settings in the page's address, so that a link leads to the same settings.
import { onScopeDispose, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

const calm = 300

/** Replaces the address of run `id`'s page once the settings have rested for `calm` milliseconds; stops with the component. */
export function keepInLink<S extends object>(
  id: string,
  settings: S,
  queryOf: (settings: S) => Record<string, string>,
): void {
  // prettier-ignore
  const route = useRoute()
  const router = useRouter()
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(settings, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (route.name === 'sample' && route.params['id'] === id)
        void router.replace({ name: 'sample', params: { id }, query: queryOf(settings) })
    }, calm)
  })
  onScopeDispose(() => clearTimeout(timer))
}
