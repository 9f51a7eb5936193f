// Every route of the real server against every way to come in without leave. The routes are enumerated from the table, so a new one is
// tested the moment it exists.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gate, hostsOf, type GateRequest } from '../../../src-main/shells/web/gate.ts'
import type { Route } from '../../../src-main/shells/web/routes.ts'
import { api } from '../../../src-main/contract/api.ts'
import { request, serve, upgradeHeaders, type RawRequest, type Served } from './raw.ts'

let served: Served
let token: string
beforeAll(async () => {
  served = await serve({ 'app.info': () => ({ version: '1' }) })
  token = await served.login()
})
afterAll(() => served.server.close())

const asPage = ({ method, path, policy }: Route): RawRequest => ({
  method,
  path,
  token,
  headers: policy === 'events' ? upgradeHeaders : [],
  ...(method === 'POST' && { body: '{}' }),
})

/** How a request is spoilt, what each policy must answer; undefined = it does not concern this policy. */
const attacks: [string, (port: number) => Partial<RawRequest>, Partial<Record<Route['policy'], number[]>>][] =
  [
    ['no token', () => ({ token: undefined }), { session: [401, 429], events: [401, 429] }],
    ['wrong token', () => ({ token: 'A'.repeat(43) }), { session: [401, 429], events: [401, 429] }],
    ['token in the query only', () => ({ token: undefined }), { session: [401, 429], events: [401, 429] }],
    ['no Host', () => ({ without: ['host'] }), { page: [400], login: [400], session: [400], events: [400] }],
    ...[
      'evil.com',
      'localhost.evil.com',
      '127.0.0.1.evil.com',
      'localhost.',
      'localhost',
      '127.1',
      '2130706433',
      '0x7f000001',
      '[::]',
      '0.0.0.0',
    ]
      .flatMap((name) => [name, `${name}:PORT`])
      .filter((name) => name !== 'localhost:PORT')
      .map((name): (typeof attacks)[number] => [
        `Host ${name}`,
        (port) => ({ headers: [['host', name.replace('PORT', String(port))]] }),
        { page: [421], login: [421], session: [421], events: [421] },
      ]),
    [
      'Host of another port',
      (port) => ({ headers: [['host', `127.0.0.1:${port === 65535 ? 1 : port + 1}`]] }),
      { page: [421], login: [421], session: [421], events: [421] },
    ],
    [
      'an absolute target',
      (port) => ({ path: `http://127.0.0.1:${port}` }),
      { page: [400], login: [400], session: [400], events: [400] },
    ],
    [
      'two Hosts',
      (port) => ({
        headers: [
          ['host', `127.0.0.1:${port}`],
          ['host', 'evil.com'],
        ],
      }),
      { page: [400], login: [400], session: [400], events: [400] },
    ],
    ['no Origin', () => ({ without: ['origin'] }), { login: [403], session: [403], events: [403] }],
    ...[
      'null',
      'https://127.0.0.1:PORT',
      'http://127.0.0.1:PORT.evil.com',
      'https://localhost.evil.com',
      'http://127.0.0.1',
      'http://localhost:PORT',
      'http://127.0.0.1:PORT/',
      'HTTP://127.0.0.1:PORT',
      'http://a@127.0.0.1:PORT',
      '',
    ].map((origin): (typeof attacks)[number] => [
      `Origin "${origin}"`,
      (port) => ({ headers: [['origin', origin.replace('PORT', String(port))]] }),
      { page: [403], login: [403], session: [403], events: [403] },
    ]),
    [
      'two Origins',
      (port) => ({
        headers: [
          ['origin', `http://127.0.0.1:${port}`],
          ['origin', 'http://evil.com'],
        ],
      }),
      { login: [403], session: [403], events: [403] },
    ],
    ...['cross-site', 'same-site', 'none'].map((site): (typeof attacks)[number] => [
      `Sec-Fetch-Site ${site}`,
      () => ({ headers: [['sec-fetch-site', site]] }),
      { ...(site !== 'none' && { page: [403] }), login: [403], session: [403], events: [403] },
    ]),
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      'application/json, text/plain',
      '',
    ].map((type): (typeof attacks)[number] => [
      `type "${type}"`,
      () => ({ headers: [['content-type', type]] }),
      { login: [415], session: [415] },
    ]),
    ['no upgrade', () => ({ headers: [] }), { events: [426] }],
    [
      'an upgrade where there is none',
      () => ({ headers: upgradeHeaders }),
      { page: [404], login: [404], session: [404] },
    ],
    ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].map((method): (typeof attacks)[number] => [
      `method ${method}`,
      () => ({ method }),
      { login: [405], session: [405] },
    ]),
    ...['POST', 'PUT', 'DELETE', 'OPTIONS'].map((method): (typeof attacks)[number] => [
      `method ${method}`,
      () => ({ method, body: '{}' }),
      { page: [405] },
    ]),
  ]

describe('every route', () => {
  it('has a policy, and every command has a route', () => {
    const { routes } = served.server
    expect(routes.every(({ policy }) => ['page', 'login', 'session', 'events'].includes(policy))).toBe(true)
    for (const name of Object.keys(api)) expect(routes.map(({ path }) => path)).toContain(`/call/${name}`)
    expect(routes.filter(({ policy }) => policy === 'page').map(({ path }) => path)).toEqual([
      '/',
      '/index.html',
      '/assets/index-abcdefgh.js',
    ])
  })

  it('lets the page in, with a cookie or a bearer token', async () => {
    const { port } = served
    const local = ['/call/data.importFile', '/call/data.lookAtFile']
    for (const route of served.server.routes) {
      const { status } = await request(port, asPage(route))
      // A command's own answer: done, its input is incomplete, or the fake app has no handler. The local one is refused.
      const answers = {
        page: [200],
        login: [400],
        events: [101],
        session: local.includes(route.path) ? [403] : [200, 400, 500],
      }
      expect([route.path, answers[route.policy].includes(status), status]).toEqual([route.path, true, status])
    }
    const bearer = await request(port, {
      path: '/call/app.info',
      body: '{}',
      headers: [['authorization', `Bearer ${token}`]],
    })
    expect(bearer).toMatchObject({ status: 200, json: { version: '1' } })
  })

  it.each(attacks)('refuses %s', async (_name, spoil, answers) => {
    const { port, server, app } = served
    app.calls.length = 0
    let checked = 0
    for (const route of server.routes) {
      const expected = answers[route.policy]
      if (!expected) continue
      const good = asPage(route)
      const bad = spoil(port)
      const names = new Set(bad.headers?.map(([name]) => name))
      const keep = bad.headers?.length === 0 ? [] : (good.headers ?? []).filter(([name]) => !names.has(name))
      const query = _name.startsWith('token in') ? `?token=${token}` : ''
      const reply = await request(port, {
        ...good,
        ...bad,
        headers: [...keep, ...(bad.headers ?? [])],
        path: (bad.path ?? '') + route.path + query,
      })
      expect([route.path, expected.includes(reply.status), reply.status]).toEqual([
        route.path,
        true,
        reply.status,
      ])
      expect(reply.headers.has('access-control-allow-origin')).toBe(false)
      expect(reply.body).not.toContain(token)
      checked++
    }
    expect(checked).toBeGreaterThan(0)
    expect(app.calls).toEqual([])
  })
})

describe('the gate alone', () => {
  const port = 4000
  const facts: GateRequest = {
    target: '/call/app.info',
    method: 'POST',
    hosts: [`localhost:${port}`],
    origins: [`http://localhost:${port}`],
    fetchSite: 'same-origin',
    fetchMode: 'cors',
    contentType: 'application/json; charset=utf-8',
    upgrade: false,
    tokens: ['good'],
  }
  const lock = { hosts: hostsOf(port), admits: (tokens: readonly string[]) => tokens.includes('good') }

  it('lets the page in by each of its three names', () => {
    for (const host of ['localhost:4000', '127.0.0.1:4000', '[::1]:4000']) {
      expect(gate('session', { ...facts, hosts: [host], origins: [`http://${host}`] }, lock)).toBeUndefined()
    }
  })

  it('lets nobody in where there is no policy', () => {
    expect(gate(undefined, facts, lock)).toMatchObject({ status: 401 })
  })

  it('lets a followed link open the page, but no other site load its files', () => {
    const link = {
      ...facts,
      method: 'GET',
      origins: [],
      fetchSite: 'cross-site',
      fetchMode: 'navigate',
      tokens: [],
    }
    expect(gate('page', link, lock)).toBeUndefined()
    expect(gate('page', { ...link, fetchMode: 'no-cors' }, lock)).toMatchObject({ status: 403 })
    expect(gate('session', { ...link, method: 'POST' }, lock)).toMatchObject({ status: 403 })
  })
})
