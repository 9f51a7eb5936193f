// Where the reader stands after a change of the address, with a router that needs no browser.
import { expect, it } from 'vitest'
import { createMemoryHistory, createRouter, type RouteLocationRaw } from 'vue-router'
import { keepScroll } from '@/ui/scroll.ts'

async function page() {
  const view = { scrollTop: 0 }
  const routes = ['launch', 'run', 'runs'].map((name) => ({ name, path: `/${name}/:id?`, component: {} }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  keepScroll(router, () => view)
  const settled = () => new Promise((done) => setTimeout(done, 5))
  const go = async (to: RouteLocationRaw) => (await router.push(to), await settled())
  const step = async (delta: number) => (router.go(delta), await settled())
  await go('/runs')
  return { view, go, step }
}

it('shows another run from its top, and the first one where it was left after Back', async () => {
  const { view, go, step } = await page()
  await go('/run/a')
  view.scrollTop = 700
  await go('/run/b')
  expect(view.scrollTop).toBe(0)
  view.scrollTop = 90
  await step(-1)
  expect(view.scrollTop).toBe(700)
  await step(1)
  expect(view.scrollTop).toBe(90)
  await go('/run/a')
  expect(view.scrollTop).toBe(0)
})

it('stays where it is while only a setting of the view changes; a launch form filled anew begins at the top', async () => {
  const { view, go } = await page()
  await go('/run/a')
  view.scrollTop = 300
  await go('/run/a?smoothing=1')
  expect(view.scrollTop).toBe(300)
  await go('/launch')
  view.scrollTop = 500
  await go('/launch?from=a')
  expect(view.scrollTop).toBe(0)
})
