// Windows against a double of Electron: preferences, and guards on what a page may open or be allowed.
import { describe, expect, it } from 'vitest'
import { start } from './startFake.ts'

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
