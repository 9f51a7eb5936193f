// Binds the server to a loopback address. Any other address is refused: remote users come through SSH.
import type { FastifyInstance } from 'fastify'
import { UnrollError } from '../../contract/errors.ts'

const own = new Set(['127.0.0.1', 'localhost', '::1'])

const tunnel = (port: number) => `ssh -L ${port || 8000}:127.0.0.1:${port || 8000} HOST`

/** E_ARG: the host is not a loopback address. E_PORT: not a port number. */
export function checkAddress(port: number, host = '127.0.0.1'): void {
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UnrollError('E_PORT', `port: ${port} is not between 0 and 65535.`)
  if (own.has(host)) return
  throw new UnrollError(
    'E_ARG',
    `host: ${host} would be reachable from other machines. Unroll serves 127.0.0.1 only; from elsewhere use "${tunnel(port)}".`,
  )
}

/** Listens on `host`:`port` and returns the port. Throws as checkAddress, and E_PORT if it is taken or forbidden. */
export async function listen(server: FastifyInstance, port: number, host = '127.0.0.1'): Promise<number> {
  checkAddress(port, host)
  try {
    await server.listen({ port, host: host === 'localhost' ? '127.0.0.1' : host })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new UnrollError(
        'E_PORT',
        `port ${port} is in use by another program. Take --port 0 for any free one.`,
      )
    if (code === 'EACCES')
      throw new UnrollError(
        'E_PORT',
        `port ${port} is reserved for the system. Take one above 1023, or --port 0.`,
      )
    throw error
  }
  const address = server.server.address()
  if (address === null || typeof address === 'string')
    throw new UnrollError('E_PORT', 'The server got no port.')
  return address.port
}
