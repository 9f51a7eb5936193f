// Label, tone and allowed actions of each status of a run.
import type { RunRow, RunStatus } from '@contract/run.ts'

export const statusText: Record<
  RunStatus,
  { label: string; tone: 'accent' | 'ok' | 'warn' | 'danger' | 'quiet'; about: string }
> = {
  queued: { label: 'Queued', tone: 'quiet', about: 'Waits for a free place.' },
  running: { label: 'Running', tone: 'accent', about: 'Training now.' },
  paused: { label: 'Paused', tone: 'warn', about: 'Halted; can go on where it was.' },
  finished: { label: 'Finished', tone: 'ok', about: 'Reached its end.' },
  stopped: { label: 'Stopped', tone: 'quiet', about: 'Stopped by you; can go on from its last checkpoint.' },
  failed: { label: 'Failed', tone: 'danger', about: 'Ended by an error.' },
  interrupted: {
    label: 'Interrupted',
    tone: 'warn',
    about: 'Its process vanished; can go on from its last checkpoint.',
  },
}

const trashed = (run: RunRow) => run.trashedAt !== null
export const canPause = (run: RunRow): boolean =>
  !trashed(run) && (run.status === 'running' || run.status === 'queued')
export const canResume = (run: RunRow): boolean =>
  !trashed(run) && (['paused', 'stopped', 'interrupted', 'failed'] as RunStatus[]).includes(run.status)
export const canStop = (run: RunRow): boolean =>
  !trashed(run) && (['running', 'queued', 'paused'] as RunStatus[]).includes(run.status)
export const isLive = (run: RunRow): boolean => run.status === 'running' || run.status === 'queued'

/** Completed share of the planned steps, 0..1; 0 while their number is unknown. */
export const progressOf = (run: RunRow): number =>
  run.status === 'finished' ? 1 : run.totalSteps > 0 ? Math.min(1, run.step / run.totalSteps) : 0
