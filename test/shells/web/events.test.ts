// The WebSocket of the web door: what is pushed, what may be said, and what happens to those who say too much or read too little.
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { decodeWire } from '../../../src-main/contract/wire.ts'
import { request, serve, upgradeHeaders, type Served } from './raw.ts'

const open: Served[] = []
const start = async (...args: Parameters<typeof serve>) => {
  const served = await serve(...args)
  open.push(served)
  return served
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()))
})

interface Talk {
  socket: WebSocket
  messages: unknown[]
  closed: Promise<number>
}

async function join({ port, login }: Served): Promise<Talk> {
  const headers = { cookie: `unroll-${port}=${await login()}`, origin: `http://127.0.0.1:${port}` }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/events`, { headers })
  const messages: unknown[] = []
  socket.on('message', (data) => messages.push(decodeWire(String(data))))
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return { socket, messages, closed }
}

const chunk = {
  name: 'loss',
  steps: Float64Array.of(1),
  values: Float64Array.of(NaN),
  times: Float64Array.of(2),
}

describe('events', () => {
  it('reach every page, exactly as they were', async () => {
    const served = await start()
    const [a, b] = [await join(served), await join(served)]
    served.app.emit('run.metrics', { id: 'x', chunks: [chunk] })
    served.app.emit('run.truncated', { id: 'x', step: 1 })
    served.app.emit('notice', { code: 'W_NO_NATIVE', message: 'slow' })
    const expected = [
      { event: 'run.truncated', data: { id: 'x', step: 1 } },
      { event: 'notice', data: { code: 'W_NO_NATIVE', message: 'slow' } },
    ]
    for (const { messages } of [a, b]) await expect.poll(() => messages).toEqual(expected)
  })

  it('bring points to the pages that draw the run, and to no others', async () => {
    const served = await start()
    const [a, b] = [await join(served), await join(served)]
    const [one, two] = ['a'.repeat(26), 'b'.repeat(26)]
    const told = (id: string) => ({ event: 'run.metrics', data: { id, chunks: [chunk] } })
    a.socket.send(JSON.stringify({ id: 0, type: 'watch', runs: [one, two] }))
    b.socket.send(JSON.stringify({ id: 0, type: 'watch', runs: [two] }))
    for (const { messages } of [a, b])
      await expect.poll(() => messages).toEqual([{ id: 0, type: 'watching' }])
    for (const id of [one, two]) served.app.tellPoints(id, [chunk])
    await expect.poll(() => a.messages.slice(1)).toEqual([told(one), told(two)])
    await expect.poll(() => b.messages.slice(1)).toEqual([told(two)])
    a.socket.send(JSON.stringify({ id: 1, type: 'watch', runs: [] }))
    await expect.poll(() => served.app.watched()).toEqual([two])
    b.socket.close()
    await expect.poll(() => served.app.watched()).toEqual([])
  })

  it('end with the server, and nobody listens to the app any more', async () => {
    const served = await start()
    const { closed } = await join(served)
    await served.server.close()
    expect(await closed).toBe(1001)
    served.app.emit('run.purged', { id: 'x' })
  })

  it.each([
    ['no token', {}, 401],
    ['a bad origin', { origin: 'http://evil.com' }, 403],
    ['no origin', { origin: undefined }, 403],
    ['a bad host', { host: 'evil.com' }, 421],
  ])('are not upgraded for %s', async (what, spoilt, status) => {
    const served = await start()
    const { port, login } = served
    const usual = { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}`, ...spoilt }
    const headers = [
      ...upgradeHeaders,
      ...Object.entries(usual).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ]
    const token = what === 'no token' ? undefined : await login()
    const without = ['host', 'origin']
    const reply = await request(port, { method: 'GET', path: '/events', headers, without, token })
    expect(reply.status).toBe(status)
    expect(reply.headers.has('sec-websocket-accept')).toBe(false)
  })
})

describe('what a page may say', () => {
  it('is ping', async () => {
    const { socket, messages } = await join(await start())
    socket.send('{"id":1,"type":"ping"}')
    socket.send('{"id":5,"type":"ping"}')
    await expect
      .poll(() => messages)
      .toEqual([
        { id: 1, type: 'pong' },
        { id: 5, type: 'pong' },
      ])
  })

  it.each([
    ['no JSON', 'hello', null],
    ['an array', '[1]', null],
    ['null', 'null', null],
    ['an unknown type', '{"id":7,"type":"runs.purge"}', 7],
    ['a missing field', '{"type":"ping"}', null],
    ['an extra field', '{"id":8,"type":"ping","x":1}', 8],
    ['an id that is no number', '{"id":{"a":1},"type":"ping"}', null],
    ['an id used before', '{"id":0,"type":"ping"}', 0],
    ['bytes', Buffer.from('{"id":9,"type":"ping"}'), null],
    ['a hostile key', '{"__proto__":{"type":"ping","id":1}}', null],
  ])('is not %s, which is answered E_MSG', async (_what, message, id) => {
    const { socket, messages } = await join(await start())
    socket.send('{"id":0,"type":"ping"}')
    socket.send(message)
    socket.send('{"id":100,"type":"ping"}')
    await expect
      .poll(() => messages)
      .toEqual([
        { id: 0, type: 'pong' },
        { id, error: { code: 'E_MSG', message: expect.any(String) } },
        { id: 100, type: 'pong' },
      ])
  })

  it('is not nonsense for ever', async () => {
    const { socket, messages, closed } = await join(await start())
    for (let i = 0; i < 101; i++) socket.send('?')
    expect(await closed).toBe(1008)
    expect(messages).toHaveLength(100)
  })

  it('is not a flood', async () => {
    const { socket, closed } = await join(await start())
    for (let i = 0; i < 3000; i++) socket.send(`{"id":${i},"type":"ping"}`)
    expect(await closed).toBe(1008)
  })

  it('is not longer than 1 MB', async () => {
    const { socket, closed } = await join(await start())
    socket.send('x'.repeat((1 << 20) + 1))
    expect(await closed).toBe(1009)
  })
})

describe('a page that does not read', () => {
  it('is dropped, and the others go on', async () => {
    const served = await start({}, { limits: { backlog: 1 << 20 } })
    const { port, login, app } = served
    const socket = connect(port, '127.0.0.1')
    const head = [
      'GET /events HTTP/1.1',
      ...Object.entries({
        host: `127.0.0.1:${port}`,
        origin: `http://127.0.0.1:${port}`,
        cookie: `unroll-${port}=${await login()}`,
      }).map(([k, v]) => `${k}: ${v}`),
      ...upgradeHeaders.map(([k, v]) => `${k}: ${v}`),
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    const good = await join(served)
    const values = new Float64Array(50_000)
    for (let i = 0; i < 60; i++) {
      app.emit('run.gradients', {
        id: 'x',
        point: { step: i, stride: 1, radii: [], layers: [{ layer: 'a', norms: values, last: values }] },
      })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await expect.poll(() => good.messages.length, { timeout: 15_000 }).toBe(60)
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined))
    socket.resume()
    await closed
    expect(good.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('is found when its end is gone without a word', async () => {
    const served = await start({}, { limits: { probe: 50 } })
    const { socket, closed } = await join(served)
    // No pong any more, as from a machine that sleeps.
    socket.pong = () => undefined
    ;(socket as unknown as { _autoPong: boolean })._autoPong = false
    expect(await closed).toBe(1006)
  })

  it('finds the door shut when too many are in', async () => {
    const served = await start({}, { limits: { listeners: 1 } })
    await join(served)
    await expect(join(served)).rejects.toThrow('503')
  })
})
