// Bad input through every door to the real app: the same code everywhere, a message that says what and where, no stack, no half-made run
// or text. The terminal gives the same fault as a file and as an exit code.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../src-main/app.ts'
import type { ErrorCode, ErrorValue } from '../../src-main/contract/errors.ts'
import { exits } from '../../src-main/shells/cli/exits.ts'
import { unroll } from '../shells/cli/terminal.ts'
import { transports, type Transport } from './transports.ts'

const text = (s: string) => new TextEncoder().encode(s)
const bytes = (...values: number[]) => Uint8Array.from([...text('A line of text. '.repeat(20)), ...values])
const utf16 = (s: string) => new Uint8Array(Uint16Array.from(s, (c) => c.charCodeAt(0)).buffer)

const badTexts: [string, Uint8Array, ErrorCode][] = [
  ['nothing', new Uint8Array(), 'E_DATA_EMPTY'],
  ['a byte order mark only', Uint8Array.of(0xef, 0xbb, 0xbf), 'E_DATA_EMPTY'],
  ['white space only', text(' \n\t \r\n'), 'E_DATA_EMPTY'],
  ['an overlong sequence', bytes(0xc0, 0xaf), 'E_UTF8'],
  ['a surrogate', bytes(0xed, 0xa0, 0x80), 'E_UTF8'],
  ['a byte past the last', bytes(0xf5), 'E_UTF8'],
  ['a cut sequence at the end', bytes(0xf0, 0x9f, 0x91), 'E_UTF8'],
  ['UTF-16 without a mark', utf16('A line of text. '.repeat(20)), 'E_ENCODING'],
  ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), 'E_DATA_FORMAT'],
  ['a cut gzip file', new Uint8Array(gzipSync(text('text '.repeat(100)))).subarray(0, 20), 'E_DATA_FORMAT'],
  ['NUL bytes', bytes(0, 0, 1, 0), 'E_BINARY'],
]

const train = (settings: Record<string, unknown>) => ({ train: settings })
const model = (settings: Record<string, unknown>) => ({ model: settings })
type BadConfig = [string, unknown, ErrorCode, RegExp]
const badConfigs: BadConfig[] = [
  ['a hostile key', JSON.parse('{"__proto__":{"x":1}}'), 'E_CONFIG_KEY', /__proto__/],
  ['a hostile prototype', { train: { constructor: { prototype: { x: 1 } } } }, 'E_CONFIG_KEY', /constructor/],
  ['a misspelt key', train({ lerning_rate: 1 }), 'E_CONFIG_UNKNOWN', /lerning_rate/],
  ['a nearly right key', model({ hiden: 1 }), 'E_CONFIG_UNKNOWN', /did you mean hidden/],
  ...[0, -1, 1.5, '256', 1e9, 2 ** 53, null, [1]].map((hidden): BadConfig => [
    `hidden = ${JSON.stringify(hidden)}`,
    model({ hidden }),
    'E_CONFIG_RANGE',
    /model\.hidden/,
  ]),
  ...[0, -0.1, NaN, '1e-3', Infinity, 1e308].map((lr): BadConfig => [
    `lr = ${lr}`,
    train({ lr }),
    'E_CONFIG_RANGE',
    /optimizer\.lr/,
  ]),
  ['a model larger than the memory', model({ hidden: 16384, layers: 16 }), 'E_MODEL_TOO_LARGE', /bytes|B/],
  ['a window longer than the text', train({ window: 4096, batch: 4096 }), 'E_CONFIG_DATA', /window|batch/],
  ['steps and epochs both 0', train({ steps: 0 }), 'E_CONFIG_RANGE', /train\.steps/],
  ['a text that is not there', { data: { kind: 'text', dataset: 'pros' } }, 'E_NOT_FOUND', /pros/],
  ['a data kind that is not there', { data: { kind: 'sound' } }, 'E_CONFIG_RANGE', /data/],
  ['a cell that is not there', model({ cell: 'lstn' }), 'E_CONFIG_UNKNOWN', /did you mean lstm/],
  ['a line break in the name', { name: 'a\nb' }, 'E_NAME', /name/],
  ['a name of 10,000', { name: 'x'.repeat(10_000) }, 'E_NAME', /10000/],
  ...[-1, 2 ** 64, 1.5, '1'].map((seed): BadConfig => [
    `seed = ${JSON.stringify(seed)}`,
    { seed },
    'E_SEED',
    /seed/,
  ]),
  ['a format of the future', { version: 99 }, 'E_CONFIG_VERSION', /99/],
  ['2 MB of settings', { name: 'x'.repeat(2 << 20) }, 'E_CONFIG_SIZE', /MB|bytes/],
  [
    '1,000 misspelt keys',
    train(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`learning_rite_${i}`, i]))),
    'E_CONFIG_UNKNOWN',
    /and 980 more/,
  ],
  ['half a character in the name', { name: 'a\ud800' }, 'E_ARG', /name: contains an unpaired surrogate/],
  ['no object', 'lstm', 'E_CONFIG_RANGE', /object/],
  ['a list', [], 'E_CONFIG_RANGE', /object/],
]

const header = (length: bigint, json: string, rest = '') => {
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(length)
  return new Uint8Array(Buffer.concat([head, Buffer.from(json + rest)]))
}
const tensorFile = (entries: object) => {
  const json = JSON.stringify(entries)
  const length = Math.ceil(text(json).length / 8) * 8
  return header(BigInt(length), json.padEnd(json.length + length - text(json).length))
}
const tensor = { dtype: 'F32', shape: [0], data_offsets: [0, 0] }
/** A file of ours without weights, with something else in its metadata. */
const ownFile = (metadata: Record<string, unknown>, tensors: object = {}) =>
  tensorFile({
    __metadata__: {
      format: 'unroll-checkpoint',
      version: '1',
      parts: 'weights',
      step: '1',
      config: '{"seed":1}',
      vocabulary: '["a"]',
      checksum: '0',
      ...metadata,
    },
    ...tensors,
  })
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`layers.${i}.weight`, tensor]))
const badModels: [string, Uint8Array, ErrorCode][] = [
  ['a header of 2^64-1 bytes', header(2n ** 64n - 1n, '{}'), 'E_MODEL_HEADER'],
  ['an empty header', header(0n, '{}'), 'E_MODEL_HEADER'],
  ['zeros, as after a power cut', new Uint8Array(4096), 'E_MODEL_CHECKSUM'],
  ['a header past the end', header(1000n, '{}'), 'E_MODEL_HEADER'],
  ['a header that is no JSON', header(4n, '{ x}'), 'E_MODEL_HEADER'],
  ['a pickle', Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x2e), 'E_MODEL_FORMAT'],
  ['a few bytes', Uint8Array.of(1, 2, 3), 'E_MODEL_HEADER'],
  ['3,000 tensors that do not fit', ownFile({}, many(3000)), 'E_MODEL_MISMATCH'],
  ['a tensor with a name of 1 MB', tensorFile({ ['x'.repeat(1 << 20)]: 0 }), 'E_MODEL_DTYPE'],
  [
    'a type nested 100,000 deep',
    ((json) => header(BigInt(json.length), json))(
      `{"a":{"dtype":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ),
    'E_MODEL_DTYPE',
  ],
  [
    'a key given twice, with 300 spaces behind it',
    ((json) => header(BigInt(json.length), json))(
      `{"a"${' '.repeat(300)}:${JSON.stringify(tensor)},"a":${JSON.stringify(tensor)}}`,
    ),
    'E_MODEL_HEADER',
  ],
  [
    'a configuration with 5,000 unknown keys',
    ownFile({ config: JSON.stringify(many(5000)) }),
    'E_CONFIG_UNKNOWN',
  ],
  [
    'a configuration of 2 MB',
    ownFile({ config: JSON.stringify({ seed: 1, name: 'x'.repeat(2 << 20) }) }),
    'E_CONFIG_SIZE',
  ],
  ['half a character in the name', ownFile({ config: '{"seed":1,"name":"a\\ud800"}' }), 'E_ARG'],
  [
    'half a character in an option',
    ownFile({ config: '{"seed":1,"model":{"options":{"x":"\\ud800"}}}' }),
    'E_ARG',
  ],
  ['half a character in the vocabulary', ownFile({ vocabulary: '["\\ud800"]' }), 'E_MODEL_HEADER'],
]

const nobody = '0'.repeat(26)
const dir = mkdtempSync(join(tmpdir(), 'unroll-bad-'))
let app: App
beforeAll(async () => {
  app = await createApp({ dataDir: join(dir, 'home') })
}, 60_000)
afterAll(async () => {
  await app.close()
  rmSync(dir, { recursive: true, force: true })
})

/** What was made so far: bad input leaves it as it was. */
const state = async () => [(await app.call('runs.list', {})).total, (await app.call('data.list', {})).length]

function expectPlain(error: unknown, code: ErrorCode, message = /./) {
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  const shown = (error as ErrorValue).message
  expect(shown).not.toMatch(/\n\s+at |node_modules|\.ts:\d+/)
  expect(shown.length).toBeLessThan(5000)
  expect(({} as { x?: unknown }).x).toBeUndefined()
}

describe.each(transports)('through %s', (_name, open) => {
  let transport: Transport
  beforeAll(async () => {
    // The app outlives the door.
    transport = await open({ ...app, close: async () => undefined })
  })
  afterAll(() => transport.close())
  const failure = (name: string, input: unknown): Promise<unknown> =>
    transport.client.call(name as never, input as never).then(
      (value) => ({ code: 'none', value }),
      (error: unknown) => error,
    )

  it.each(badTexts)('a text of %s', async (_what, content, code) => {
    const before = await state()
    expectPlain(await failure('data.import', { name: '../../x.txt', bytes: content }), code)
    expect(await state()).toEqual(before)
  })

  it.each(badConfigs)('a configuration with %s', async (_what, config, code, message) => {
    const before = await state()
    expectPlain(await failure('runs.launch', { config }), code, message)
    expectPlain(await failure('config.plan', { config }), code, message)
    expect(await state()).toEqual(before)
  })

  it.each(badModels)('a model file of %s', async (_what, content, code) => {
    const before = await state()
    expectPlain(await failure('runs.import', { name: 'w.safetensors', bytes: content }), code)
    expect(await state()).toEqual(before)
  })

  it.each([
    'runs.get',
    'runs.stop',
    'runs.pause',
    'runs.resume',
    'runs.fork',
    'runs.update',
    'sample.start',
    'inspect.text',
  ])('%s of a run that is not there', async (name) =>
    expectPlain(await failure(name, { id: nobody }), 'E_NOT_FOUND', /run/),
  )

  it('a text that is not there', async () =>
    expectPlain(await failure('data.get', { id: 'nothing' }), 'E_NOT_FOUND'))
})

describe('through the terminal', () => {
  const failing = async (...argv: string[]) => {
    const outcome = await unroll([...argv, '--json'], {
      app: Object.assign({}, app, { close: async () => undefined }) as never,
    })
    return { exit: outcome.exit, error: outcome.objects.at(-1), err: outcome.err }
  }
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(dir, name), content)
    return join(dir, name)
  }

  const emptyFolder = () => {
    mkdirSync(join(dir, 'empty'), { recursive: true })
    return join(dir, 'empty')
  }

  it.each(badTexts)('a text of %s', async (_what, content, code) => {
    const before = await state()
    const { exit, error, err } = await failing('data', 'import', file('bad.txt', content))
    expectPlain(error, code)
    expect([exit, err.split('\n').length]).toEqual([exits[code], 2])
    expect(await state()).toEqual(before)
  })

  it.each(badConfigs)('a configuration with %s', async (_what, config, code, message) => {
    const before = await state()
    // JSON has no NaN; as null it is as wrong.
    const { exit, error } = await failing('train', '--config', file('bad.json', JSON.stringify(config)))
    expectPlain(error, code, code === 'E_CONFIG_SIZE' ? /./ : message)
    expect(exit).toBe(exits[code])
    expect(await state()).toEqual(before)
  })

  it.each(badModels)('a model file of %s', async (_what, content, code) => {
    const { exit, error } = await failing('import', file('bad.safetensors', content))
    expectPlain(error, code)
    expect(exit).toBe(exits[code])
  })

  it.each<[string[], ErrorCode]>([
    [['data', 'import', '/dev/zero'], 'E_NOT_A_FILE'],
    [['data', 'import', '/proc/self/mem'], 'E_NOT_A_FILE'],
    [['data', 'import', emptyFolder()], 'E_DATA_EMPTY'],
    [['data', 'import', join(dir, 'none')], 'E_PATH'],
    [['data', 'import', `${dir}/${'x'.repeat(5000)}`], 'E_PATH'],
    [['data', 'import', `${dir}/a\u0000b`], 'E_PATH'],
    [['show', nobody], 'E_NOT_FOUND'],
  ])('%j', async (argv, code) => {
    const { exit, error } = await failing(...argv)
    expectPlain(error, code)
    expect(exit).toBe(exits[code])
  })
})
