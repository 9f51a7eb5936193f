import { expect, it } from 'vitest'
import LookBar from '@/views/neurons/LookBar.vue'
import { start } from '@/views/neurons/look.ts'
import { fakeRun } from '../fakeData.ts'
import { rendered } from '../rendered.ts'

it.each([
  [{ sizes: '8/6/4' }, 3],
  [{ sizes: '', layers: 2 }, 2],
  [{ sizes: '9', layers: 4 }, 1],
])('offers the layers of %j', async (model, layers) => {
  const run = fakeRun(1, 1e12)
  const config = { ...run.config, model: { ...run.config.model, ...model } }
  const html = await rendered(LookBar, { run: { ...run, config }, signals: [], signal: '', checkpoints: [], read: 0, look: start }) // prettier-ignore
  const field = /Layer<[\s\S]*?<\/select>/.exec(html)?.[0] ?? ''
  expect(field.match(/<option/g)?.length ?? 1).toBe(layers)
})
