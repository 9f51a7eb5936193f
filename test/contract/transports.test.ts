// One suite of cases over every way to the app: direct, the web door with the page's client, the window's bridge with its client. What
// goes in and comes out must be the same to the bit, and so must every error and event.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../src-main/contract/api.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { eventNames } from '../../src-main/contract/events.ts'
import { anyAnswers, fakeApp, type FakeApp } from '../standIn/app.ts'
import { transports, type Transport } from './transports.ts'

const id = '0'.repeat(26)
const numbers = [0, -0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53 - 1, 0.1]
const texts = [
  '',
  'a\u0000b',
  '\u202eabc',
  '👩‍👩‍👧',
  'e\u0301',
  '<img onerror=x>',
  '$f32',
  '\u2028',
  '\\',
  '"',
  '__proto__',
]
const exact = {
  numbers,
  texts,
  f32: Float32Array.from([...numbers, 1 / 3]),
  f64: Float64Array.from(numbers),
  i32: Int32Array.of(-1, 2 ** 31 - 1),
  u8: Uint8Array.from({ length: 100_000 }, (_, i) => i),
  empty: new Float64Array(0),
  nested: { $num: 'NaN', $$x: 1, list: [[], {}, null, [null]], yes: true },
}

const handlers = {
  'runs.get': () => exact,
  'data.import': ({ name, bytes }: { name: string; bytes: Uint8Array }) => ({ name, bytes }),
  'runs.launch': ({ config }: { config: unknown }) => ({ config }),
  'runs.list': (input: unknown) => input,
  'runs.stop': () => {
    throw new UnrollError('E_STATE', 'the run is finished', {
      path: 'id',
      issues: [{ path: 'a.b', message: 'c' }],
    })
  },
  'data.list': () => [],
}

describe.each(transports)('%s', (_name, open) => {
  let app: FakeApp
  let transport: Transport
  let client: Client
  beforeAll(async () => {
    app = fakeApp(anyAnswers(handlers))
    transport = await open(app)
    client = transport.client
  })
  afterAll(() => transport.close())

  it('brings answers exactly', async () => {
    const answer = await client.call('runs.get', { id })
    expect(answer).toEqual(exact)
    const { numbers: there } = answer as unknown as typeof exact
    expect(there.map((n) => Object.is(n, -0))).toEqual(numbers.map((n) => Object.is(n, -0)))
  })

  it('takes inputs exactly', async () => {
    const config = { name: texts.join('|'), seed: NaN, deep: { $f32: 'x', value: -Infinity } }
    expect(await client.call('runs.launch', { config })).toEqual({ config })
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7)
    for (const name of texts)
      expect(await client.call('data.import', { name, bytes })).toEqual({ name, bytes })
  })

  it('fills in defaults and caps limits', async () => {
    expect(await client.call('runs.list', { limit: 1e9 })).toEqual({
      search: '',
      trash: false,
      limit: 10_000,
      offset: 0,
    })
  })

  it('brings an error with its code, message and details', async () => {
    const failed = client.call('runs.stop', { id })
    await expect(failed).rejects.toBeInstanceOf(UnrollError)
    await expect(failed).rejects.toMatchObject({
      code: 'E_STATE',
      message: 'the run is finished',
      details: { path: 'id', issues: [{ path: 'a.b', message: 'c' }] },
    })
  })

  it.each<[string, string, unknown, string]>([
    ['an unknown command', 'runs.nothing', {}, 'E_NOT_FOUND'],
    ['a local command', 'data.importFile', { path: '/etc/passwd' }, 'E_FORBIDDEN'],
    ['a misspelt key', 'runs.list', { serach: 'x' }, 'E_ARG'],
    ['a limit of -1', 'runs.list', { limit: -1 }, 'E_ARG'],
    ['a text for a number', 'runs.list', { limit: '5' }, 'E_ARG'],
    ['NaN for an integer', 'runs.list', { limit: NaN }, 'E_ARG'],
    ['1.5 for an integer', 'runs.list', { offset: 1.5 }, 'E_ARG'],
    ['a run id that is a path', 'runs.get', { id: '../../../../../../etc/pass' }, 'E_ARG'],
    ['no input', 'runs.get', null, 'E_ARG'],
    ['a list', 'runs.get', [id], 'E_ARG'],
    ['a hostile key', 'runs.launch', { config: JSON.parse('{"__proto__":{"polluted":1}}') }, 'E_CONFIG_KEY'],
    [
      'a hostile prototype',
      'runs.launch',
      { config: { constructor: { prototype: { polluted: 1 } } } },
      'E_CONFIG_KEY',
    ],
    [
      'deep nesting',
      'runs.launch',
      { config: Array.from({ length: 100 }).reduce((inner) => [inner], 1) },
      'E_CONFIG_SIZE',
    ],
    ['no bytes', 'data.import', { name: 'x', bytes: 'text' }, 'E_ARG'],
  ])('refuses %s', async (_what, name, input, code) => {
    const before = app.calls.length
    const failed = client.call(name as never, input as never)
    await expect(failed).rejects.toBeInstanceOf(UnrollError)
    await expect(failed).rejects.toMatchObject({ code })
    expect(app.calls.length).toBe(before)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('brings every event, in order, exactly, until told to stop', async () => {
    const heard: unknown[] = []
    const stops = eventNames.map((name) => client.on(name, (event) => heard.push([name, event])))
    for (const name of eventNames) app.emit(name, { ...exact, name } as never)
    for (let i = 0; i < 200; i++) app.emit('run.purged', { id: String(i) })
    const expected = [
      ...eventNames.map((name) => [name, { ...exact, name }]),
      ...Array.from({ length: 200 }, (_, i) => ['run.purged', { id: String(i) }]),
    ]
    await expect.poll(() => heard.length).toBe(expected.length)
    expect(heard).toEqual(expected)
    stops.forEach((stop) => stop())
    const last = new Promise((resolve) => client.on('notice', resolve))
    app.emit('run.purged', { id: 'late' })
    app.emit('notice', { code: 'W_NO_NATIVE', message: '' })
    await last
    expect(heard.length).toBe(expected.length)
  })

  it('answers many calls at once, each with its own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, offset) => client.call('runs.list', { offset })),
    )
    expect(answers.map((answer) => (answer as unknown as { offset: number }).offset)).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    )
  })
})
