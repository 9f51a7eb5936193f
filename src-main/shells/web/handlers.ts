// The request handler of each kind of route, after the gate.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { EventHub } from './events.ts'
import { readBody, sendError, sendJson, sendWire } from './replies.ts'
import type { Answer } from './routes.ts'

export interface HandlerOptions {
  hub: EventHub
  /** Maximal number of concurrent commands. */
  maxCalls: number
  port: () => number
  onLogin?: (() => void) | undefined
}

interface Handling {
  handler: (request: FastifyRequest, reply: FastifyReply) => unknown
  preHandler?: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
  wsHandler?: (socket: WebSocket) => void
}

/** A handler factory per kind of route. */
export function handlers(options: HandlerOptions): {
  [K in Answer['kind']]: (answer: Answer & { kind: K }) => Handling
} {
  let calls = 0
  return {
    file: ({ file }) => ({
      handler(request, reply) {
        reply.headers({
          'content-type': file.type,
          etag: file.etag,
          'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
        })
        return request.headers['if-none-match'] === file.etag
          ? reply.code(304).send()
          : reply.send(file.bytes)
      },
    }),
    login: ({ login }) => ({
      handler(request, reply) {
        const token = login(readBody(request.body))
        reply.header('set-cookie', `unroll-${options.port()}=${token}; HttpOnly; SameSite=Strict; Path=/`)
        options.onLogin?.()
        return sendJson(reply, { ok: true })
      },
    }),
    command: ({ run }) => ({
      async handler(request, reply) {
        if (calls >= options.maxCalls)
          return sendError(reply, { code: 'E_BUSY', message: 'Too many requests at once. Try again.' }, 503)
        calls++
        try {
          return sendWire(reply, await run(readBody(request.body)))
        } finally {
          calls--
        }
      },
    }),
    events: () => ({
      preHandler: async (_request, reply) =>
        options.hub.full
          ? sendError(reply, { code: 'E_BUSY', message: 'Too many pages are open. Close one.' }, 503)
          : undefined,
      handler: (_request, reply) => reply.code(426).send(),
      wsHandler: (socket) => options.hub.join(socket),
    }),
  }
}
