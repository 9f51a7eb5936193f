// The page's client before a real server that comes and goes: signing in, losing the connection, finding back.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { pauseBefore } from '../../../src-renderer/client/socket.ts'
import { webClient } from '../../../src-renderer/client/web.ts'
import type { PageClient } from '../../../src-renderer/client/index.ts'
import { bridgeClient } from '../../../src-renderer/client/bridge.ts'
import { createListeners } from '../../../src-renderer/client/listeners.ts'
import { startWebServer, type WebServer } from '../../../src-main/shells/web/server.ts'
import { pageAt } from '../../contract/transports.ts'
import { fakeApp } from '../../standIn/app.ts'
import { page } from '../../shells/web/raw.ts'

const clients: PageClient[] = []
const servers: WebServer[] = []
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close())
  await Promise.all(servers.splice(0).map((server) => server.close()))
})
const app = () => fakeApp({ 'data.list': () => [], 'settings.get': () => ({ maxRunning: 1 }) })
async function serve(options: { port?: number; app?: ReturnType<typeof app> } = {}) {
  const server = await startWebServer({ app: options.app ?? app(), page, port: options.port ?? 0 })
  servers.push(server)
  return server
}
function open(at: ReturnType<typeof pageAt>) {
  const client = webClient(at)
  clients.push(client)
  return client
}
const state = (client: PageClient) => expect.poll(() => client.connection.value, { timeout: 8000 })

describe('signing in', () => {
  it('takes the code out of the address and keeps no token', async () => {
    const server = await serve()
    const at = pageAt(server.loginUrl())
    const client = open(at)
    expect(client.connection.value).toBe('connecting')
    expect(at.fragment()).toBe('')
    expect(await client.call('data.list', {})).toEqual([])
    await state(client).toBe('open')
  })

  it('is denied without a code, and works as soon as one comes into the address', async () => {
    const server = await serve()
    const at = pageAt(server.loginUrl().split('#')[0]!)
    const client = open(at)
    await state(client).toBe('denied')
    await expect(client.call('data.list', {})).rejects.toMatchObject({ code: 'E_AUTH' })
    at.setFragment('#/runs')
    at.setFragment(new URL(server.loginUrl()).hash)
    await state(client).toBe('open')
    expect(await client.call('data.list', {})).toEqual([])
  })

  it('goes on by its cookie when the code was used before, as after a reload', async () => {
    const server = await serve()
    const url = server.loginUrl()
    const first = pageAt(url)
    await open(first).call('data.list', {})
    const reloaded = pageAt(url)
    reloaded.cookie = first.cookie
    expect(await open(reloaded).call('data.list', {})).toEqual([])
    await expect(open(pageAt(url)).call('data.list', {})).rejects.toMatchObject({ code: 'E_AUTH' })
  })
})

describe('a connection that breaks', () => {
  it('is tried again, and the page is told to load anew', async () => {
    const backend = app()
    const server = await serve({ app: backend })
    const client = open(pageAt(server.loginUrl()))
    let returned = 0
    client.onReconnect(() => returned++)
    await state(client).toBe('open')
    const lost: string[] = []
    // Dropped as a reader that was too slow: the session is still good.
    const dropped = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        lost.push(client.connection.value)
        if (client.connection.value === 'lost') resolve(clearInterval(timer))
      }, 1)
    })
    for (const handle of (
      process as unknown as { _getActiveHandles(): { destroy?: () => void; localPort?: number }[] }
    )._getActiveHandles()) {
      if (handle.localPort === server.port) handle.destroy?.()
    }
    await dropped
    await state(client).toBe('open')
    expect(returned).toBe(1)
    const heard = new Promise((resolve) => client.on('run.purged', resolve))
    backend.emit('run.purged', { id: 'x' })
    expect(await heard).toEqual({ id: 'x' })
  })

  it('is offline while the server is away, and denied by a new server that does not know the page', async () => {
    const server = await serve()
    const client = open(pageAt(server.loginUrl()))
    await state(client).toBe('open')
    await servers.splice(0)[0]!.close()
    await state(client).toBe('lost')
    await expect(client.call('data.list', {})).rejects.toMatchObject({ code: 'E_OFFLINE' })
    await serve({ port: server.port })
    client.retry()
    await state(client).toBe('denied')
  })

  it('pauses longer each time, up to 5 seconds, never in step with others', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((n) => pauseBefore(n, () => 1))).toEqual([
      250, 500, 1000, 2000, 4000, 5000, 5000,
    ])
    expect(pauseBefore(3, () => 0)).toBe(1000)
  })

  it('stops trying when closed', async () => {
    const server = await serve()
    const client = open(pageAt(server.loginUrl()))
    await state(client).toBe('open')
    client.close()
    await new Promise((resolve) => setTimeout(resolve, 400))
    client.retry()
    expect(client.connection.value).toBe('open')
  })
})

describe('listeners', () => {
  it('do not keep each other from hearing', () => {
    const { on, emit } = createListeners()
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const heard: string[] = []
    on('run.purged', () => {
      throw new Error('mine alone')
    })
    const listener = ({ id }: { id: string }) => heard.push(id)
    const stop = on('run.purged', listener)
    on('run.purged', listener)
    emit('run.purged', { id: 'a' })
    stop()
    stop()
    emit('run.purged', { id: 'b' })
    emit('nobody.listens', {})
    expect(heard).toEqual(['a', 'a', 'b'])
    expect(told).toHaveBeenCalledTimes(2)
    told.mockRestore()
  })
})

describe('the bridge', () => {
  it('is always open', () => {
    const client = bridgeClient({
      call: async () => ({ ok: true, value: 1 }),
      on: () => () => undefined,
      watch: () => undefined,
    })
    expect(client.connection.value).toBe('open')
  })
})
