// The terminal's entry: this process's streams, signals and exit code around runCli. It decides nothing.
import { createApp } from '../../app.ts'
import { processHost } from './host.ts'
import { runCli } from './run.ts'

const code = await runCli(process.argv.slice(2), processHost(createApp))
// Workers and sockets are closed by now; whatever a library still holds must not keep a finished command alive.
process.stdout.write('', () => process.exit(code))
