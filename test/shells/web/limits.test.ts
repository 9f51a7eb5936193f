// Limits over real sockets: sizes, times and numbers of requests.
import { describe, expect, it } from 'vitest'
import { encodeWire } from '../../../src-main/contract/wire.ts'
import { request, send, parseReply } from './raw.ts'
import { start } from './startServer.ts'

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
