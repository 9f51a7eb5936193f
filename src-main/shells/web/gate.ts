// Access control of the web server: every request and every upgrade is checked here first. It compares exact strings, never patterns or
// prefixes, and returns an error or undefined. It reads no bodies and changes nothing.
import type { ErrorCode } from '../../contract/errors.ts'

/** page: the built files. login: exchanges a code for a cookie. session: a command. events: the WebSocket. */
export type Policy = 'page' | 'login' | 'session' | 'events'

/** The properties of a request that the gate checks: raw header values, so that a duplicate header is seen. */
export interface GateRequest {
  /** The request target as it was sent. */
  target: string
  method: string
  hosts: readonly string[]
  origins: readonly string[]
  fetchSite: string | undefined
  fetchMode: string | undefined
  contentType: string | undefined
  upgrade: boolean
  tokens: readonly string[]
}

export interface Refusal {
  status: number
  code: ErrorCode
  message: string
}

export interface Access {
  /** Exact values of the Host header that are accepted. */
  hosts: ReadonlySet<string>
  admits(tokens: readonly string[]): boolean
}

const refuse = (status: number, code: ErrorCode, message: string): Refusal => ({ status, code, message })

/** The Host values of a server on `port`; any other value is a name that was pointed at this address (DNS rebinding). */
export function hostsOf(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

/** undefined = admitted. A route without a policy admits nobody. */
export function gate(policy: Policy | undefined, facts: GateRequest, lock: Access): Refusal | undefined {
  return (
    checkHost(facts, lock) ??
    checkOrigin(policy, facts) ??
    checkShape(policy, facts) ??
    checkToken(policy, facts, lock)
  )
}

function checkHost({ hosts, target }: GateRequest, lock: Access): Refusal | undefined {
  // An absolute URL as target would name a second host beside the header.
  if (!target.startsWith('/')) return refuse(400, 'E_FORBIDDEN', 'The target must be a path.')
  if (hosts.length !== 1) return refuse(400, 'E_FORBIDDEN', 'Exactly one Host header is needed.')
  if (!lock.hosts.has(hosts[0]!)) {
    return refuse(
      421,
      'E_FORBIDDEN',
      'This server answers only to 127.0.0.1 and localhost with its own port.',
    )
  }
  return undefined
}

function checkOrigin(policy: Policy | undefined, facts: GateRequest): Refusal | undefined {
  const { origins, hosts, fetchSite, fetchMode, method, upgrade } = facts
  const own = `http://${hosts[0]}`
  const needed = method !== 'GET' || upgrade || policy !== 'page'
  if (origins.some((origin) => origin !== own) || (needed && origins.length !== 1)) {
    return refuse(403, 'E_FORBIDDEN', `The Origin header must be exactly that of this server's page.`)
  }
  const sites = needed ? ['same-origin'] : ['same-origin', 'none']
  const followedLink = !needed && fetchMode === 'navigate'
  if (fetchSite !== undefined && !sites.includes(fetchSite) && !followedLink) {
    return refuse(403, 'E_FORBIDDEN', 'Only the page of this server may ask for this.')
  }
  return undefined
}

function checkShape(policy: Policy | undefined, facts: GateRequest): Refusal | undefined {
  if (facts.upgrade && policy !== 'events') return refuse(404, 'E_NOT_FOUND', 'There is no WebSocket here.')
  if (!facts.upgrade && policy === 'events')
    return refuse(426, 'E_ARG', 'This address speaks WebSocket only.')
  const posts = policy === 'login' || policy === 'session'
  if (posts && !/^application\/json(;\s*charset=utf-8)?$/i.test(facts.contentType ?? '')) {
    return refuse(415, 'E_ARG', 'Send the body as application/json.')
  }
  return undefined
}

function checkToken(policy: Policy | undefined, facts: GateRequest, lock: Access): Refusal | undefined {
  if (policy === 'page' || policy === 'login') return undefined
  if (policy !== undefined && lock.admits(facts.tokens)) return undefined
  return refuse(
    401,
    'E_AUTH',
    'Not signed in. Open the address that "unroll serve" printed; each is good for one browser.',
  )
}
