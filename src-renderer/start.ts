// Mounts the page with a client: stores, router, frame. main.ts passes the real client, tests a stand-in.
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import type { PageClient } from './client/index.ts'
import { makeRouter } from './router.ts'
import { useCatalog } from './state/catalog.ts'
import { useClaims } from './state/claims.ts'
import { setClient } from './state/connection.ts'
import { useDatasets } from './state/datasets.ts'
import { useMetrics } from './state/metrics.ts'
import { useNotices } from './state/notices.ts'
import { useRuns } from './state/runs.ts'
import { tellRunEnds } from './state/runEnds.ts'
import { useTheme } from './state/theme.ts'
import { keepScroll } from './ui/scroll.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/tables.css'

export function startPage(client: PageClient, at: string | Element = '#app') {
  setClient(client)
  const app = createApp(App)
  app.use(createPinia())
  useTheme()
  const [runs, metrics, datasets, catalog, notices, claims] = [
    useRuns(),
    useMetrics(),
    useDatasets(),
    useCatalog(),
    useNotices(),
    useClaims(),
  ]
  for (const store of [runs, metrics, datasets, notices, claims]) store.listen()
  const router = makeRouter()
  tellRunEnds((id) => void router.push({ name: 'run', params: { id } }))
  const loadAll = () => void Promise.all([runs.load(), datasets.load(), catalog.load(), metrics.refresh()])
  client.onReconnect(loadAll)
  loadAll()

  keepScroll(router, () => document.querySelector('main .view, main [data-scroll]'))
  router.afterEach((to) => {
    const id = to.params['id']
    if (to.name !== 'data' && typeof id === 'string' && id) runs.current = id
  })
  app.use(router)
  app.config.errorHandler = (error) => {
    console.error(error)
    notices.error(error)
  }
  app.mount(at)
  return { app, router }
}
