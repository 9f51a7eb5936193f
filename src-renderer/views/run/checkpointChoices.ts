// Saved states as choices of a select. -1 stands for the best; without one for the newest whose loss was a number, else for the newest,
// as the app chooses.
import { lastFinite } from '@contract/diverged.ts'
import type { Checkpoint, RunRow } from '@contract/run.ts'
import { formatCount, formatNumber } from '../../ui/format.ts'

export const best = -1

/** A chosen step without a checkpoint stays in the list, so that the requested step is visible. */
export function checkpointChoices(
  run: Pick<RunRow, 'error' | 'step'>,
  checkpoints: readonly Checkpoint[],
  chosen: number | null,
): { value: number; label: string }[] {
  const there = checkpoints.filter((one) => !one.missing)
  const hasBest = there.some((one) => one.best)
  const newest = hasBest ? undefined : (lastFinite(run, there) ?? there[0])
  const choices = there.map((one) => ({
    value: one.step,
    label: [
      `Step ${formatCount(one.step)}`,
      one.best ? 'best' : '',
      one.loss === null ? '' : `loss ${formatNumber(one.loss)}`,
    ]
      .filter(Boolean)
      .join(' · '),
  }))
  const unknown = chosen !== null && !choices.some((one) => one.value === chosen)
  return [
    { value: best, label: newest ? `Newest (step ${formatCount(newest.step)})` : 'Best' },
    ...(unknown ? [{ value: chosen, label: `Step ${formatCount(chosen)}` }] : []),
    ...choices,
  ]
}

/** Step of the checkpoint that a choice resolves to; undefined while no checkpoint is known. */
export function chosenStep(
  run: Pick<RunRow, 'error' | 'step'>,
  checkpoints: readonly Checkpoint[],
  chosen: number | null,
): number | undefined {
  if (chosen !== null) return chosen
  const there = checkpoints.filter((one) => !one.missing)
  return (there.find((one) => one.best) ?? lastFinite(run, there) ?? there[0])?.step
}
