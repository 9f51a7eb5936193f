// Who may come in: one-use login codes, the 256-bit tokens they are traded for, and a brake on guessing. Only hashes are kept, and
// they are compared in constant time. Nothing here is written to disk or to a log; a restart ends every session.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const maxCodes = 64
const maxSessions = 256
const failuresPerSecond = 10

export interface Sessions {
  /** A new code, good for one login. The oldest unused one goes when there are 64. */
  newCode(): string
  /** A new token for a good code, which is used up by it. */
  login(code: string): string | undefined
  admits(tokens: readonly string[]): boolean
  /** Counts one failed attempt; true when there were too many within this second. */
  failed(): boolean
}

const hash = (secret: string) => createHash('sha256').update(secret).digest()

/** Index of `secret` among the hashes; looks at all of them whatever it finds. */
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
