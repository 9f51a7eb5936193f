// Records of the gradient through time: exact, in order, thinned evenly, cut on resume, gone with their run; damaged ones are left out.
import { describe, expect, it } from 'vitest'
import type { GradientRecord } from '../../src-main/contract/gradients.ts'
import { maxFlows } from '../../src-main/store/flows.ts'
import { openStore } from '../../src-main/store/store.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { freshFolder } from './folder.ts'

const id = '0'.repeat(26)

async function storeWithRun() {
  const store = openStore(freshFolder(), readStored)
  await store.write(() => store.runs.insert({ id, name: 'a', status: 'queued', created_at: 1, config: '{}' }))
  return store
}

const point = (step: number, steps = 3): GradientRecord => ({
  step,
  stride: 1,
  layers: ['layers.0', 'layers.0.reverse'].map((layer, l) => ({
    layer,
    norms: Float64Array.from({ length: steps }, (_, t) => step + t + l / 10),
    last: Float64Array.from({ length: steps }, (_, t) => 10 ** -t),
  })),
  radii: [{ name: 'layers.0.w_hh.f', value: 1 / 3 }],
})

describe('flows', () => {
  it('brings every number back exactly, also after the store was closed', async () => {
    const store = await storeWithRun()
    const odd = point(7)
    odd.layers[0]!.norms = Float64Array.of(NaN, Infinity, -0)
    odd.layers[0]!.last = Float64Array.of(5e-324, 0, 0.1)
    odd.radii.push({ name: 'b', value: NaN })
    await store.write(() => store.flows.add(id, odd))
    await store.close()
    const again = openStore(store.folder, readStored)
    expect(again.flows.read(id)).toEqual([odd])
    expect(Object.is(again.flows.read(id)[0]!.layers[0]!.norms[2], -0)).toBe(true)
    await again.close()
  })

  it('reads in order of steps, the newest few, and those after a step', async () => {
    const store = await storeWithRun()
    await store.write(() => [500, 0, 1000].forEach((step) => store.flows.add(id, point(step))))
    const steps = (how?: Parameters<typeof store.flows.read>[1]) =>
      store.flows.read(id, how).map((p) => p.step)
    expect(steps()).toEqual([0, 500, 1000])
    expect(steps({ last: 2 })).toEqual([500, 1000])
    expect(steps({ after: 0 })).toEqual([500, 1000])
    expect(store.flows.read('1'.repeat(26))).toEqual([])
    await store.close()
  })

  it('keeps the first, the last and an even choice between, however long the run', async () => {
    const store = await storeWithRun()
    await store.write(() => {
      for (let step = 0; step <= 2000; step++) store.flows.add(id, point(step))
    })
    const steps = store.flows.read(id).map((p) => p.step)
    expect(steps).toHaveLength(maxFlows)
    expect([steps[0], steps.at(-1)]).toEqual([0, 2000])
    const gaps = steps.slice(1).map((step, i) => step - steps[i]!)
    // 7.8 on average.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(16)
    await store.close()
  })

  it('drops what lies after a step, and everything with its run', async () => {
    const store = await storeWithRun()
    await store.write(() => [0, 500, 1000].forEach((step) => store.flows.add(id, point(step))))
    await store.write(() => store.flows.truncate(id, 500))
    expect(store.flows.read(id).map((p) => p.step)).toEqual([0, 500])
    await store.write(() => store.flows.truncate(id, -1))
    expect(store.flows.read(id)).toEqual([])
    await store.write(() => store.flows.add(id, point(3)))
    await store.write(() => store.runs.purge(id))
    expect(store.database.prepare('SELECT count(*) FROM flows').pluck().get()).toBe(0)
    await store.close()
  })

  it('leaves a record out whose numbers do not fit its layout', async () => {
    const store = await storeWithRun()
    await store.write(() => [1, 2].forEach((step) => store.flows.add(id, point(step))))
    await store.write(() =>
      store.database.prepare('UPDATE flows SET numbers = ? WHERE step = 1').run(Buffer.alloc(7)),
    )
    expect(store.flows.read(id).map((p) => p.step)).toEqual([2])
    await store.close()
  })
})
