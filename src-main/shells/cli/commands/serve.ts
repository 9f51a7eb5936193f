// `unroll serve`: the workbench in a browser, from this machine only.
import type { Command } from 'commander'
import { checkAddress } from '../../web/listen.ts'
import { startWebServer } from '../../web/server.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'

interface Flags {
  port: number
  host?: string
  open: boolean
}

const defaultPort = 7717

export function serveCommand(program: Command, cli: Cli): void {
  program
    .command('serve')
    .description('open the workbench in the browser')
    .option('--port <n>', '0 takes any free port', number('port'), defaultPort)
    .option('--host <name>', 'only addresses of this machine; from elsewhere use SSH')
    .option('--no-open', 'do not open a browser')
    .action((flags: Flags) =>
      cli.start(
        async (app) => {
          const { out, leave, host } = cli
          checkAddress(flags.port, flags.host)
          const tellNext = () => {
            const url = server.loginUrl()
            out.object({ event: 'login', url })
            out.line(`another browser: ${url}`)
          }
          const options = {
            app,
            page: await host.page(out.note),
            port: flags.port,
            log: out.note,
            onLogin: tellNext,
          }
          const server = await startWebServer({
            ...options,
            ...(flags.host !== undefined && { host: flags.host }),
          })
          const url = server.loginUrl()
          out.object({ event: 'listening', url })
          out.line(`Unroll is at ${url}`)
          if (flags.open && !out.json) await host.openBrowser(url)
          // A reader that took the address and closed the pipe does not end the server: only a signal does.
          let exit = await leave.asked
          if (exit === 0) exit = await leave.signalled
          await server.close()
          return exit
        },
        { graceful: true },
      ),
    )
}
