// Saved states as choices of a select. -1 stands for the best, else the newest.
import type { Checkpoint } from '@contract/run.ts'
import { formatCount, formatNumber } from '../../ui/format.ts'

export const best = -1

/** A chosen step without a saved state stays in the list, so that what will be asked for is seen. */
export function checkpointChoices(
  checkpoints: readonly Checkpoint[],
  chosen: number | null,
): { value: number; label: string }[] {
  const choices = checkpoints
    .filter((one) => !one.missing)
    .map((one) => ({
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
    { value: best, label: 'Best' },
    ...(unknown ? [{ value: chosen, label: `Step ${formatCount(chosen)}` }] : []),
    ...choices,
  ]
}
