// Addresses and ports that the server listens on.
import { describe, expect, it } from 'vitest'
import { send } from './raw.ts'
import { start } from './startServer.ts'

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
