// The properties of a request that the gate checks. Raw headers are read, so that a duplicate header is seen as two.
import type { FastifyRequest } from 'fastify'
import type { GateRequest } from './gate.ts'

/** Tokens come as `Authorization: Bearer` or in the cookie that carries this server's port in its name. */
export function gateRequestOf(request: FastifyRequest, port: number): GateRequest {
  const { headers, headersDistinct: distinct } = request.raw
  const one = (name: string) => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  return {
    target: request.raw.url ?? '',
    method: request.method,
    hosts: distinct['host'] ?? [],
    origins: distinct['origin'] ?? [],
    fetchSite: one('sec-fetch-site'),
    fetchMode: one('sec-fetch-mode'),
    contentType: one('content-type'),
    upgrade: request.ws,
    tokens: tokensOf(one('authorization'), headers.cookie, `unroll-${port}`),
  }
}

function tokensOf(authorization: string | undefined, cookies: string | undefined, name: string): string[] {
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(authorization ?? '')?.[1]
  const ours = (cookies ?? '')
    .split(/; ?/)
    .flatMap((cookie) => (cookie.startsWith(`${name}=`) ? [cookie.slice(name.length + 1)] : []))
  return [...(bearer ? [bearer] : []), ...ours.slice(0, 4)]
}
