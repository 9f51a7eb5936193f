import { expect, it } from 'vitest'
import InspectBar from '@/views/neurons/InspectBar.vue'
import { start } from '@/views/neurons/inspection.ts'
import SignalFields from '@/views/neurons/SignalFields.vue'
import { fakeRun } from '../../standIn/data.ts'
import { rendered } from '../rendered.ts'

it.each([
  [{ layers: '8/6/4' }, 3],
  [{ layers: 2 }, 2],
])('offers the layers of %j', async (model, layers) => {
  const run = fakeRun(1, 1e12)
  const config = { ...run.config, model: { ...run.config.model, ...model } }
  const html = await rendered(InspectBar, {
    run: { ...run, config },
    signals: [],
    signal: '',
    checkpoints: [],
    read: 0,
    inspection: start,
  })
  const field = /Layer<[\s\S]*?<\/select>/.exec(html)?.[0] ?? ''
  expect(field.match(/<option/g)?.length ?? 1).toBe(layers)
})

it('chooses layer, direction, signal and checkpoint with the same fields on images', async () => {
  const run = fakeRun(1, 1e12)
  const config = { ...run.config, model: { ...run.config.model, layers: '8/6' } }
  const signals = [{ id: 'f_up', title: 'forget gate, above' }]
  const shared = { run: { ...run, config }, signals, checkpoints: [], layer: 0, signal: 'f_up', step: null }
  const labels = (html: string) => [...html.matchAll(/<label[^>]*>([^<]*)/g)].map((found) => found[1]!.trim())
  const onImage = await rendered(SignalFields, { ...shared, directions: ['down-right', 'down-left'] })
  expect(labels(onImage)).toEqual(['Layer', 'Direction', 'Signal', 'Checkpoint'])
  expect(onImage).toContain('f_up · forget gate, above')
  expect(labels(await rendered(SignalFields, shared))).toEqual(['Layer', 'Signal', 'Checkpoint'])
})
