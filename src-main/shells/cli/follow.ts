// Follows one run from start to end: events as JSON lines, or a progress line and a summary. A signal pauses the run, which writes a
// checkpoint, and then ends the command.
import type { ErrorValue } from '../../contract/errors.ts'
import type { Events } from '../../contract/events.ts'
import type { MetricChunk, RunRow, RunStatus } from '../../contract/run.ts'
import type { App } from '../appInterface.ts'
import { exits } from './exits.ts'
import { createProgress, summaryLines } from './progress.ts'
import type { Cli } from './run.ts'

const over: readonly RunStatus[] = ['finished', 'stopped', 'failed', 'interrupted', 'paused']
/** Milliseconds that a checkpoint may take after a signal. */
const patience = 60_000

export interface FollowOptions {
  start: () => Promise<RunRow>
  quiet?: boolean
}

/** Starts the run and returns the exit code when it has ended or was detached. */
export async function follow(cli: Cli, app: App, { start, quiet = false }: FollowOptions): Promise<number> {
  const { out, leave } = cli
  const progress = createProgress(out, cli.host.now, quiet)
  const ended = Promise.withResolvers<void>()
  let row: RunRow | undefined
  // Events may arrive before the start is answered: they are queued until the run's id is known.
  let waiting: (() => void)[] | undefined = []
  const mine = (id: () => string, act: () => void) => {
    const check = () => void (id() === row?.id && act())
    if (waiting) waiting.push(check)
    else check()
  }
  const changed = (next: RunRow) => {
    row = next
    progress.run(next)
    if (over.includes(next.status)) ended.resolve()
  }
  const stops = [
    app.on('run.changed', (next) =>
      mine(
        () => next.id,
        () => changed(next),
      ),
    ),
    app.on('run.metrics', ({ id, chunks }) =>
      mine(
        () => id,
        () =>
          steps(chunks).forEach(({ step, values }) => {
            if (!quiet) out.object({ event: 'metrics', run: id, step, values })
            progress.metrics(step, values)
          }),
      ),
    ),
    app.on('run.truncated', ({ id, step }) =>
      mine(
        () => id,
        () => out.object({ event: 'truncated', run: id, step }),
      ),
    ),
    app.on('run.sample', ({ id, sample }) =>
      mine(
        () => id,
        () => {
          if (!quiet) out.object({ event: 'sample', run: id, ...sample })
          progress.sample(sample)
        },
      ),
    ),
    app.on('notice', (notice) => tellNotice(cli, notice)),
  ]

  // A run that is queued behind another process's run has no worker yet that keeps this process alive.
  const alive = setInterval(() => undefined, 60_000)
  try {
    const started = await start()
    row = started
    const { warnings } = (await app.call('runs.get', { id: started.id })).record
    for (const { path, message } of warnings) out.note(`warning: ${path}: ${message}`)
    out.object({
      event: 'launched',
      run: started.id,
      name: started.name,
      status: started.status,
      totalSteps: started.totalSteps,
      config: started.config,
      warnings,
    })
    progress.launched(started)
    for (const check of waiting) check()
    waiting = undefined
    if (over.includes(started.status)) ended.resolve()
    const left = await Promise.race([ended.promise.then(() => undefined), leave.asked])
    if (left !== undefined) await pause(app, started.id, ended.promise, () => row!)
    const last = (await app.call('runs.get', { id: started.id })).run
    out.progress('')
    out.object(finished(last))
    for (const line of summaryLines(last)) out.line(line)
    return left ?? exitOf(last)
  } finally {
    clearInterval(alive)
    stops.forEach((stop) => stop())
  }
}

async function pause(app: App, id: string, ended: Promise<void>, row: () => RunRow): Promise<void> {
  try {
    const next = await app.call('runs.pause', { id })
    if (over.includes(next.status) || over.includes(row().status)) return
  } catch {
    // It has just ended, or cannot be paused; closing the app checkpoints active runs.
    return
  }
  let timer: NodeJS.Timeout | undefined
  await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, patience)))])
  clearTimeout(timer)
}

function tellNotice(cli: Cli, notice: Events['notice']): void {
  cli.out.object({ event: 'notice', ...notice })
  // A notice without a run is printed by every command.
  if (notice.runId !== undefined) cli.out.note(`${notice.code}: ${notice.message}`)
}

/** Columns per metric -> values per step, in order of steps. */
export function steps(chunks: readonly MetricChunk[]): { step: number; values: Record<string, number> }[] {
  const bySteps = new Map<number, Record<string, number>>()
  for (const { name, steps, values } of chunks) {
    steps.forEach((step, i) => {
      const at = bySteps.get(step) ?? {}
      at[name] = values[i]!
      bySteps.set(step, at)
    })
  }
  return [...bySteps].sort(([a], [b]) => a - b).map(([step, values]) => ({ step, values }))
}

const finished = (run: RunRow) => ({
  event: 'finished',
  run: run.id,
  name: run.name,
  status: run.status,
  step: run.step,
  epoch: run.epoch,
  seconds: run.activeSeconds,
  summaries: Object.fromEntries(run.summaries.map(({ name, ...rest }) => [name, rest])),
  error: run.error,
})

const exitOfStatus: Partial<Record<RunStatus, number>> = { finished: 0, stopped: 0, failed: exits.E_INTERNAL }

/** A run that another process paused or interrupted can be resumed: exit code 75. */
const exitOf = ({ status, error }: { status: RunStatus; error: ErrorValue | null }): number =>
  (status === 'failed' && error ? exits[error.code] : exitOfStatus[status]) ?? 75
