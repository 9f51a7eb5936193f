// The route table of the web server: what the server registers, the policy of each route, and what the tests enumerate.
import { z } from 'zod'
import { commandNames, type CommandName } from '../../contract/api.ts'
import { UnrollError } from '../../contract/errors.ts'
import { parseWith } from '../../contract/validate.ts'
import type { App } from '../appInterface.ts'
import type { PageFile, PageFiles } from '../pageFiles.ts'
import type { Policy } from './gate.ts'
import type { Sessions } from './sessions.ts'

const megabyte = 1 << 20
/** Commands that carry whole files; all others have small bodies. */
const bodyLimits: Partial<Record<CommandName, number>> = {
  'data.import': 64 * megabyte,
  'data.look': 64 * megabyte,
  'runs.import': 64 * megabyte,
}
const defaultBodyLimit = 16 * megabyte

export type Answer =
  | { kind: 'file'; file: PageFile }
  /** Returns the answer as a message of `wire.ts`. */
  | { kind: 'command'; run: (input: unknown) => Promise<string | Uint8Array> }
  /** Returns the token for the cookie. */
  | { kind: 'login'; login: (input: unknown) => string }
  | { kind: 'events' }

export interface Route {
  method: 'GET' | 'POST'
  path: string
  policy: Policy
  bodyLimit: number
  answer: Answer
}

const loginInput = z.strictObject({ code: z.string().max(200) })

/** Every route: one per file of the page, one per command, the login and the events. */
export function routesOf(app: App, page: PageFiles, sessions: Sessions): Route[] {
  const files = [...page].map(([path, file]): Route => ({
    method: 'GET',
    path,
    policy: 'page',
    bodyLimit: 1024,
    answer: { kind: 'file', file },
  }))
  const commands = commandNames.map((name): Route => ({
    method: 'POST',
    path: `/call/${name}`,
    policy: 'session',
    bodyLimit: bodyLimits[name] ?? defaultBodyLimit,
    answer: { kind: 'command', run: (input) => app.wire(name, input) },
  }))
  const login = (input: unknown) => {
    const token = sessions.login(parseWith(loginInput, input, 'E_ARG', 'login').code)
    if (token) return token
    throw new UnrollError(
      'E_AUTH',
      'This login address was used already or is not from this server. Print a new one with "unroll serve".',
    )
  }
  return [
    ...files,
    ...commands,
    { method: 'POST', path: '/login', policy: 'login', bodyLimit: 4096, answer: { kind: 'login', login } },
    { method: 'GET', path: '/events', policy: 'events', bodyLimit: 1024, answer: { kind: 'events' } },
  ]
}
