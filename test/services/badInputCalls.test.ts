// Bad-input catalogue: configurations (rows 23-30, 32-34), model files (35-43), ids and arguments (76, 80), with the real engine.
import { describe, expect, it } from 'vitest'
import { api } from '../../src-main/contract/api.ts'
import type { UnrollError } from '../../src-main/contract/errors.ts'
import type { App } from '../../src-main/app.ts'
import { codeOf } from '../store/folder.ts'
import { hasStatus, openApp, sharedRealApp, rowOf, shortRun } from './apps.ts'

const failure = (act: () => Promise<unknown>): Promise<UnrollError | undefined> =>
  act().then(
    () => undefined,
    (e: unknown) => e as UnrollError,
  )
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

describe('notes, tags, colours', () => {
  it('come back as they were, or are refused', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 1 }) })
    const notes = `NUL \0 tab\t ${'\u202e'}<script>${'😀'.repeat(1000)}\r\n`
    await app.call('runs.update', {
      id,
      notes,
      tags: [' a ', 'b', 'a'],
      color: '#00ff7f',
      pinned: true,
      name: 'new',
    })
    expect(await rowOf(app, id)).toMatchObject({
      notes,
      tags: ['a', 'b'],
      color: '#00ff7f',
      pinned: true,
      name: 'new',
    })
    expect((await app.call('runs.list', { search: '<SCRIPT>' })).total).toBe(1)
    for (const [change, code] of [
      [{ name: '' }, 'E_NAME'],
      [{ name: '\u0007' }, 'E_NAME'],
      [{ notes: 'half \ud800' }, 'E_ARG'],
      [{ color: '20' }, 'E_ARG'],
      [{ color: 'url(x)' }, 'E_ARG'],
      [{ tags: [''] }, 'E_ARG'],
      [{ pinned: 1 as unknown as boolean }, 'E_ARG'],
      [{ colour: '1' } as object, 'E_ARG'],
    ] as const) {
      expect([
        change,
        await codeOf(() => app.call('runs.update', { id, ...change } as { id: string })),
      ]).toEqual([change, code])
    }
  })
})

describe('model files', () => {
  const shared = sharedRealApp()
  const file = (header: unknown, data: Buffer = Buffer.alloc(0), length?: bigint) => {
    const json = typeof header === 'string' ? header : JSON.stringify(header)
    const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8))
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(length ?? BigInt(text.length))
    return Buffer.concat([size, text, data])
  }
  const tensor = (dtype: string, shape: number[], data_offsets: number[]) => ({ dtype, shape, data_offsets })
  const eight = Buffer.alloc(8, 1)

  it.each<[string, Buffer, string, string?]>([
    ['35: header length 2^64-1', file('{}', eight, 2n ** 64n - 1n), 'E_MODEL_HEADER'],
    ['35: header length 0', file('{}', eight, 0n), 'E_MODEL_HEADER'],
    ['35: header longer than the file', file('{}', eight, 1000n), 'E_MODEL_HEADER'],
    ['36: not UTF-8', file('{"\xff":1}').fill(0xff, 10, 11), 'E_MODEL_HEADER'],
    ['36: not JSON', file('{not json}'), 'E_MODEL_HEADER'],
    ['36: no {', file('[1, 2, 3]'), 'E_MODEL_HEADER'],
    [
      '36: a tensor twice',
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        eight,
      ),
      'E_MODEL_HEADER',
    ],
    ['37: negative offsets', file({ a: tensor('F32', [1], [-4, 0]) }, eight), 'E_MODEL_OFFSETS'],
    ['37: reversed', file({ a: tensor('F32', [1], [8, 4]) }, eight), 'E_MODEL_OFFSETS'],
    ['37: past the end', file({ a: tensor('F32', [4], [0, 16]) }, eight), 'E_MODEL_OFFSETS'],
    [
      '37: overlapping',
      file({ a: tensor('F32', [2], [0, 8]), b: tensor('F32', [1], [4, 8]) }, eight),
      'E_MODEL_OFFSETS',
    ],
    ['37: bytes behind', file({ a: tensor('F32', [1], [0, 4]) }, eight), 'E_MODEL_OFFSETS'],
    ['38: product overflows', file({ a: tensor('F32', [2 ** 40, 2 ** 40], [0, 8]) }, eight), 'E_MODEL_SHAPE'],
    ['39: unknown type', file({ a: tensor('F31', [2], [0, 8]) }, eight), 'E_MODEL_DTYPE'],
    ['42: all zeros', Buffer.alloc(4096), 'E_MODEL_CHECKSUM'],
    ['43: .pt', Buffer.concat([Buffer.from('PK\x03\x04'), eight]), 'E_MODEL_FORMAT', 'model.pt'],
    [
      '43: .pkl',
      Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0x8c, 0x02]),
      'E_MODEL_FORMAT',
      'model.safetensors',
    ],
    ['43: .npy', Buffer.from('\x93NUMPY\x01\x00', 'latin1'), 'E_MODEL_FORMAT', 'model.safetensors'],
    ['43: .h5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'E_MODEL_FORMAT', 'weights'],
    ['43: .keras by name', file('{}'), 'E_MODEL_FORMAT', 'm.keras'],
    ['safetensors of another program', file({ a: tensor('F32', [2], [0, 8]) }, eight), 'E_MODEL_FORMAT'],
  ])('%s', async (_, bytes, code, name = 'model.safetensors') => {
    const app = shared()
    const error = await failure(() => app.call('runs.import', { name, bytes }))
    expect([error?.code, (error?.message.length ?? 0) < 500]).toEqual([code, true])
    expect((await app.call('runs.list', {})).total).toBe(0)
  })

  async function trained(app: App) {
    const config = {
      data: { kind: 'text', dataset: 'prose' },
      model: { hidden: 8, embedding: 4 },
      train: { steps: 2, window: 8, batch: 2 },
      logging: { evalEvery: 0, sampleEvery: 0 },
    } as const
    const { id } = await app.call('runs.launch', { config })
    await hasStatus(app, id, 'finished')
    return { id, ...(await app.call('runs.export', { id, what: 'weights' })) }
  }
  /** The file with one change in its header, data as it was. */
  function edit(
    bytes: Uint8Array,
    change: (header: Record<string, { shape: number[] }> & { __metadata__: Record<string, string> }) => void,
  ) {
    const end = 8 + Number(Buffer.from(bytes).readBigUInt64LE(0))
    const header = JSON.parse(Buffer.from(bytes.subarray(8, end)).toString()) as Parameters<typeof change>[0]
    change(header)
    return file(header, Buffer.from(bytes.subarray(end)))
  }

  it('40 and 41: another size, another cell, a damaged bit, an infinite weight', async () => {
    const app = shared()
    const { bytes, filename } = await trained(app)
    const load = (changed: Uint8Array, trust = false) =>
      app.call('runs.import', { name: filename, bytes: changed, trust })
    const mismatch = await failure(() =>
      load(edit(bytes, ({ __metadata__: m }) => (m.config = m.config!.replace('"hidden":8', '"hidden":9')))),
    )
    expect(mismatch?.code).toBe('E_MODEL_MISMATCH')
    expect(mismatch!.message.match(/expected \(/g)!.length).toBeGreaterThan(2)
    const flipped = Buffer.from(bytes)
    flipped[flipped.length - 3]! ^= 4
    expect(await codeOf(() => load(flipped))).toBe('E_MODEL_CHECKSUM')
    const ok = await load(bytes)
    expect(ok).toMatchObject({ warnings: [], run: { status: 'finished', step: 2 } })
    expect((await app.call('inspect.grid', { id: ok.run.id, length: 20 })).tokens).toHaveLength(20)
    const again = await app.call('runs.export', { id: ok.run.id, what: 'weights' })
    expect(Buffer.from(again.bytes).equals(Buffer.from(bytes))).toBe(true)
  })

  it('41: weights that are not finite need a yes', async () => {
    const app = await openApp()
    const state = { config: { version: 1, ...shortRun(), seed: 1 }, step: 3, weight: 1, finite: false }
    const bytes = Buffer.from(JSON.stringify(state))
    expect(await codeOf(() => app.call('runs.import', { name: 'a.safetensors', bytes }))).toBe(
      'E_MODEL_NONFINITE',
    )
    const { warnings } = await app.call('runs.import', { name: 'a.safetensors', bytes, trust: true })
    expect(warnings.map((w) => w.code)).toEqual(['W_MODEL_NONFINITE'])
  })
})

describe('arguments', () => {
  const gone = '0'.repeat(26)
  const call = (app: App, name: string, input: unknown) =>
    app.call(name as 'runs.get', input as { id: string })

  it('80: every command that takes the id of a run says when there is none', async () => {
    const app = await openApp()
    const more: Record<string, object> = {
      'runs.export': { what: 'metrics' },
      'inspect.find': { predicate: 'quote' },
      'runs.compare': { ids: [gone, gone] },
    }
    const byId = Object.entries(api).filter(
      ([, { input }]) =>
        ('id' in input.shape && input.shape.id.safeParse(gone).success) || 'ids' in input.shape,
    )
    expect(byId.length).toBeGreaterThan(12)
    for (const [name, { input }] of byId) {
      if (name.startsWith('data.')) continue
      const ids = 'ids' in input.shape ? { ids: [gone] } : { id: gone }
      expect([name, await codeOf(() => call(app, name, { ...ids, ...more[name] }))]).toEqual([
        name,
        'E_NOT_FOUND',
      ])
    }
  })

  it('76 and 80: what has the wrong shape is refused by key path, without a crash', async () => {
    const app = await openApp()
    const wrong: [string, unknown, RegExp][] = [
      ['runs.get', { id: '../../etc/passwd' }, /id: expected a run id/],
      ['runs.get', { id: `${gone}0` }, /id/],
      ['runs.get', null, /object/],
      ['runs.get', 'x', /object/],
      ['runs.get', {}, /id/],
      ['runs.get', { id: gone, more: 1 }, /more: unknown option/],
      ['runs.list', { limit: -1 }, /limit/],
      ['runs.list', { limit: NaN }, /limit/],
      ['runs.list', { offset: 1.5 }, /offset/],
      ['runs.list', { search: 'x'.repeat(1001) }, /search/],
      ['data.import', { name: 'x', bytes: [1, 2, 3] }, /bytes: expected bytes/],
      ['data.import', { name: 'x', bytes: new SharedArrayBuffer(4) }, /bytes/],
      ['sample.start', { id: gone, temperature: NaN }, /temperature/],
      ['sample.start', { id: gone, topP: 0 }, /topP/],
      ['settings.set', { maxRunning: 0 }, /maxRunning/],
    ]
    for (const [name, input, message] of wrong) {
      const error = await failure(() => call(app, name, input))
      expect([name, error?.code]).toEqual([name, 'E_ARG'])
      expect(error!.message).toMatch(message)
    }
    expect(
      await codeOf(() => call(app, 'runs.get', JSON.parse(`{"id":"${gone}","__proto__":{"a":1}}`))),
    ).toBe('E_CONFIG_KEY')
    expect(await codeOf(() => call(app, 'runs.gett', {}))).toBe('E_NOT_FOUND')
    expect(await codeOf(() => call(app, 'toString', {}))).toBe('E_NOT_FOUND')
    expect((await app.call('runs.list', { limit: 1e9 })).runs).toEqual([])
  })
})
