// A page of another origin, in the very browser that is signed in here, tries every route every way that browsers have. It is of
// the same site (127.0.0.1, another port), so the cookie goes along: the gate alone stands between it and the commands.
import chromium from '@sparticuz/chromium'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium as playwright, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWebServer, type WebServer } from '../../src-main/shells/web/server.ts'
import { fakeApp, type FakeApp } from '../standIn/app.ts'
import { page as pageFiles } from '../shells/web/raw.ts'

let browser: Browser
let app: FakeApp
let server: WebServer
let foreign: Server
let evil: Page
let own: Page
const origin = () => `http://127.0.0.1:${server.port}`

beforeAll(async () => {
  app = fakeApp({ 'data.list': () => [], 'runs.list': () => ({ runs: [], total: 0 }) })
  server = await startWebServer({ app, page: pageFiles, port: 0 })
  foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>elsewhere</title><body></body>')
  }).listen(0, '127.0.0.1')
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
    headless: true,
  })
  const context = await browser.newContext()
  own = await context.newPage()
  const url = server.loginUrl()
  await own.goto(url)
  const signedIn = await own.evaluate(async (code) => {
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch('/login', { method: 'POST', headers, body: JSON.stringify({ code }) })
    return reply.status
  }, new URL(url).hash.slice('#code='.length))
  expect(signedIn).toBe(200)
  evil = await context.newPage()
  await evil.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
  foreign?.close()
})

describe('a page of another origin', () => {
  it('could do harm if nothing stopped it: the page itself can call, and its cookie is out of its reach', async () => {
    const mine = await own.evaluate(async () => {
      const headers = { 'content-type': 'application/json' }
      const reply = await fetch('/call/data.list', { method: 'POST', headers, body: '{}' })
      return [reply.status, await reply.text(), document.cookie]
    })
    expect(mine).toEqual([200, '[]', ''])
    expect(app.calls.splice(0)).toHaveLength(1)
  })

  it('reads nothing and changes nothing by fetch, on any route', async () => {
    const targets = server.routes.map(({ path }) => origin() + path)
    const read = await evil.evaluate(async (urls) => {
      const bytes: string[] = []
      for (const url of urls) {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
          for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
            for (const mode of ['cors', 'no-cors'] as const) {
              const body = method === 'GET' ? undefined : '{}'
              const headers = { 'content-type': type }
              const init = { method, mode, headers, body, credentials: 'include' as const }
              const text = await fetch(url, init).then(
                (reply) => reply.text(),
                () => '',
              )
              if (text) bytes.push(`${method} ${url} ${text}`)
            }
          }
        }
      }
      return bytes
    }, targets)
    expect(read).toEqual([])
    expect(app.calls).toEqual([])
  })

  it('cannot send a form, load a script or an image, or frame the page', async () => {
    const routes = server.routes
      .filter(({ policy }) => policy !== 'events')
      .map(({ path }) => origin() + path)
    const loaded = await evil.evaluate(async (urls) => {
      const worked: string[] = []
      const settle = (element: HTMLElement, what: string) =>
        new Promise<void>((resolve) => {
          const done = () => resolve()
          element.addEventListener('load', () => {
            worked.push(what)
            done()
          })
          element.addEventListener('error', done)
          setTimeout(done, 2000)
          document.body.append(element)
        })
      for (const url of urls.slice(0, 6)) {
        await settle(Object.assign(document.createElement('script'), { src: url }), `script ${url}`)
        await settle(Object.assign(document.createElement('img'), { src: url }), `img ${url}`)
      }
      for (const url of urls) {
        const form = document.createElement('form')
        Object.assign(form, { action: url, method: 'POST', target: 'sink', enctype: 'text/plain' })
        const field = document.createElement('input')
        Object.assign(field, { name: '{"x":"', value: '"}' })
        form.append(field)
        document.body.append(Object.assign(document.createElement('iframe'), { name: 'sink' }), form)
        form.submit()
      }
      await new Promise((resolve) => setTimeout(resolve, 1000))
      return worked
    }, routes)
    expect(loaded).toEqual([])
    expect(app.calls).toEqual([])
    const frame = await evil.evaluate(async (url) => {
      const element = Object.assign(document.createElement('iframe'), { src: url })
      document.body.append(element)
      await new Promise((resolve) => setTimeout(resolve, 1000))
      return element.contentDocument === null ? 'closed' : 'open'
    }, `${origin()}/`)
    expect(frame).toBe('closed')
    expect(evil.frames().some((f) => f.url() === `${origin()}/`)).toBe(false)
  })

  it('hears no event', async () => {
    const result = await evil.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => resolve('open')
          socket.onclose = () => resolve('refused')
        }),
      `ws://127.0.0.1:${server.port}/events`,
    )
    expect(result).toBe('refused')
    const allowed = await own.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => resolve('open')
          socket.onclose = () => resolve('refused')
        }),
      `ws://127.0.0.1:${server.port}/events`,
    )
    expect(allowed).toBe('open')
  })
})

describe('the page itself', () => {
  it('may not run scripts of data, send forms away or load from elsewhere', async () => {
    const faults: string[] = []
    own.on('console', (message) => faults.push(message.text()))
    const ran = await own.evaluate(async () => {
      const w = window as unknown as { ran?: number }
      const script = document.createElement('script')
      try {
        script.textContent = 'window.ran = 1'
      } catch {
        // Trusted Types refused it already.
      }
      document.body.append(script)
      const image = Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:1/x.png' })
      document.body.append(image)
      await new Promise((resolve) => setTimeout(resolve, 300))
      return w.ran ?? 0
    })
    expect(ran).toBe(0)
    expect(faults.join('\n')).toMatch(/Content Security Policy/)
  })
})
