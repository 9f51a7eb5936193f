// Login over real sockets: codes, cookies, guessing.
import { describe, expect, it } from 'vitest'
import { request } from './raw.ts'
import { start } from './startServer.ts'

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
