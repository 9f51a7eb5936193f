// The dot in the top bar tells the truth: a lost connection is never shown as a healthy engine.
import { shallowRef } from 'vue'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createPinia, setActivePinia } from 'pinia'
import { expect, it } from 'vitest'
import type { ConnectionState } from '@/client/index.ts'
import { useCatalog } from '@/state/catalog.ts'
import { setClient, type StoreClient } from '@/state/connection.ts'
import EngineBadge from '@/ui/frame/EngineBadge.vue'
import { engineState } from '@/ui/frame/engineState.ts'
import { fakeClient } from './fakeClient.ts'

const native = { id: 'native', description: 'native avx2, 1 thread' } as const
const reference = { id: 'reference', description: 'reference, f64' } as const

it('says first whether the server answers, then which engine trains', () => {
  const of = (connection: ConnectionState, engine?: typeof native | typeof reference, writable = true) => {
    const { tone, word } = engineState(connection, engine, writable)
    return `${tone} ${word}`
  }
  expect(of('open', native)).toBe('ok AVX2')
  expect(of('open', native, false)).toBe('warn AVX2')
  expect(of('open', reference)).toBe('warn reference: slow')
  expect(of('open')).toBe('quiet connecting')
  expect(of('connecting', native)).toBe('quiet connecting')
  for (const engine of [native, reference]) {
    expect(of('lost', engine)).toBe('danger reconnecting')
    expect(of('denied', engine)).toBe('danger not signed in')
  }
})

it('follows the connection of the client', async () => {
  const connection = shallowRef<ConnectionState>('open')
  const pinia = createPinia()
  setActivePinia(pinia)
  const client = fakeClient({ runs: 1, live: false, native: true, delay: 0 })
  setClient({ ...client, connection } as StoreClient)
  await useCatalog().load()
  const badge = () => renderToString(createSSRApp({ render: () => h(EngineBadge) }).use(pinia))
  expect(await badge()).toMatch(/class="engine ok"/)
  connection.value = 'lost'
  expect(await badge()).toMatch(/class="engine danger"[^]*reconnecting/)
  connection.value = 'open'
  expect(await badge()).toMatch(/class="engine ok"/)
})
