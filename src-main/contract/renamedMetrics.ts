// Metrics that earlier builds recorded under other names -> the names of today. Step 5 of the database's schema renames what is stored by
// this table, so it never changes: later renamings are a table and a step of their own.
import { fillPattern, matchPattern } from './metrics.ts'

/** Former and present name; a `*` matches the same key in both. */
export const renamedMetrics: readonly (readonly [former: string, name: string])[] = [
  ['val/exact', 'val/sequence_accuracy'],
  ['val/beyond_exact', 'val/extrapolation_accuracy'],
  ['val/legal', 'val/legal_set_accuracy'],
  ['val/length_right', 'val/length_accuracy'],
  ['val/bit_error', 'val/bit_error_rate'],
  ['train/true_inputs', 'train/teacher_forcing_ratio'],
  ['train/omega', 'train/vanishing_gradient_penalty'],
  ['train/step_rate', 'train/step_length'],
  ['flow/*/first_over_last', 'gradient_ratio/*'],
  ['radius/*', 'spectral_radius/*'],
]

/** Today's name of a metric, whatever build recorded it. */
export function currentName(metric: string): string {
  for (const [former, name] of renamedMetrics) {
    const key = matchPattern(former, metric)
    if (key !== undefined) return fillPattern(name, key)
  }
  return metric
}
