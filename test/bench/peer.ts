// PyTorch in a process of its own, if there is one: UNROLL_PYTHON names the interpreter, else python3 is asked.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Workload } from './workloads.ts'

/** What PyTorch needed for a workload. */
export interface PeerTimes {
  /** Seconds of every step after the first two. */
  times: number[]
  /** Seconds of the first two steps, compiling included. */
  warm: number
  /** Largest resident set of the process so far, in bytes. */
  rss: number
}

export interface Peer {
  version: string
  measure(workload: Workload, seconds: number, how?: { compile?: boolean }): Promise<PeerTimes>
  close(): void
}

/** The peer, or undefined where PyTorch is not installed. */
export async function openPeer(): Promise<Peer | undefined> {
  const python = process.env.UNROLL_PYTHON ?? 'python3'
  if (spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status !== 0) return undefined
  const child: ChildProcessWithoutNullStreams = spawn(python, [
    fileURLToPath(new URL('peer.py', import.meta.url)),
  ])
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-2000)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the PyTorch process ended early: ${said}`)
    return JSON.parse(value as string) as T
  }
  const { version } = await answer<{ version: string }>()
  return {
    version,
    measure: async (w, seconds, { compile = false } = {}) => {
      const { model, layers, batch, window, symbols, hidden, embedding, dropout, task, threads } = w
      const request = { model, layers, batch, window, symbols, hidden, embedding, dropout, task, threads }
      child.stdin.write(`${JSON.stringify({ ...request, compile, seconds })}\n`)
      return answer<PeerTimes>()
    },
    close: () => child.stdin.end(),
  }
}
