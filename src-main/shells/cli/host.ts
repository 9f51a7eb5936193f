// Everything a command may access of its process, in one record, so that tests can replace it.
import type { CreateApp } from '../appInterface.ts'
import type { PageFiles } from '../pageFiles.ts'

/** The parts of a stream that the terminal interface uses. */
export interface Stream {
  write(chunk: string | Uint8Array): boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  isTTY?: boolean
  columns?: number
}

export interface Host {
  createApp: CreateApp
  stdin: AsyncIterable<Uint8Array>
  stdout: Stream
  stderr: Stream
  env: Readonly<Record<string, string | undefined>>
  /** Calls back at each signal with its exit code: 128 + number. */
  onSignal(listener: (exit: number) => void): void
  /** Ends the process at once. */
  exit(code: number): void
  now(): number
  /** The built page; `note` gets warnings. */
  page(note: (line: string) => void): Promise<PageFiles>
  /** Opens an address in the user's browser; false if there is none. */
  openBrowser(url: string): Promise<boolean>
}

const signals = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const

/** The real process. */
export function processHost(createApp: CreateApp): Host {
  return {
    createApp,
    // Opened when it is read: an open standard input would keep the process alive.
    stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onSignal(listener) {
      for (const [name, exit] of Object.entries(signals)) process.on(name, () => listener(exit))
    },
    exit: (code) => process.exit(code),
    now: Date.now,
    page: async (note) => (await import('./freshPage.ts')).freshPage(note),
    openBrowser: async (url) =>
      (await import('./browser.ts')).openBrowser(url, process.platform, process.env),
  }
}
