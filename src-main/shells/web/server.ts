// The web server: page, commands and events over loopback. It binds no other address, admits nothing past the gate, speaks only JSON and
// sends no CORS header. Every route comes from the table in routes.ts.
import websocket from '@fastify/websocket'
import fastify, { type FastifyReply } from 'fastify'
import type { ErrorValue } from '../../contract/errors.ts'
import type { App } from '../appInterface.ts'
import { securityHeaders } from '../headers.ts'
import type { PageFiles } from '../pageFiles.ts'
import { publicError } from '../publicError.ts'
import { createEventHub, eventLimits, maxMessage, type EventLimits } from './events.ts'
import { gate, hostsOf, type Policy } from './gate.ts'
import { handlers } from './handlers.ts'
import { listen } from './listen.ts'
import { answerBrokenRequest, sendError } from './replies.ts'
import { gateRequestOf } from './request.ts'
import { routesOf, type Route } from './routes.ts'
import { createSessions } from './sessions.ts'
import { statusOf } from './statuses.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy
  }
}

export interface WebLimits extends EventLimits {
  /** Maximal number of concurrent commands. */
  calls: number
  /** Milliseconds for the head of a request, and for the whole of it. */
  headTime: number
  requestTime: number
}

export const webLimits: WebLimits = { ...eventLimits, calls: 1000, headTime: 10_000, requestTime: 120_000 }

export interface WebOptions {
  app: App
  page: PageFiles
  /** 0 takes any free port. */
  port: number
  host?: string
  /** Gets what clients may not see: unexpected errors with their stacks. */
  log?: (line: string) => void
  onLogin?: () => void
  limits?: Partial<WebLimits>
}

export interface WebServer {
  port: number
  routes: readonly Route[]
  /** An address with a new login code in its fragment, valid for one browser. */
  loginUrl(): string
  close(): Promise<void>
}

const nothingHere: ErrorValue = { code: 'E_NOT_FOUND', message: 'There is nothing at this address.' }

/** Starts listening; E_PORT if the port is taken or invalid, E_ARG for a host that is not loopback. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const limits = { ...webLimits, ...options.limits }
  const log = options.log ?? (() => undefined)
  const sessions = createSessions()
  const hub = createEventHub(options.app, limits)
  const routes = routesOf(options.app, options.page, sessions)
  const server = fastify({
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: limits.requestTime,
    http: {
      headersTimeout: limits.headTime,
      connectionsCheckingInterval: Math.min(1000, limits.headTime),
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error.code, socket),
    frameworkErrors: (_error, _request, reply) => void sendError(reply as FastifyReply, nothingHere, 404),
  })
  const access = { hosts: new Set<string>() as ReadonlySet<string>, admits: sessions.admits }
  let port = 0

  await server.register(websocket, {
    options: { maxPayload: maxMessage },
    errorHandler: (_error, socket) => socket.terminate(),
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  server.addHook('onRoute', (route) => {
    if (!route.config?.policy) throw new Error(`${route.method} ${route.path} has no policy`)
  })
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    const { policy } = request.routeOptions.config
    const refusal = gate(request.is404 ? 'page' : policy, gateRequestOf(request, port), access)
    if (refusal) return refuse(reply, refusal, refusal.status)
    return undefined
  })
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const known = routes.find((route) => route.path === path)
    if (!known) return sendError(reply, nothingHere, 404)
    return sendError(
      reply.header('allow', known.method),
      { code: 'E_ARG', message: `Only ${known.method} is allowed here.` },
      405,
    )
  })
  server.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode
    if (status === 413)
      return sendError(
        reply,
        { code: 'E_TOO_LARGE', message: 'The body is too large: 16 MB, or 64 MB for imports.' },
        413,
      )
    if (status && status < 500)
      return sendError(reply, { code: 'E_ARG', message: 'This request cannot be read.' }, status)
    const value = publicError(error, log)
    return refuse(reply, value, statusOf(value.code))
  })

  /** Rate limit on failed logins: from the eleventh within a second on they get 429. */
  function refuse(reply: FastifyReply, value: ErrorValue, status: number) {
    const guessing = status === 401 && sessions.failed()
    return guessing
      ? sendError(reply, { code: 'E_BUSY', message: 'Too many failed attempts. Wait a second.' }, 429)
      : sendError(reply, value, status)
  }

  const kinds = handlers({ hub, maxCalls: limits.calls, port: () => port, onLogin: options.onLogin })
  for (const route of routes) {
    const { method, path: url, policy, bodyLimit } = route
    server.route({
      method,
      url,
      bodyLimit,
      config: { policy },
      ...kinds[route.answer.kind](route.answer as never),
    })
  }

  port = await listen(server, options.port, options.host)
  access.hosts = hostsOf(port)
  const name = options.host === '::1' ? '[::1]' : '127.0.0.1'
  return {
    port,
    routes,
    loginUrl: () => `http://${name}:${port}/#code=${sessions.newCode()}`,
    async close() {
      hub.close()
      await server.close()
    },
  }
}
