// The window's door against a double of Electron: preferences, guards, scheme, bridge, dialogs, start and end.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { api } from '../../../src-main/contract/api.ts'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { startElectron } from '../../../src-main/shells/electron/start.ts'
import { contentPolicy } from '../../../src-main/shells/headers.ts'
import { anyAnswers, fakeApp, type AnyHandlers, type FakeApp } from '../../standIn/app.ts'
import { page } from '../web/raw.ts'
import { fakeElectron, pageFrame } from './fakeElectron.ts'

async function start(handlers: AnyHandlers = {}, electron = fakeElectron()) {
  const app = fakeApp(anyAnswers(handlers))
  const log: string[] = []
  const options = {
    dataDir: '/data',
    page: () => page,
    platform: 'linux' as const,
    log: (line: string) => log.push(line),
  }
  await startElectron(electron.api, () => app, options)
  return { electron, app, log }
}

describe('the window', () => {
  it('keeps the page in its sandbox, every window ever made', async () => {
    const { electron } = await start()
    electron.windows.length = 0
    electron.app.emit('second-instance')
    electron.app.emit('activate')
    expect(electron.windows.length).toBe(1)
    for (const { options, url, shown } of electron.windows) {
      expect(options['webPreferences']).toEqual({
        preload: expect.stringMatching(/preload\.cjs$/),
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        navigateOnDragDrop: false,
        webviewTag: false,
        spellcheck: false,
      })
      expect([url, shown]).toEqual(['unroll://app/', true])
    }
    expect(electron.app.sandboxed).toBe(true)
    expect(electron.schemes).toEqual([
      { scheme: 'unroll', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ])
  })

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'])(
    'refuses %s',
    async (event) => {
      const { electron } = await start()
      const attempt = electron.preventable()
      electron.windows[0]!.webContents.emit(event, attempt.event)
      expect(attempt.prevented()).toBe(true)
    },
  )

  it('opens no other window', async () => {
    const { electron } = await start()
    for (const url of ['https://example.com', 'unroll://app/', 'file:///etc/passwd', 'about:blank']) {
      expect(electron.windows[0]!.webContents.openHandler!({ url })).toEqual({ action: 'deny' })
    }
  })

  it.each([
    'media',
    'geolocation',
    'midi',
    'pointerLock',
    'fullscreen',
    'openExternal',
    'clipboard-read',
    'hid',
    'usb',
    'serial',
    'window-management',
    'fileSystem',
  ])('denies the permission %s', async (permission) => {
    const { session } = (await start()).electron
    const answers: unknown[] = []
    session['permissionRequest']!(
      ...([null, permission, (answer: boolean) => answers.push(answer)] as never[]),
    )
    expect(answers).toEqual([false])
    expect(session['permissionCheck']!(...([null, permission] as never[]))).toBe(false)
    expect(session['device']!(...([{ deviceType: permission }] as never[]))).toBe(false)
  })

  it('allows notices on the desktop, and nothing else', async () => {
    const { session } = (await start()).electron
    expect(session['permissionCheck']!(...([null, 'notifications'] as never[]))).toBe(true)
  })

  it.each([
    ['unroll://app/', false],
    ['unroll://app/assets/x.js', false],
    ['blob:unroll://app/1', false],
    ['data:image/png,x', false],
    ['https://example.com', true],
    ['http://127.0.0.1/', true],
    ['file:///etc/passwd', true],
    ['ws://127.0.0.1/', true],
    ['unroll://app.evil/', true],
    ['unroll://user@app/', true],
    ['blob:https://example.com/1', true],
  ])('lets a request to %s through unless %s', async (url, cancel) => {
    const { session } = (await start()).electron
    const answers: unknown[] = []
    session['request']!(...([{ url }, (answer: unknown) => answers.push(answer)] as never[]))
    expect(answers).toEqual([{ cancel }])
  })
})

describe('the scheme', () => {
  it('serves the files of the map under the strict policy', async () => {
    const { electron } = await start()
    const answer = electron.schemeHandlers.get('unroll')!
    const html = answer(new Request('unroll://app/'))
    expect([html.status, await html.text()]).toEqual([200, '<!doctype html><title>Unroll</title>'])
    expect(html.headers.get('content-security-policy')).toBe(contentPolicy)
    expect(html.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer(new Request('unroll://app/assets/index-abcdefgh.js')).headers.get('content-type')).toMatch(
      /javascript/,
    )
  })

  it.each([
    'unroll://app/../package.json',
    'unroll://app/%2e%2e/package.json',
    'unroll://app/..%2fpackage.json',
    'unroll://app/..%5cpackage.json',
    'unroll://app//etc/passwd',
    'unroll://app/assets',
    'unroll://app/assets/../../../etc/passwd',
    'unroll://evil/index.html',
    'unroll://app.evil/index.html',
    'unroll://user@app/index.html',
    'file:///etc/passwd',
    'unroll://app/index.html%00',
    'unroll://app/__proto__',
  ])('finds nothing at %s', async (url) => {
    const reply = (await start()).electron.schemeHandlers.get('unroll')!({ url, method: 'GET' } as Request)
    expect([reply.status, await reply.text()]).toEqual([404, 'Not found'])
  })

  it('answers nothing but GET', async () => {
    const reply = (await start()).electron.schemeHandlers.get('unroll')!({
      url: 'unroll://app/',
      method: 'POST',
    } as Request)
    expect(reply.status).toBe(404)
  })
})

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

describe('the menu', () => {
  const click = async (electron: ReturnType<typeof fakeElectron>, label: string) =>
    electron.menu.flatMap((item) => item.submenu ?? []).find((item) => item.label === label)!.click!()

  it('imports what was chosen in its own dialog, by path, without the page', async () => {
    const { electron, app } = await start({ 'data.importFile': () => ({}), 'runs.import': () => ({}) })
    await click(electron, 'Import text…')
    expect(app.calls).toEqual([])
    electron.chosen = ['/tmp/alice.txt']
    await click(electron, 'Import text…')
    expect(app.calls).toEqual([
      { name: 'data.importFile', input: { path: '/tmp/alice.txt', decode: 'strict' } },
    ])
    const file = join(mkdtempSync(join(tmpdir(), 'unroll-')), 'w.safetensors')
    writeFileSync(file, 'weights')
    electron.chosen = [file]
    await click(electron, 'Import run…')
    expect(app.calls[1]).toMatchObject({
      name: 'runs.import',
      input: { name: 'w.safetensors', trust: false },
    })
    expect(Buffer.from((app.calls[1]!.input as { bytes: Uint8Array }).bytes).toString()).toBe('weights')
  })

  it('tells of a failure', async () => {
    const { electron } = await start({
      'data.importFile': () => {
        throw new UnrollError('E_DATA_EMPTY', 'x.txt is empty')
      },
    })
    electron.chosen = ['/tmp/x.txt']
    await click(electron, 'Import text…')
    electron.chosen = ['/nowhere/at/all']
    await click(electron, 'Import run…')
    expect(electron.errors).toEqual([
      ['Import text', 'x.txt is empty'],
      ['Import run', expect.stringContaining('no such file')],
    ])
  })
})

describe('life', () => {
  it('is one: a second instance ends and the first shows its window', async () => {
    const second = fakeElectron({ locked: false })
    let made = 0
    await startElectron(second.api, () => {
      made++
      return fakeApp()
    })
    expect([second.app.quits, second.windows.length, made]).toEqual([1, 0, 0])
    const { electron } = await start()
    electron.windows[0]!.minimized = true
    electron.app.emit('second-instance')
    expect(electron.windows).toMatchObject([{ focused: 1, minimized: false }])
  })

  it('ends in order: the app is closed before the process goes', async () => {
    const { electron, app } = await start()
    electron.app.emit('window-all-closed')
    expect(electron.app.quits).toBe(1)
    const attempt = electron.preventable()
    electron.app.emit('will-quit', attempt.event)
    expect([attempt.prevented(), electron.app.exits]).toEqual([true, []])
    await expect.poll(() => electron.app.exits).toEqual([0])
    expect(app.closed).toBe(true)
    expect(electron.ipc.size).toBe(0)
  })

  it('ends also when closing fails, and tells why', async () => {
    const electron = fakeElectron()
    const { app, log } = await start({}, electron)
    app.close = () => Promise.reject(new Error('disk gone'))
    electron.app.emit('will-quit', electron.preventable().event)
    await expect.poll(() => electron.app.exits).toEqual([0])
    expect(log.join()).toContain('disk gone')
  })

  it('says why it cannot start', async () => {
    const electron = fakeElectron()
    const fail = (): FakeApp => {
      throw new UnrollError('E_DB_NEWER', 'made by 2.3')
    }
    await startElectron(electron.api, fail, { dataDir: '/data', page: () => page, log: () => undefined })
    expect([electron.errors, electron.app.exits, electron.windows]).toEqual([
      [['Unroll cannot start', 'made by 2.3']],
      [70],
      [],
    ])
  })

  it('offers every command that is not local', async () => {
    const { electron } = await start()
    for (const [name, { local }] of Object.entries(api)) {
      const reply = await electron.call(name, {})
      expect([name, reply.ok ? '' : reply.error.code === 'E_FORBIDDEN']).toEqual([name, local])
    }
  })
})
