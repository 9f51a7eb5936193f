// Bad-input catalogue, rows 23-30 and 32-33: configurations, with the real engine.
import { describe, expect, it } from 'vitest'
import { openApp, sharedRealApp, rowOf, shortRun } from '../apps.ts'
import { failure } from './failure.ts'

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

describe('configurations', () => {
  const shared = sharedRealApp()
  it.each<[string, unknown, string, RegExp]>([
    ['23: __proto__', JSON.parse('{"__proto__":{"x":1}}'), 'E_CONFIG_KEY', /__proto__/],
    ['23: constructor', { constructor: { prototype: {} } }, 'E_CONFIG_KEY', /constructor/],
    [
      '24: a misspelt key',
      { train: { lerning_rate: 1 } },
      'E_CONFIG_UNKNOWN',
      /train\.lerning_rate: unknown option/,
    ],
    ['24: nearly a key', { train: { step: 1 } }, 'E_CONFIG_UNKNOWN', /did you mean steps/],
    ['24: an unknown cell', { model: { cell: 'lstn' } }, 'E_CONFIG_UNKNOWN', /lstm/],
    ...[0, -1, 1.5, '256', 1e9, 2 ** 53].map((hidden): [string, unknown, string, RegExp] => [
      `25: hidden ${JSON.stringify(hidden)}`,
      { model: { hidden } },
      'E_CONFIG_RANGE',
      /model\.hidden/,
    ]),
    ...[0, -0.1, NaN, '1e-3', Infinity, 1e308].map((lr): [string, unknown, string, RegExp] => [
      `26: lr ${String(lr)}`,
      { optimizer: { lr } },
      'E_CONFIG_RANGE',
      /optimizer\.lr/,
    ]),
    [
      '27: more than there is memory',
      { model: { hidden: 16384, layers: 16 } },
      'E_MODEL_TOO_LARGE',
      /needs .*iB, more than .* (free memory|can use)\./,
    ],
    [
      '28: window longer than the text',
      { data: { kind: 'text', dataset: 'prose' }, train: { batch: 4096, window: 4096 } },
      'E_CONFIG_DATA|E_DATA_SHORT',
      /./,
    ],
    ['30: 1,000 deep', { model: nested(1000) }, 'E_CONFIG_SIZE', /deeper than 64/],
    ['30: 50 MB', { name: 'x'.repeat(50 << 20) }, 'E_CONFIG_SIZE', /1 MB/],
    ['30: a cycle', cyclic, 'E_CONFIG_SIZE', /deep/],
    ['32: 10,000 characters', { name: 'x'.repeat(10_000) }, 'E_NAME', /at most 200/],
    ['32: a line break', { name: 'a\nb' }, 'E_NAME', /line break/],
    ['33: seed -1', { seed: -1 }, 'E_SEED', /seed/],
    ['33: seed 2^64', { seed: 2 ** 64 }, 'E_SEED', /seed/],
    ['33: seed 1.5', { seed: 1.5 }, 'E_SEED', /seed/],
    ['34: of a newer app', { version: 99 }, 'E_CONFIG_VERSION', /Update Unroll/],
    [
      'a text that is not there',
      { data: { kind: 'text', dataset: 'pros' } },
      'E_NOT_FOUND',
      /did you mean prose/,
    ],
    ['no object', [], 'E_CONFIG_RANGE', /object/],
  ])('%s', async (_, config, code, message) => {
    const app = shared()
    for (const name of ['runs.launch', 'config.plan'] as const) {
      const error = await failure(() => app.call(name, { config }))
      expect(error?.code).toMatch(new RegExp(`^(${code})$`))
      expect(error!.message).toMatch(message)
      expect(error!.message.length).toBeLessThan(2000)
    }
    expect((await app.call('runs.list', {})).total).toBe(0)
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it('32: any other name is text, found again, never a path', async () => {
    const app = await openApp()
    for (const name of [
      '  spaces  ',
      'CON',
      'a/b',
      '..',
      '=cmd()',
      '<img src=x onerror=alert(1)>',
      '💥'.repeat(200),
      "Robert'); DROP TABLE runs;--",
    ]) {
      const { id } = await app.call('runs.launch', { config: { ...shortRun({ steps: 1 }), name } })
      expect((await rowOf(app, id)).name).toBe(name.trim())
      expect(
        (await app.call('runs.list', { search: name.trim().toUpperCase() })).runs.map((r) => r.id),
      ).toContain(id)
      expect((await app.call('runs.export', { id, what: 'config' })).filename).toMatch(
        /^[0-9A-Za-z-]+\.json$/,
      )
    }
    const { name } = await app.call('runs.launch', { config: shortRun({ steps: 1 }) })
    expect(name).toBe('lstm 128 on series 1 9')
  })

  it('33: a missing seed is drawn and recorded', async () => {
    const app = await openApp()
    const { seed: _seed, ...config } = shortRun({ steps: 1 })
    const seeds = []
    for (let i = 0; i < 3; i++) seeds.push((await app.call('runs.launch', { config })).config.seed)
    expect(new Set(seeds).size).toBeGreaterThan(1)
    // Five digits: a seed that can be read out and typed.
    for (const seed of seeds) expect(String(seed)).toMatch(/^[1-9]\d{4}$/)
  })
})
