// A process that is the terminal's door before the fake app: signals, pipes and exit codes as they really are.
import { writeFileSync } from 'node:fs'
import { processHost } from '../../../src-main/shells/cli/host.ts'
import { runCli } from '../../../src-main/shells/cli/run.ts'
import { fakeRuns } from '../fakeRuns.ts'
import { page } from '../web/raw.ts'

const { FAKE_PACE, FAKE_CHECKPOINT, FAKE_WAIT, FAKE_TRACE } = process.env
const app = fakeRuns({
  pace: Number(FAKE_PACE ?? 1),
  checkpoint: Number(FAKE_CHECKPOINT ?? 5),
  wait: Number(FAKE_WAIT ?? 0),
})
const host = { ...processHost(() => app), page: async () => page }
const code = await runCli(process.argv.slice(2), host)
if (FAKE_TRACE)
  writeFileSync(FAKE_TRACE, JSON.stringify({ closed: app.closed, calls: app.calls.map(({ name }) => name) }))
process.stdout.write('', () => process.exit(code))
