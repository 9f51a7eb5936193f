// Writes responses and reads bodies of the web server: JSON with the wire codec, never quoting the request.
import type { FastifyReply } from 'fastify'
import type { Socket } from 'node:net'
import { UnrollError, type ErrorValue } from '../../contract/errors.ts'
import { decodeWire, encodeWire } from '../../contract/wire.ts'

const json = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

/** Sends an encoded message. */
export const sendWire = (reply: FastifyReply, message: string | Uint8Array) =>
  reply.headers(json).send(message)

export const sendJson = (reply: FastifyReply, value: unknown) => sendWire(reply, encodeWire(value ?? null))

export const sendError = (reply: FastifyReply, { code, message, details }: ErrorValue, status: number) =>
  sendJson(reply.code(status), { code, message, details })

/** Parses the body; E_JSON if it is not JSON in UTF-8. The text is never quoted, since it may contain a secret. */
export function readBody(body: unknown): unknown {
  try {
    return decodeWire(new TextDecoder('utf-8', { fatal: true }).decode(body as Uint8Array))
  } catch {
    throw new UnrollError('E_JSON', 'The body is not valid JSON.')
  }
}

const broken: Record<string, readonly [number, string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
}

/** Requests that Node rejects before they are parsed: too slow, too long, not HTTP. */
export function answerBrokenRequest(code: string | undefined, socket: Socket): void {
  const [status, text] = broken[code ?? ''] ?? [400, 'Bad Request']
  const body = encodeWire({ code: 'E_ARG', message: `${text}.` })
  const head = Object.entries({ ...json, 'content-length': body.length, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  if (socket.writable) socket.end([`HTTP/1.1 ${status} ${text}`, ...head, '', body].join('\r\n'))
  else socket.destroy()
}
