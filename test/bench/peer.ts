// PyTorch in a process of its own, if there is one: UNROLL_PYTHON names the interpreter, else python3 is asked.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Workload {
  cell: 'lstm' | 'gru' | 'rnn'
  batch: number
  window: number
  symbols: number
  hidden: number
}

export interface Peer {
  version: string
  /** Seconds per step of every step run in about `seconds`. */
  measure(workload: Workload, seconds: number, threads: number): Promise<number[]>
  close(): void
}

/** The peer, or undefined where PyTorch is not installed. */
export async function openPeer(): Promise<Peer | undefined> {
  const python = process.env.UNROLL_PYTHON ?? 'python3'
  if (spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status !== 0) return undefined
  const child: ChildProcessWithoutNullStreams = spawn(python, [
    fileURLToPath(new URL('peer.py', import.meta.url)),
  ])
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<{ version: string; times: number[] }> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the PyTorch process ended early')
    return JSON.parse(value as string) as { version: string; times: number[] }
  }
  const { version } = await answer()
  return {
    version,
    measure: async (workload, seconds, threads) => {
      child.stdin.write(`${JSON.stringify({ ...workload, seconds, threads })}\n`)
      return (await answer()).times
    },
    close: () => child.stdin.end(),
  }
}
