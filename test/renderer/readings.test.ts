// Readings in progress: a call is listed once it takes longer than a moment, tells its share, and can be cancelled.
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { setClient } from '@/state/connection.ts'
import { useReadings } from '@/state/readings.ts'
import ReadingBar from '@/ui/frame/ReadingBar.vue'
import { fakeClient, type FakeClient } from './fakeClient.ts'

let client: FakeClient
let pinia: ReturnType<typeof createPinia>
beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia((pinia = createPinia()))
  setClient((client = fakeClient({ runs: 5, delay: 5000 })))
})
afterEach(() => void vi.useRealTimers())

const bar = () => {
  const page = createSSRApp({ render: () => h(TooltipProvider, () => h(ReadingBar)) }).use(pinia)
  return renderToString(page)
}

it('lists a long call with its share until it is answered', async () => {
  const readings = useReadings()
  const id = [...client.rows.keys()][0]!
  const answer = readings.call('inspect.text', { id, text: 'abc' })
  expect(readings.listed.size).toBe(0)
  await vi.advanceTimersByTimeAsync(1000)
  const { job } = client.calls[0]!.input as { job: string }
  expect([...readings.listed.keys()]).toEqual([job])
  client.emit('inspect.progress', { job: 'another01', done: 9, total: 10 })
  client.emit('inspect.progress', { job, done: 430, total: 1000 })
  const html = await bar()
  expect(html).toContain('43 %')
  expect(html).toContain('Cancel')
  expect(html).not.toContain('90 %')
  await vi.advanceTimersByTimeAsync(5000)
  expect((await answer).tokens).toEqual(['a', 'b', 'c'])
  expect(readings.listed.size).toBe(0)
  expect(await bar()).not.toContain('Cancel')
})

it('cancels a call by its job', async () => {
  const readings = useReadings()
  const id = [...client.rows.keys()][0]!
  void readings.call('inspect.text', { id, text: 'abc' })
  await vi.advanceTimersByTimeAsync(1000)
  const [job] = readings.listed.keys()
  void readings.cancel(job!)
  expect(client.calls.at(-1)).toEqual({ name: 'inspect.cancel', input: { job } })
  await vi.advanceTimersByTimeAsync(10_000)
})
