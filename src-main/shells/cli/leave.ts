// When to go: the first signal asks the command to finish what it must (a checkpoint), the second ends the process at once. A reader
// that closed our output asks too, and that is no failure.
import type { Host } from './host.ts'

export interface Leave {
  /** Resolves with the exit code when somebody asks the command to go. */
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
