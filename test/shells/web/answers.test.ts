// Answers over real sockets: security headers, encoding, and what failures tell.
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { decodeWire } from '../../../src-main/contract/wire.ts'
import { contentPolicy } from '../../../src-main/shells/headers.ts'
import { request } from './raw.ts'
import { start } from './startServer.ts'

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
