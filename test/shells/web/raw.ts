// Requests written by hand on a socket, so that Host, Origin and all else can be forged; no client library tidies them up.
import { connect } from 'node:net'
import { startWebServer, type WebOptions, type WebServer } from '../../../src-main/shells/web/server.ts'
import type { PageFiles } from '../../../src-main/shells/pageFiles.ts'
import { anyAnswers, fakeApp, type AnyHandlers, type FakeApp } from '../../standIn/app.ts'

export interface RawReply {
  status: number
  headers: Map<string, string[]>
  body: string
  json: { code?: string; message?: string } & Record<string, unknown>
}

const file = (type: string, text: string, immutable = false) => ({
  type,
  bytes: Buffer.from(text),
  etag: `"${text.length}"`,
  immutable,
})
export const page: PageFiles = new Map([
  ['/', file('text/html; charset=utf-8', '<!doctype html><title>Unroll</title>')],
  ['/index.html', file('text/html; charset=utf-8', '<!doctype html><title>Unroll</title>')],
  ['/assets/index-abcdefgh.js', file('text/javascript; charset=utf-8', 'export {}', true)],
])

/** Sends `text` as it is and reads until the server closes, or for `wait` ms after the last byte. */
export function send(
  port: number,
  text: string | Buffer,
  { wait = 20_000, host = '127.0.0.1' } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, host, () => socket.write(text))
    const done = () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString())
    }
    socket.setTimeout(wait, done)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (isWhole(Buffer.concat(chunks))) done()
    })
    socket.on('close', done)
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? done() : reject(error),
    )
  })
}

function isWhole(bytes: Buffer): boolean {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  if (text.startsWith('HTTP/1.1 101')) return true
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1]
  return length !== undefined && text.length >= end + 4 + Number(length)
}

export function parseReply(text: string): RawReply {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(line.indexOf(':') + 1).trim()])
  }
  const body = rest.join('\r\n\r\n')
  let json = {}
  try {
    json = JSON.parse(body)
  } catch {
    // Not JSON; the test looks at the text.
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body, json }
}

export interface RawRequest {
  method?: string
  path: string
  /** Header lines in order; a value of undefined leaves the usual one out. */
  headers?: [string, string][]
  without?: string[]
  body?: string | Buffer
  token?: string | undefined
}

/** A request as the page would send it, with `headers` in place of the usual ones of the same name. */
export async function request(
  port: number,
  { method = 'POST', path, headers = [], without = [], body = '', token }: RawRequest,
): Promise<RawReply> {
  const usual: [string, string][] = [
    ['host', `127.0.0.1:${port}`],
    ['origin', `http://127.0.0.1:${port}`],
    ['content-type', 'application/json'],
    ['connection', 'close'],
    ...(token === undefined ? [] : [['cookie', `unroll-${port}=${token}`] as [string, string]]),
  ]
  const replaced = new Set([...headers.map(([name]) => name), ...without])
  const all = [...usual.filter(([name]) => !replaced.has(name)), ...headers]
  if (body.length > 0 && !all.some(([name]) => name === 'transfer-encoding' || name === 'content-length'))
    all.push(['content-length', String(Buffer.byteLength(body))])
  const head = [`${method} ${path} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`)].join('\r\n')
  return parseReply(await send(port, Buffer.concat([Buffer.from(`${head}\r\n\r\n`), Buffer.from(body)])))
}

export const upgradeHeaders: [string, string][] = [
  ['connection', 'Upgrade'],
  ['upgrade', 'websocket'],
  ['sec-websocket-version', '13'],
  ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]

export interface Served {
  app: FakeApp
  server: WebServer
  port: number
  log: string[]
  login(): Promise<string>
}

/** A server over a fake app; `login` gives a session's token. */
export async function serve(handlers: AnyHandlers = {}, options: Partial<WebOptions> = {}): Promise<Served> {
  const app = fakeApp(anyAnswers(handlers))
  const log: string[] = []
  const server = await startWebServer({ app, page, port: 0, log: (line) => log.push(line), ...options })
  return {
    app,
    server,
    port: server.port,
    log,
    async login() {
      const code = new URL(server.loginUrl()).hash.slice('#code='.length)
      const reply = await request(server.port, { path: '/login', body: JSON.stringify({ code }) })
      return /^unroll-\d+=([\w-]+);/.exec(reply.headers.get('set-cookie')![0]!)![1]!
    },
  }
}
