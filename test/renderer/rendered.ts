// A component as HTML text, without a browser: what it shows first, with the stores it reads.
import { createPinia, setActivePinia } from 'pinia'
import { createSSRApp, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory, createRouter } from 'vue-router'

// What the theme asks of a window and writes on its page.
Object.assign(globalThis, {
  matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
  document: { documentElement: { dataset: {}, style: { setProperty: () => undefined } } },
})

const names = ['runs', 'run', 'neurons', 'analyses', 'sample', 'try', 'program', 'compare', 'launch', 'data']
const routes = names.map((name) => ({ name, path: `/${name}/:id?`, component: { render: () => null } }))

interface Surroundings {
  /** Fills the stores. */
  before?: () => void
  /** The page's address. */
  at?: string
}

export async function rendered(
  component: Component,
  props: Record<string, unknown>,
  { before, at = '/runs' }: Surroundings = {},
): Promise<string> {
  const app = createSSRApp(component, props)
  const router = createRouter({ history: createMemoryHistory(), routes })
  const pinia = createPinia()
  setActivePinia(pinia)
  before?.()
  await router.push(at)
  return renderToString(app.use(pinia).use(router))
}
