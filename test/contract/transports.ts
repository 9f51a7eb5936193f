// The ways to an app as one list: each gives a client with `call` and `on`.
import { WebSocket as NodeSocket } from 'ws'
import type { Client, CommandName } from '../../src-main/contract/api.ts'
import { bridgeClient } from '../../src-renderer/client/bridge.ts'
import { webClient, type Page } from '../../src-renderer/client/web.ts'
import type { App } from '../../src-main/shells/appInterface.ts'
import { startElectron } from '../../src-main/shells/electron/start.ts'
import { startWebServer } from '../../src-main/shells/web/server.ts'
import { fakeElectron } from '../shells/electron/fakeElectron.ts'
import { page } from '../shells/web/raw.ts'

export interface Transport {
  client: Client
  close(): Promise<void>
}

/** A browser's page as far as the client needs it: a fragment, a cookie jar, and requests that carry an Origin. */
export function pageAt(url: string): Page & { cookie: string; setFragment(fragment: string): void } {
  const at = new URL(url)
  const listeners: (() => void)[] = []
  let fragment = at.hash
  const jar = {
    cookie: '',
    origin: at.origin,
    async fetch(to: string, init: RequestInit) {
      const headers = {
        ...(init.headers as Record<string, string>),
        origin: at.origin,
        cookie: jar.cookie,
        'sec-fetch-site': 'same-origin',
      }
      const response = await fetch(to, { ...init, headers })
      const set = response.headers.get('set-cookie')
      if (set) jar.cookie = set.split(';')[0]!
      return response
    },
    webSocket(to: string) {
      const socket = new NodeSocket(to, { headers: { origin: at.origin, cookie: jar.cookie } })
      // A browser tells of a failed upgrade by `close` alone.
      socket.on('error', () => undefined)
      return socket as unknown as WebSocket
    },
    fragment: () => fragment,
    clearFragment: () => void (fragment = ''),
    onFragment: (listener: () => void) => void listeners.push(listener),
    setFragment(next: string) {
      fragment = next
      listeners.forEach((listener) => listener())
    },
  }
  return jar
}

async function direct(app: App): Promise<Transport> {
  return {
    client: { call: (name, input) => app.call(name, input), on: (name, listener) => app.on(name, listener) },
    close: async () => undefined,
  }
}

async function web(app: App): Promise<Transport> {
  const server = await startWebServer({ app, page, port: 0 })
  const client = webClient(pageAt(server.loginUrl()))
  const deadline = Date.now() + 5000
  while (client.connection.value !== 'open') {
    if (Date.now() > deadline) throw new Error(`the client is ${client.connection.value}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    client,
    async close() {
      client.close()
      await server.close()
    },
  }
}

async function bridge(app: App): Promise<Transport> {
  const electron = fakeElectron()
  await startElectron(electron.api, () => app, { dataDir: '/data', page: () => page, log: () => undefined })
  const { webContents } = electron.windows[0]!
  // What webContents.send sent goes to the preload script's listeners.
  const send = webContents.send.bind(webContents)
  webContents.send = (...args) => {
    send(...args)
    const [, event, data] = webContents.sent.at(-1)!
    webContents.emit('to-page', event, data)
  }
  const client = bridgeClient({
    call: (name: CommandName, input) => electron.call(name, input),
    watch: (ids) => electron.watch(ids),
    on(name, listener) {
      const entry = (event: string, data: unknown) => event === name && listener(data)
      webContents.on('to-page', entry)
      return () => void webContents.off('to-page', entry)
    },
  })
  return { client, close: async () => undefined }
}

export const transports: [string, (app: App) => Promise<Transport>][] = [
  ['direct', direct],
  ['web', web],
  ['window', bridge],
]
