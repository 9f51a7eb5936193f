// The web door's manners on real sockets: login, headers, what it tells of failures, limits, paths that lead nowhere.
import { afterEach, describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { decodeWire, encodeWire } from '../../../src-main/contract/wire.ts'
import { contentPolicy } from '../../../src-main/shells/headers.ts'
import { request, send, serve, parseReply, type Served } from './raw.ts'

const open: Served[] = []
const start = async (...args: Parameters<typeof serve>) => {
  const served = await serve(...args)
  open.push(served)
  return served
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()))
})
const codeOf = (url: string) => new URL(url).hash.slice('#code='.length)

describe('login', () => {
  it('trades each code once for a cookie that scripts cannot read', async () => {
    const logins: number[] = []
    const { server, port } = await start({}, { onLogin: () => logins.push(1) })
    const url = server.loginUrl()
    expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#code=[\\w-]{43}$`))
    const body = JSON.stringify({ code: codeOf(url) })
    const first = await request(port, { path: '/login', body })
    expect(first.status).toBe(200)
    expect(first.headers.get('set-cookie')).toEqual([
      expect.stringMatching(new RegExp(`^unroll-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`)),
    ])
    const again = await request(port, { path: '/login', body })
    expect(again).toMatchObject({ status: 401, json: { code: 'E_AUTH' } })
    expect(again.body).not.toContain(codeOf(url))
    expect(logins).toEqual([1])
    const other = await request(port, {
      path: '/login',
      body: JSON.stringify({ code: codeOf(server.loginUrl()) }),
    })
    expect(other.status).toBe(200)
    expect(other.headers.get('set-cookie')).not.toEqual(first.headers.get('set-cookie'))
  })

  it('does not take the token of another server, and keeps cookies of two servers apart', async () => {
    const [a, b] = [await start({ 'data.list': () => [] }), await start({ 'data.list': () => [] })]
    const [tokenA, tokenB] = [await a.login(), await b.login()]
    const both = `unroll-${a.port}=${tokenA}; unroll-${b.port}=${tokenB}`
    for (const { port } of [a, b]) {
      expect(
        (await request(port, { path: '/call/data.list', body: '{}', headers: [['cookie', both]] })).status,
      ).toBe(200)
    }
    expect((await request(b.port, { path: '/call/data.list', body: '{}', token: tokenA })).status).toBe(401)
    const tossed = `unroll-${a.port}=bad; unroll-${a.port}=${tokenA}`
    expect(
      (await request(a.port, { path: '/call/data.list', body: '{}', headers: [['cookie', tossed]] })).status,
    ).toBe(200)
  })

  it('tells who guesses to wait, and still knows who is signed in', async () => {
    const { port, login } = await start({ 'data.list': () => [] })
    const token = await login()
    const statuses = await Promise.all(
      Array.from({ length: 15 }, () =>
        request(port, { path: '/login', body: '{"code":"guess"}' }).then(({ status }) => status),
      ),
    )
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
    expect((await request(port, { path: '/call/data.list', body: '{}', token })).status).toBe(200)
  })

  it.each([
    '',
    '{}',
    '[]',
    '"x"',
    '{"code":1}',
    '{"code":"a","more":1}',
    '{"code":',
    '\u0000',
    '{"__proto__":{"code":"a"}}',
  ])('refuses the body %j', async (body) => {
    const { port } = await start()
    const reply = await request(port, { path: '/login', body })
    expect([400, 401, 422]).toContain(reply.status)
    expect(reply.headers.has('set-cookie')).toBe(false)
    expect(({} as { code?: unknown }).code).toBeUndefined()
  })
})

describe('answers', () => {
  it('carry the security headers, whatever they are', async () => {
    const { port, login } = await start({ 'data.list': () => [] })
    const token = await login()
    const replies = [
      await request(port, { method: 'GET', path: '/' }),
      await request(port, { method: 'GET', path: '/nothing' }),
      await request(port, { path: '/call/data.list', body: '{}', token }),
      await request(port, { path: '/call/data.list', body: '{}' }),
      await request(port, { path: '/call/data.list', body: '{}', token, headers: [['host', 'evil.com']] }),
      await request(port, {
        method: 'OPTIONS',
        path: '/call/data.list',
        headers: [
          ['origin', 'http://evil.com'],
          ['access-control-request-private-network', 'true'],
        ],
      }),
    ]
    expect(replies.map(({ status }) => status)).toEqual([200, 404, 200, 401, 421, 403])
    for (const { headers } of replies) {
      expect(headers.get('content-security-policy')).toEqual([contentPolicy])
      expect(headers.get('x-content-type-options')).toEqual(['nosniff'])
      expect(headers.get('cross-origin-resource-policy')).toEqual(['same-origin'])
      expect(headers.get('referrer-policy')).toEqual(['no-referrer'])
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('hold what JSON would lose', async () => {
    const value = [{ a: NaN, b: -0, c: -Infinity, f: Float32Array.of(1, NaN), g: Float64Array.of(1e-310) }]
    const { port, login } = await start({ 'data.list': () => value })
    const reply = await request(port, { path: '/call/data.list', body: '{}', token: await login() })
    expect(decodeWire(reply.body)).toEqual(value)
    expect(reply.headers.get('cache-control')).toEqual(['no-store'])
  })

  it('tell no stack, path or token of a failure', async () => {
    const path = `${process.cwd()}/deep/secret.txt`
    const failures: Record<string, () => never> = {
      'data.list': () => {
        throw new Error(`boom in ${path}`)
      },
      'catalog.get': () => {
        throw new UnrollError('E_PATH', `cannot read ${path}: or /etc/other/thing`)
      },
      'app.info': () => {
        throw new UnrollError('E_DB_BUSY', 'locked', { path: 'x' })
      },
    }
    const { port, login, log } = await start(failures)
    const token = await login()
    const call = (name: string) => request(port, { path: `/call/${name}`, body: '{}', token })
    const internal = await call('data.list')
    expect(internal).toMatchObject({ status: 500, json: { code: 'E_INTERNAL' } })
    expect(internal.body).not.toMatch(/boom|secret|at .*\.ts/)
    expect(log.join()).toContain('boom')
    expect(log.join()).not.toContain(token)
    const known = await call('catalog.get')
    expect(known).toMatchObject({
      status: 422,
      json: { code: 'E_PATH', message: 'cannot read <program>/deep/secret.txt: or …/thing' },
    })
    expect(await call('app.info')).toMatchObject({
      status: 503,
      json: { code: 'E_DB_BUSY', details: { path: 'x' } },
    })
  })

  it.each([
    ['a misspelt key', 'runs.get', '{"idd":"x"}', 400, 'E_ARG'],
    ['a hostile key', 'runs.get', '{"__proto__":{"x":1}}', 422, 'E_CONFIG_KEY'],
    [
      'a hostile constructor',
      'config.plan',
      '{"config":{"constructor":{"prototype":{}}}}',
      422,
      'E_CONFIG_KEY',
    ],
    [
      'deep nesting',
      'config.plan',
      `{"config":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      422,
      'E_CONFIG_SIZE',
    ],
    ['very deep nesting', 'config.plan', '['.repeat(200_000), 400, 'E_JSON'],
    ['no JSON', 'data.list', '{', 400, 'E_JSON'],
    ['no UTF-8', 'data.list', Buffer.from([0x7b, 0xff, 0x7d]), 400, 'E_JSON'],
    ['bad base64', 'data.import', '{"name":"a","bytes":{"$u8":"!"}}', 400, 'E_JSON'],
    ['a local command', 'data.importFile', '{"path":"/etc/passwd"}', 403, 'E_FORBIDDEN'],
    ['a limit of -1', 'runs.list', '{"limit":-1}', 400, 'E_ARG'],
    ['no body', 'runs.get', '', 400, 'E_JSON'],
  ])('refuse %s', async (_what, name, body, status, code) => {
    const { port, login, app } = await start()
    const reply = await request(port, { path: `/call/${name}`, body, token: await login() })
    expect(reply).toMatchObject({ status, json: { code } })
    expect(reply.body.length).toBeLessThan(1000)
    expect(app.calls).toEqual([])
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})

describe('limits', () => {
  it('refuses bodies over 16 MB at once, and takes them for imports', async () => {
    const { port, login } = await start({
      'data.import': ({ bytes }: { bytes: Uint8Array }) => ({ length: bytes.length }),
    })
    const token = await login()
    const declared = await request(port, {
      path: '/call/data.list',
      token,
      headers: [['content-length', String((16 << 20) + 1)]],
      body: '{',
    })
    expect(declared).toMatchObject({ status: 413, json: { code: 'E_TOO_LARGE' } })
    const body = encodeWire({ name: 'big', bytes: new Uint8Array(20 << 20) })
    expect(await request(port, { path: '/call/data.import', token, body })).toMatchObject({
      status: 200,
      json: { length: 20 << 20 },
    })
  })

  it('refuses a body that never ends', async () => {
    const { port, login } = await start()
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const reply = await request(port, {
      path: '/call/data.list',
      token: await login(),
      headers: [['transfer-encoding', 'chunked']],
      body: chunk.repeat(1100),
    })
    expect(reply.status).toBe(413)
  })

  it('gives up on a head that does not come', async () => {
    const { port } = await start({}, { limits: { headTime: 300, requestTime: 600 } })
    const reply = parseReply(await send(port, 'GET / HTTP/1.1\r\nhost: a', { wait: 5000 }))
    expect(reply).toMatchObject({ status: 408, json: { code: 'E_ARG' } })
  })

  it('takes only so many calls at once', async () => {
    const gate = Promise.withResolvers<unknown[]>()
    const { port, login } = await start({ 'data.list': () => gate.promise }, { limits: { calls: 3 } })
    const token = await login()
    const calls = Array.from({ length: 5 }, () =>
      request(port, { path: '/call/data.list', body: '{}', token }),
    )
    setTimeout(() => gate.resolve([]), 200)
    const statuses = (await Promise.all(calls)).map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 200, 200, 503, 503])
  })

  it.each([
    'GET http://evil.com/ HTTP/1.1',
    'GET HTTP/1.1',
    'NONSENSE',
    'GET / HTTP/9.9',
    'GET / HTTP/1.1\r\nx: \u0001',
    'CONNECT evil.com:80 HTTP/1.1',
  ])('refuses the line %j', async (line) => {
    const { port } = await start()
    const text = await send(port, `${line}\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`)
    expect(text).toMatch(/^(HTTP\/1\.1 (400|404|405|421) |$)/)
    expect(text).not.toContain('<title>')
  })
})

describe('paths', () => {
  const parts = [
    '..',
    '%2e%2e',
    '%252e%252e',
    '..%2f',
    '%2e%2e%2f',
    '..%5c',
    '..\\',
    '.%00.',
    '..;',
    '....//',
    '%c0%ae%c0%ae',
    '%uff0e',
    '//',
  ]
  const roots = ['', '/assets', '/assets-evil', '/call', '/static']
  const targets = ['etc/passwd', 'package.json', 'index.html', '%65tc/passwd']
  const all = roots.flatMap((root) =>
    parts.flatMap((a) => parts.flatMap((b) => targets.map((target) => `${root}/${a}/${b}/${target}`))),
  )

  it(`answer 404 to ${all.length} ways out of the folder`, async () => {
    const { port } = await start()
    for (let i = 0; i < all.length; i += 40) {
      const replies = await Promise.all(
        all.slice(i, i + 40).map((path) => request(port, { method: 'GET', path })),
      )
      for (const [j, reply] of replies.entries()) {
        expect([all[i + j], reply.status === 404 || reply.status === 400]).toEqual([all[i + j], true])
        expect(reply.body).not.toMatch(/root:|"name"|<title>/)
      }
    }
  })

  it('serves the files of the map with their types and lets them be kept', async () => {
    const { port } = await start()
    const html = await request(port, { method: 'GET', path: '/', without: ['origin'] })
    expect(html).toMatchObject({ status: 200, body: '<!doctype html><title>Unroll</title>' })
    expect(html.headers.get('content-type')).toEqual(['text/html; charset=utf-8'])
    expect(html.headers.get('cache-control')).toEqual(['no-cache'])
    const script = await request(port, { method: 'GET', path: '/assets/index-abcdefgh.js' })
    expect(script.headers.get('cache-control')).toEqual(['public, max-age=31536000, immutable'])
    const known = await request(port, {
      method: 'GET',
      path: '/',
      headers: [['if-none-match', html.headers.get('etag')![0]!]],
    })
    expect(known).toMatchObject({ status: 304, body: '' })
  })
})

describe('where it listens', () => {
  it.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.2', ''])(
    'refuses the host %j',
    async (host) => {
      await expect(start({}, { host })).rejects.toMatchObject({
        code: 'E_ARG',
        message: expect.stringContaining('ssh -L'),
      })
    },
  )

  it.each([-1, 65536, 70000, 1.5, NaN])('refuses the port %d', async (port) => {
    await expect(start({}, { port })).rejects.toMatchObject({ code: 'E_PORT' })
  })

  it('says when a port is taken, and is not seen from other addresses', async () => {
    const { port } = await start()
    await expect(start({}, { port })).rejects.toMatchObject({
      code: 'E_PORT',
      message: expect.stringContaining('in use'),
    })
    await expect(send(port, 'x', { host: '127.0.0.2' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('closes what is open', async () => {
    const { port, server } = await start()
    await server.close()
    await expect(send(port, 'x')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
