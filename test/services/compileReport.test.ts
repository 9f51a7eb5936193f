// Programs explained by the app: of a run, of a configuration, without the text, through every door; and what a measurement says.
import { describe, expect, it } from 'vitest'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import { transports } from '../contract/transports.ts'
import { hasStatus, openRealApp, sharedRealApp } from './apps.ts'

const config: RunConfigInput = {
  seed: 1,
  model: { cell: 'gru', hidden: 8, embedding: 4 },
  train: { steps: 2, window: 8, batch: 4 },
  logging: { evalEvery: 0, sampleEvery: 0 },
}

describe('a program', () => {
  const app = sharedRealApp()

  it(
    'of a run is that of its configuration, with the memory that the run took',
    { timeout: 60_000 },
    async () => {
      const { id } = await app().call('runs.launch', { config })
      await hasStatus(app(), id, 'finished')
      const graph = await app().call('runs.graph', { id })
      expect(graph).toEqual(await app().call('config.graph', { config }))
      const { record } = await app().call('runs.get', { id })
      const { bytes, others, whole } = graph.memory
      expect(others.reduce((n, o) => n + o.held, bytes)).toBe(whole)
      expect(whole).toBe(record.memoryBytes)
      const { memory, memoryBytes } = await app().call('config.plan', { config })
      expect(memory.programs + memory.scratch + memory.data).toBe(memoryBytes)
      expect(memoryBytes).toBe(whole)
      expect(graph.steps).toMatchObject([{ name: 'layers.0', steps: 8 }])
    },
  )

  it.each<[string, RunConfigInput, string]>([
    ['an unknown cell', { model: { cell: 'grv' } }, 'E_CONFIG_UNKNOWN'],
    ['a text that is not there', { data: { kind: 'text', dataset: 'nowhere' } }, 'E_NOT_FOUND'],
    ['a rule that does not fit', { train: { bptt: 'full' } }, 'E_CONFIG_DATA'],
    ['a negative size', { model: { hidden: -1 } }, 'E_CONFIG_RANGE'],
  ])('of %s is refused as a launch would be', async (_, given, code) => {
    await expect(app().call('config.graph', { config: given })).rejects.toMatchObject({ code })
    await expect(app().call('config.plan', { config: given })).rejects.toMatchObject({ code })
  })

  it.each(transports)('comes through the %s door whole', async (_, open) => {
    const transport = await open(app())
    const graph = await transport.client.call('config.graph', { config })
    expect(graph).toEqual(await app().call('config.graph', { config }))
    await expect(transport.client.call('runs.graph', { id: '0'.repeat(26) })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
    await transport.close()
  })

  it('needs no text where a checkpoint knows the vocabulary', async () => {
    const bytes = new TextEncoder().encode('The carpenter walks on the deck; so they say.\n'.repeat(60))
    const { id: dataset } = await app().call('data.import', { name: 'deck.txt', bytes })
    const own = { ...config, data: { kind: 'text', dataset } } as RunConfigInput
    const { id } = await app().call('runs.launch', { config: own })
    await hasStatus(app(), id, 'finished')
    const weights = await app().call('runs.export', { id, what: 'weights' })
    const other = await openRealApp()
    const { run } = await other.call('runs.import', { name: weights.filename, bytes: weights.bytes })
    const [here, there] = await Promise.all([
      app().call('runs.graph', { id }),
      other.call('runs.graph', { id: run.id }),
    ])
    expect(there.memory.bytes).toBe(here.memory.bytes)
    expect(there.program).toEqual(here.program)
  })
})

describe('a measurement', () => {
  const app = sharedRealApp()

  it('tells the step, the machine and every call, and runs alone', async () => {
    const asked = app().call('app.bench', { config, symbols: 12, seconds: 0.1, profile: true })
    await expect(app().call('app.bench', { config, seconds: 0.1 })).rejects.toMatchObject({ code: 'E_BUSY' })
    const report = await asked
    expect(report.symbolsPerStep).toBe(32)
    expect(report.seconds.fastest).toBeGreaterThan(0)
    expect(report.seconds.median).toBeGreaterThanOrEqual(report.seconds.fastest)
    expect(report.calls.reduce((n, c) => n + c.share, 0)).toBeCloseTo(1)
    expect(report.calls.reduce((n, c) => n + c.flops, 0)).toBeCloseTo(report.work.flops)
    expect(report.calls.map((c) => c.seconds)).toEqual(
      report.calls.map((c) => c.seconds).toSorted((a, b) => b - a),
    )
    if (report.peak) {
      expect(report.peak.flops).toBeGreaterThan(1e8)
      expect(report.peak.bandwidth).toBeGreaterThan(1e7)
      for (const c of report.calls) {
        expect(c.roof).toBe(Math.max(c.flops / report.peak.flops, c.bytes / report.peak.bandwidth))
        if (c.roof > 0) expect(c.distance).toBeCloseTo(c.seconds / c.roof)
      }
    }
    const short = await app().call('app.bench', { config, seconds: 0.1 })
    expect(short.calls).toEqual([])
  })

  it('measures tasks that bring their own data', async () => {
    const sums = {
      ...config,
      data: { kind: 'addition' },
      train: { ...config.train, bptt: 'full' },
    } as RunConfigInput
    const report = await app().call('app.bench', { config: sums, seconds: 0.1 })
    expect(report.steps).toBeGreaterThan(4)
    expect(report.work.products).toBeGreaterThan(0)
  })

  it('refuses what would not fit', async () => {
    const huge = { ...config, model: { hidden: 16384, layers: 8 } }
    await expect(app().call('app.bench', { config: huge, seconds: 0.1 })).rejects.toMatchObject({
      code: 'E_MODEL_TOO_LARGE',
    })
  })
})
