// The measures of an attribution that can colour its text. Pure.
import type { Attribution } from '@contract/analyses.ts'

export interface AttributionMeasure {
  value: string
  label: string
  /** One per symbol; NaN: none. */
  values: Float32Array
}

/** Occlusion first; states and integrated gradients only where the attribution has them. */
export const measuresOf = (found: Attribution): AttributionMeasure[] => [
  { value: 'occlusion', label: 'Occlusion', values: found.occlusion },
  { value: 'gradient', label: 'Gradient', values: found.gradient },
  { value: 'product', label: 'Gradient × input', values: found.gradientTimesInput },
  ...found.horizon.map(({ state, norms }) => ({ value: state, label: `By state ${state}`, values: norms })),
  ...(found.integrated?.values
    ? [{ value: 'integrated', label: 'Integrated gradients', values: found.integrated.values }]
    : []),
]
