// What the preload script gives the page: exactly three functions, and nothing of Electron through them.
import { EventEmitter } from 'node:events'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Bridge } from '../../../src-main/contract/bridge.ts'

const ipcRenderer = Object.assign(new EventEmitter(), {
  invoked: [] as unknown[][],
  invoke: async (...args: unknown[]) => void ipcRenderer.invoked.push(args),
})
const exposed: Record<string, unknown> = {}
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => (exposed[name] = value) },
  ipcRenderer,
}))

describe('preload', () => {
  beforeAll(() => import('../../../src-main/shells/electron/preload.ts'))
  const bridge = () => exposed['unroll'] as Bridge

  it('exposes call, on and watch, and nothing else', () => {
    expect(Object.keys(exposed)).toEqual(['unroll'])
    expect(Object.keys(bridge()).sort()).toEqual(['call', 'on', 'watch'])
  })

  it('knows its channels', async () => {
    await bridge().call('runs.list', { a: 1 })
    bridge().watch(['a'])
    expect(ipcRenderer.invoked).toEqual([
      ['unroll:call', 'runs.list', { a: 1 }],
      ['unroll:watch', ['a']],
    ])
    bridge().on('notice', () => undefined)()
    expect(ipcRenderer.eventNames()).toEqual([])
  })

  it('passes data without the event object, of the asked event only, until told to stop', () => {
    const heard: unknown[][] = []
    const stop = bridge().on('run.purged', (...args: unknown[]) => heard.push(args))
    ipcRenderer.emit('unroll:event', { sender: 'secret' }, 'run.purged', { id: 'a' })
    ipcRenderer.emit('unroll:event', { sender: 'secret' }, 'notice', { code: 'x' })
    stop()
    ipcRenderer.emit('unroll:event', { sender: 'secret' }, 'run.purged', { id: 'b' })
    expect(heard).toEqual([[{ id: 'a' }]])
  })
})
