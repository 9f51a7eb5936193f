// What a view of a run is set to and its link follow each other, on texts and on images alike; an answer that comes late changes nothing.
import { createSSRApp, effectScope, nextTick, reactive } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, expect, it, vi } from 'vitest'
import { keepInLink } from '@/views/run/keepInLink.ts'
import * as images from '@/views/neurons/imageInspection.ts'
import * as texts from '@/views/neurons/inspection.ts'
import { useLatest } from '@/views/neurons/useLatest.ts'

afterEach(() => void vi.useRealTimers())

const none = { render: () => null }
async function open<S extends object>(
  queryOf: (state: S) => Record<string, string>,
  stateOf: (query: Record<string, unknown>) => S,
) {
  vi.useFakeTimers()
  const router = createRouter({
    history: createMemoryHistory(),
    routes: ['neurons', 'run'].map((name) => ({ name, path: `/${name}/:id`, component: none })),
  })
  const app = createSSRApp(none).use(router)
  await router.push('/neurons/a')
  const state = reactive(stateOf({})) as S
  const scope = effectScope()
  app.runWithContext(() => scope.run(() => keepInLink('neurons', 'a', state, queryOf, stateOf)))
  const settle = async () => {
    await nextTick()
    await vi.advanceTimersByTimeAsync(500)
  }
  return { router, state, settle }
}

it.each([
  ['text', texts.queryOf, texts.inspectionOf],
  ['image', images.queryOf, images.inspectionOf],
] as const)(
  'the inspection of a run on %s is stored in the link, and follows it',
  async (_, queryOf, inspectionOf) => {
    type State = { layer: number; step: number | null }
    const { router, state, settle } = await open<State>(
      queryOf as (state: State) => Record<string, string>,
      inspectionOf,
    )
    state.layer = 1
    state.step = 40
    await settle()
    expect(router.currentRoute.value.query).toEqual({ layer: '1', step: '40' })
    await router.push('/neurons/a?layer=2')
    await settle()
    expect(state).toMatchObject({ layer: 2, step: null })
    // Another view or run leaves it alone, and its link too.
    await router.push('/run/a?layer=3')
    state.layer = 4
    await settle()
    expect(state.layer).toBe(4)
    expect(router.currentRoute.value.fullPath).toBe('/run/a?layer=3')
  },
)

it('a link that is followed right after another one, and is the one before it, is followed too', async () => {
  const { router, state, settle } = await open(texts.queryOf, texts.inspectionOf)
  await router.push('/neurons/a?layer=1')
  await settle()
  await router.push('/neurons/a?layer=2')
  await nextTick()
  await router.push('/neurons/a?layer=1')
  await settle()
  expect([state.layer, router.currentRoute.value.query['layer']]).toEqual([1, '1'])
})

it('a link that is followed right after a change is followed, though its view is not loaded yet', async () => {
  const { router, state, settle } = await open(texts.queryOf, texts.inspectionOf)
  router.addRoute({
    name: 'slow',
    path: '/slow',
    component: () => new Promise<typeof none>((resolve) => setTimeout(() => resolve(none), 400)),
  })
  state.layer = 2
  await nextTick()
  const followed = router.push('/slow')
  await settle()
  await followed
  expect(router.currentRoute.value.fullPath).toBe('/slow')
})

it('shows the answer to the newest question alone', async () => {
  const waiting: ((value: number | Error) => void)[] = []
  const { answer, failure, loading, read } = useLatest(
    () =>
      new Promise<number>((resolve, reject) =>
        waiting.push((value) => (value instanceof Error ? reject(value) : resolve(value))),
      ),
  )
  const all = [read(), read(), read()]
  waiting[1]!(2)
  waiting[0]!(new Error('late'))
  await nextTick()
  expect([answer.value, failure.value, loading.value]).toEqual([null, null, true])
  waiting[2]!(3)
  await Promise.all(all)
  expect([answer.value, failure.value, loading.value]).toEqual([3, null, false])
})
