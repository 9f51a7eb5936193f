// Logins: one-use codes, the 256-bit tokens they are exchanged for, and a rate limit on failures. Only hashes are kept, compared in constant
// time. Nothing is written to disk or to a log; a restart ends every session.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const maxCodes = 64
const maxSessions = 256
const failuresPerSecond = 10

export interface Sessions {
  /** A new code, valid for one login. Of more than 64 unused codes the oldest is dropped. */
  newCode(): string
  /** Exchanges a valid code, which is then used up, for a new token. */
  login(code: string): string | undefined
  admits(tokens: readonly string[]): boolean
  /** Counts one failure; true if there were too many within this second. */
  failed(): boolean
}

const hash = (secret: string) => createHash('sha256').update(secret).digest()

/** Index of `secret` among the hashes; always compares all of them. */
function find(hashes: readonly Buffer[], secret: string): number {
  const wanted = hash(secret)
  let found = -1
  hashes.forEach((known, i) => {
    if (timingSafeEqual(known, wanted)) found = i
  })
  return found
}

export function createSessions(now: () => number = performance.now.bind(performance)): Sessions {
  const codes: Buffer[] = []
  const tokens: Buffer[] = []
  let failures: number[] = []
  const issue = (into: Buffer[], limit: number) => {
    const secret = randomBytes(32).toString('base64url')
    into.push(hash(secret))
    if (into.length > limit) into.shift()
    return secret
  }
  return {
    newCode: () => issue(codes, maxCodes),
    login(code) {
      const at = find(codes, code)
      if (at < 0) return undefined
      codes.splice(at, 1)
      return issue(tokens, maxSessions)
    },
    admits: (given) => given.some((token) => find(tokens, token) >= 0),
    failed() {
      const time = now()
      failures = failures.filter((at) => time - at < 1000)
      failures.push(time)
      return failures.length > failuresPerSecond
    },
  }
}
