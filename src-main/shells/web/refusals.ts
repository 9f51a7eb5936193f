// Failures as HTTP answers: the status of each code, and messages freed of absolute paths. No answer ever holds a stack.
import { homedir, tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { toErrorValue, type ErrorCode, type ErrorValue } from '../../contract/errors.ts'

const statuses: Partial<Record<ErrorCode, number>> = {
  E_ARG: 400,
  E_JSON: 400,
  E_MSG: 400,
  E_AUTH: 401,
  E_FORBIDDEN: 403,
  E_STORE_READONLY: 403,
  E_NOT_FOUND: 404,
  E_BUSY: 409,
  E_DATA_CHANGED: 409,
  E_EXISTS: 409,
  E_STATE: 409,
  E_TOO_LARGE: 413,
  E_INTERNAL: 500,
  E_WORKER: 500,
  E_DB_BUSY: 503,
  E_DISK: 507,
}

/** HTTP status of a code; what is wrong with the content itself is 422. */
export const statusOf = (code: ErrorCode): number => statuses[code] ?? 422

const program = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '')

/** Known folders become a word, any other absolute path its last part. */
export function hidePaths(message: string): string {
  let text = message
  for (const [folder, word] of [[program, '<program>'], [homedir(), '~'], [tmpdir(), '<temp>']] as const) {
    if (folder.length > 1) text = text.replaceAll(folder, word)
  }
  return text
    .replace(/(?<![\w.:/~>])\/(?:[^\s/"'`<>:,;()]+\/)+([^\s/"'`<>:,;()]*)/g, '…/$1')
    .replace(/(?<!\w)[A-Za-z]:\\(?:[^\s\\"'`<>:,;()]+\\)*([^\s\\"'`<>:,;()]*)/g, '…\\$1')
}

/** What a client may see of a failure. An unforeseen one goes to `log` in full and to the client as a plain sentence. */
export function publicError(error: unknown, log: (line: string) => void): ErrorValue {
  const value = toErrorValue(error)
  if (value.code === 'E_INTERNAL') {
    log(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return { code: 'E_INTERNAL', message: 'Something failed inside Unroll. The terminal that runs the server shows what.' }
  }
  return { ...value, message: hidePaths(value.message) }
}
