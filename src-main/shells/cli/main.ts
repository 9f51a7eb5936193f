// Entry of the terminal interface: runs runCli with this process's streams, signals and exit code.
import { startEarlyWorker } from '../../jobs/earlyWorker.ts'

/** Commands that ask a trained network, whose worker starts while the app is loaded. */
const asking = new Set(['apply', 'inspect', 'sample', 'analyse'])

const argv = process.argv.slice(2)
if (asking.has(argv.find((word) => !word.startsWith('-')) ?? '') && !argv.includes('--help'))
  startEarlyWorker()
const [{ createApp }, { processHost }, { runCli }] = await Promise.all([
  import('../../app.ts'),
  import('./host.ts'),
  import('./run.ts'),
])
const code = await runCli(argv, processHost(createApp))
// Workers and sockets are closed by now; handles that a library still holds must not keep the process alive.
process.stdout.write('', () => process.exit(code))
