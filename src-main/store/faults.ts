// Fault injection for tests: the process dies, or the disk fails, at the n-th operation, counted over all threads of the process.
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

export type Operation = 'mkdir' | 'write' | 'fsync' | 'rename' | 'remove' | 'commit'

export interface Faults {
  /** The process kills itself at this operation, counted from 1; 0 = never. */
  failAt: number
  /** This operation fails with `code`; if `sticky`, all later ones do too. */
  errorAt: number
  code: string
  sticky: boolean
}

const key = 'unroll faults'
const longestCode = 16
const known = getEnvironmentData(key) as SharedArrayBuffer | undefined
const shared = known ?? new SharedArrayBuffer(16 + longestCode)
/** Operations so far, failAt, errorAt, sticky. */
const numbers = new Int32Array(shared, 0, 4)
const letters = new Uint8Array(shared, 16)

function put({ failAt, errorAt, code, sticky }: Faults): void {
  letters.fill(0)
  letters.set(new TextEncoder().encode(code).subarray(0, longestCode))
  numbers.set([failAt, errorAt, sticky ? 1 : 0], 1)
}

if (!known) {
  const number = (name: string) => Number(process.env[name] ?? 0)
  put({
    failAt: number('UNROLL_FAIL_AT'),
    errorAt: number('UNROLL_ERROR_AT'),
    code: process.env.UNROLL_ERROR_CODE ?? 'EIO',
    sticky: process.env.UNROLL_ERROR_STICKY === '1',
  })
  setEnvironmentData(key, shared)
}

/** Sets the faults and restarts the counter; returns how many operations there were so far. For tests only. */
export function setFaults(next: Partial<Faults> = {}): number {
  put({ failAt: 0, errorAt: 0, code: 'EIO', sticky: false, ...next })
  return Atomics.exchange(numbers, 0, 0)
}

/** Called before each operation that changes the disk, and by the database before a commit. */
export function faultPoint(operation: Operation): void {
  const operations = Atomics.add(numbers, 0, 1) + 1
  const [, failAt, errorAt, sticky] = numbers
  if (operations === failAt) process.kill(process.pid, 'SIGKILL')
  if (!errorAt || !(operations === errorAt || (sticky && operations > errorAt))) return
  const code = new TextDecoder().decode(letters.slice(0, letters.indexOf(0)))
  throw Object.assign(new Error(`${code}: injected at ${operation}`), { code })
}
