// When a command must end: the first signal asks it to finish (write a checkpoint), the second ends the process at once. A closed stdout
// asks too, without being an error.
import type { Host } from './host.ts'

export interface Leave {
  /** Resolves with the exit code at the first request to end. */
  readonly asked: Promise<number>
  /** Resolves at the first signal only. */
  readonly signalled: Promise<number>
  ask(exit: number): void
}

export function createLeave(host: Host): Leave {
  const asked = Promise.withResolvers<number>()
  const signalled = Promise.withResolvers<number>()
  let signals = 0
  host.onSignal((exit) => {
    if (++signals > 1) host.exit(exit)
    signalled.resolve(exit)
    asked.resolve(exit)
  })
  return { asked: asked.promise, signalled: signalled.promise, ask: asked.resolve }
}
