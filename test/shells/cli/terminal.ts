// A terminal in memory: runs one command line against the fake app and collects what it printed.
import { EventEmitter } from 'node:events'
import type { Host } from '../../../src-main/shells/cli/host.ts'
import { runCli } from '../../../src-main/shells/cli/run.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { fakeRuns } from '../fakeRuns.ts'
import { page } from '../web/raw.ts'

export interface Outcome {
  exit: number
  out: string
  err: string
  /** The objects printed with --json. */
  objects: Record<string, unknown>[]
  app: FakeApp
  bytes: Buffer
}

export interface Setting {
  app?: FakeApp
  tty?: boolean
  env?: Record<string, string>
  stdin?: string
  dataDirs?: string[]
}

export async function unroll(
  argv: string[],
  { app = fakeRuns(), tty = false, env = {}, stdin = '', dataDirs = [] }: Setting = {},
): Promise<Outcome> {
  const stream = () => {
    const chunks: Buffer[] = []
    const write = (chunk: string | Uint8Array) => {
      chunks.push(Buffer.from(chunk))
      return true
    }
    return Object.assign(new EventEmitter(), {
      write,
      isTTY: tty,
      columns: 100,
      all: () => Buffer.concat(chunks),
    })
  }
  const [stdout, stderr] = [stream(), stream()]
  async function* input() {
    yield new TextEncoder().encode(stdin)
  }
  const host: Host = {
    createApp: ({ dataDir }) => {
      dataDirs.push(dataDir)
      return app
    },
    stdin: input(),
    stdout,
    stderr,
    env: { HOME: '/home/x', ...env },
    onSignal: () => undefined,
    exit: () => undefined,
    now: Date.now,
    page: async () => page,
    openBrowser: async () => false,
  }
  const exit = await runCli(argv, host)
  const out = stdout.all().toString()
  const objects = argv.includes('--json')
    ? out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : []
  return { exit, out, err: stderr.all().toString(), objects, app, bytes: stdout.all() }
}
