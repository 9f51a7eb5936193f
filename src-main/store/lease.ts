// Who owns a run: a token of pid, start time of the process, boot id of the machine and a nonce of the app. A token is dead as soon as its
// process is gone; a stopped process keeps its tokens. A temp file carries the mark of its writer in its name.
// It inspects processes and never signals them.
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** Start time of a process, as text, which tells a reused pid apart; '' = not known on this system; undefined = no such process. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // Fields after the name in brackets: state, ppid, ... ; field 22 of the line is the start time in clock ticks since boot.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ')
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
    } catch {
      return undefined
    }
  }
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  if (process.platform === 'win32') return ''
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 })
      .trim()
      .replaceAll(' ', '_')
  } catch {
    return ''
  }
}

/** Tokens of the open apps of this process. A closed app's token is dead although its process lives. */
const openTokens = new Set<string>()

/** A new token for an app in this process: `pid start boot nonce`. */
export function newOwner(): string {
  const token = [
    process.pid,
    startOf(process.pid) || '-',
    bootId() || '-',
    randomBytes(6).toString('hex'),
  ].join(' ')
  openTokens.add(token)
  return token
}

export const releaseOwner = (token: string): void => void openTokens.delete(token)

export const pidOf = (owner: string): number => Number(owner.split(' ')[0])

/** True if a process is stopped (SIGSTOP, Ctrl+Z). Known on Linux only. */
export function isStopped(pid: number): boolean {
  try {
    return /^T/i.test(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!)
  } catch {
    return false
  }
}

/** True while the process of this token lives and, if that is this process, its app is open. */
export function isAlive(owner: string): boolean {
  const [pid, start, boot] = owner.split(' ')
  if (!pid || !(Number(pid) > 0)) return false
  if ((boot ?? '-') !== '-' && bootId() && boot !== bootId()) return false
  if (Number(pid) === process.pid && start === (startOf(process.pid) || '-')) return openTokens.has(owner)
  const now = startOf(Number(pid))
  return now !== undefined && (start === '-' || now === '' || now === start)
}

/** `pid-hash of the start time` of a process; undefined if there is none. Short enough for a file name, and unique for a reused pid. */
function writerOf(pid: number): string | undefined {
  const start = startOf(pid)
  if (start === undefined) return undefined
  return `${pid}-${createHash('sha256').update(`${start} ${bootId()}`).digest('hex').slice(0, 8)}`
}

/** The mark of this process in the names of its temp files. */
export const thisWriter = writerOf(process.pid) ?? `${process.pid}-00000000`

/** True while the process of `mark` lives. Marks of older versions hold only the pid. */
export function isWriting(mark: string): boolean {
  const now = writerOf(Number(mark.split('-')[0]))
  return now !== undefined && (now === mark || !mark.includes('-'))
}
