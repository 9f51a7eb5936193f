// A component as HTML text, without a browser: what it shows first, with the stores it reads.
import { createPinia } from 'pinia'
import { createSSRApp, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory, createRouter } from 'vue-router'

const names = ['runs', 'run', 'neurons', 'sample', 'program', 'compare', 'launch', 'data']
const routes = names.map((name) => ({ name, path: `/${name}/:id?`, component: { render: () => null } }))

export async function rendered(component: Component, props: Record<string, unknown>): Promise<string> {
  const app = createSSRApp(component, props)
  const router = createRouter({ history: createMemoryHistory(), routes })
  return renderToString(app.use(createPinia()).use(router))
}
