// Start and end of the window's door.
import { describe, expect, it } from 'vitest'
import { api } from '../../../src-main/contract/api.ts'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { startElectron } from '../../../src-main/shells/electron/start.ts'
import { fakeApp, type FakeApp } from '../../standIn/app.ts'
import { page } from '../web/raw.ts'
import { fakeElectron } from './fakeElectron.ts'
import { start } from './startFake.ts'

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
