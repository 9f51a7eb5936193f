// Entry of the terminal interface: runs runCli with this process's streams, signals and exit code.
import { createApp } from '../../app.ts'
import { processHost } from './host.ts'
import { runCli } from './run.ts'

const code = await runCli(process.argv.slice(2), processHost(createApp))
// Workers and sockets are closed by now; handles that a library still holds must not keep the process alive.
process.stdout.write('', () => process.exit(code))
