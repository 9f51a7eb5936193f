// Bad-input catalogue, rows 35-43: model files, with the real engine.
import { describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { codeOf } from '../../store/folder.ts'
import { hasStatus, openApp, sharedRealApp, shortRun } from '../apps.ts'
import { failure } from './failure.ts'

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
    expect((await app.call('inspect.text', { id: ok.run.id, length: 20 })).tokens).toHaveLength(20)
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
