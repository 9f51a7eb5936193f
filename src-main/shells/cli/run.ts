// Runs one command line: parses it, runs the command, turns every error into one line and an exit code of sysexits, and always closes the
// app.
import { CommanderError } from 'commander'
import { toErrorValue, UnrollError } from '../../contract/errors.ts'
import { chooseDataDir } from '../dataDir.ts'
import type { App } from '../appInterface.ts'
import { exits } from './exits.ts'
import type { Host } from './host.ts'
import { createLeave, type Leave } from './leave.ts'
import { createOutput, type Output } from './output.ts'
import { buildProgram } from './program.ts'
import { withReadingProgress } from './readingProgress.ts'

/** The interface for commands. */
export interface Cli {
  out: Output
  host: Host
  leave: Leave
  /**
   * Opens the app and runs the command's body, which returns the exit code. A body that is not `graceful` is abandoned at the first
   * signal; a graceful one must watch `leave` itself.
   */
  start(body: (app: App) => Promise<number | void>, options?: { graceful?: boolean }): Promise<void>
}

/** Runs `argv` (without node and script) and returns the exit code. */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  const leave = createLeave(host)
  const out = createOutput(host, () => leave.ask(0))
  let app: App | undefined
  let exit = 0
  const cli: Cli = {
    out,
    host,
    leave,
    async start(body, { graceful = false } = {}) {
      app = await host.createApp({
        dataDir: chooseDataDir(program.opts<{ dataDir?: string }>().dataDir, host.env),
      })
      // Notices of a run are printed by the command that follows it.
      app.on('notice', ({ code, message, runId }) => {
        if (runId === undefined) out.note(`${code}: ${message}`)
      })
      const work = body(withReadingProgress(app, out))
      exit = (await (graceful ? work : Promise.race([work, leave.asked]))) ?? 0
    },
  }
  const program = buildProgram(cli, argv)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    exit = report(error, out, argv)
  } finally {
    await app?.close().catch((error: unknown) => (exit = report(error, out, argv)))
  }
  return exit
}

function report(error: unknown, out: Output, argv: readonly string[]): number {
  if (argv.includes('--json')) out.json = true
  if (error instanceof CommanderError) {
    // commander has already printed its line or the help.
    if (error.exitCode === 0) return 0
    out.object({ event: 'error', code: 'E_ARG', message: error.message.replace(/^error: /, '') })
    return exits.E_ARG
  }
  const value = toErrorValue(error)
  out.error(value)
  if (error instanceof UnrollError && value.code === 'E_ARG') out.note('see "unroll --help"')
  return exits[value.code]
}
