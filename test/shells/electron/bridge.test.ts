// The bridge between a page and the app: who may call, what failures tell, who gets events.
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { pageFrame } from './fakeElectron.ts'
import { start } from './startFake.ts'

describe('the bridge', () => {
  it.each([
    ['an iframe of the page', { url: 'unroll://app/', parent: pageFrame }],
    ['a navigated page', { url: 'https://example.com/', parent: null }],
    ['a page with a like name', { url: 'unroll://app.evil/', parent: null }],
    ['a file', { url: 'file:///tmp/x.html', parent: null }],
    ['an empty frame', { url: '', parent: null }],
    ['about:blank', { url: 'about:blank', parent: null }],
    ['no frame', null],
  ])('does not listen to %s, and says so once', async (_who, frame) => {
    const { electron, app, log } = await start({ 'data.list': () => [] })
    for (let i = 0; i < 3; i++) {
      expect(await electron.call('data.list', {}, frame)).toMatchObject({
        ok: false,
        error: { code: 'E_FORBIDDEN' },
      })
    }
    expect(app.calls).toEqual([])
    expect(log).toHaveLength(1)
  })

  it('has two channels', async () => {
    expect([...(await start()).electron.ipc.keys()]).toEqual(['unroll:call', 'unroll:watch'])
  })

  it('tells a page the points of the runs that it draws, until it draws others or is gone', async () => {
    const { electron, app } = await start()
    const { webContents } = electron.windows[0]!
    const [a, b] = ['a'.repeat(26), 'b'.repeat(26)]
    const chunks = [
      { name: 'x', steps: Float64Array.of(1), values: Float64Array.of(NaN), times: Float64Array.of(2) },
    ]
    electron.watch([a], { url: 'https://example.com/', parent: null })
    electron.watch([1], pageFrame)
    expect(app.watched()).toEqual([])
    electron.watch([a, b])
    electron.watch([a])
    expect(app.watched()).toEqual([a])
    app.tellPoints(a, chunks)
    app.tellPoints(b, chunks)
    expect(webContents.sent).toEqual([['unroll:event', 'run.metrics', { id: a, chunks }]])
    webContents.emit('destroyed')
    expect(app.watched()).toEqual([])
  })

  it.each([
    ['an unknown command', 'runs.lst', {}, 'E_NOT_FOUND'],
    ['a name that is no text', { toString: 'x' }, {}, 'E_NOT_FOUND'],
    ['a name of every object', '__proto__', {}, 'E_NOT_FOUND'],
    ['a local command', 'data.importFile', { path: '/etc/passwd' }, 'E_FORBIDDEN'],
    ['NaN for an integer', 'runs.list', { limit: NaN }, 'E_ARG'],
    ['a hostile key', 'config.plan', { config: JSON.parse('{"__proto__":{"x":1}}') }, 'E_CONFIG_KEY'],
    [
      'a cycle',
      'config.plan',
      (() => {
        const a: Record<string, unknown> = {}
        a['config'] = a
        return a
      })(),
      'E_CONFIG_SIZE',
    ],
    ['a long text', 'runs.get', { id: 'x'.repeat(1e8) }, 'E_ARG'],
    ['an instance', 'runs.get', new Date(), 'E_ARG'],
    ['a Map', 'runs.get', new Map([['id', 'x']]), 'E_ARG'],
  ])('refuses %s', async (_what, name, input, code) => {
    const reply = await (await start()).electron.call(name, input)
    expect(reply).toMatchObject({ ok: false, error: { code } })
    expect(JSON.stringify(reply).length).toBeLessThan(2000)
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('tells no stack and no path of a failure', async () => {
    const { electron, log } = await start({
      'data.list': () => {
        throw new Error('boom in /home/somebody/x')
      },
      'catalog.get': () => {
        throw new UnrollError('E_PATH', 'cannot read /home/somebody/x')
      },
    })
    const internal = await electron.call('data.list', {})
    expect(JSON.stringify(internal)).not.toMatch(/boom|somebody/)
    expect(log.join()).toContain('boom')
    expect(await electron.call('catalog.get', {})).toEqual({
      ok: false,
      error: { code: 'E_PATH', message: 'cannot read …/x' },
    })
  })

  it('passes events to living pages only', async () => {
    const { electron, app } = await start()
    const { webContents } = electron.windows[0]!
    app.emit('run.purged', { id: 'a' })
    webContents.gone = true
    app.emit('run.purged', { id: 'b' })
    expect(webContents.sent).toEqual([['unroll:event', 'run.purged', { id: 'a' }]])
  })
})
