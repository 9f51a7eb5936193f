// Prints units that were ranked for a predicate: what was searched, the baselines, a row per unit.
import type { UnitRanking } from '../../contract/inspect.ts'
import { figure, table } from './format.ts'

/** The lines of a ranking; layers are counted from 1. */
export function rankingLines(ranking: UnitRanking): string[] {
  const { predicate, positions, units } = ranking
  const all = `all units of ${ranking.dense.signal} in layer ${ranking.dense.layer + 1}`
  if (ranking.kind === 'number') {
    const { nullCorrelation, controlCorrelation, dense, scores } = ranking
    const rows = scores.map((s) => [String(s.layer + 1), s.signal, String(s.unit), figure(s.correlation)])
    return [
      `${predicate}: correlation with ${units} units at ${positions} positions`,
      `baselines: shifted ${figure(nullCorrelation)}, random number per symbol ${figure(controlCorrelation)}`,
      `${all} together: ${figure(dense.correlation)} (random number per symbol ${figure(dense.controlCorrelation)})`,
      ...table(['layer>', 'signal', 'unit>', 'correlation>'], rows),
    ]
  }
  const { positives, nullAuc, controlAuc, dense, scores } = ranking
  const rows = scores.map((s) => [
    String(s.layer + 1),
    s.signal,
    String(s.unit),
    figure(s.auc),
    figure(s.f1),
    s.sign > 0 ? 'high' : 'low',
    figure(s.threshold),
  ])
  return [
    `${predicate}: holds at ${positives} of ${positions} positions; ${units} units`,
    `baselines: shuffled labels: AUC up to ${figure(nullAuc)}; random label per symbol ${figure(controlAuc)}`,
    `${all} together: AUC ${figure(dense.auc)} (random label per symbol ${figure(dense.controlAuc)})`,
    ...table(['layer>', 'signal', 'unit>', 'AUC>', 'F1>', 'when it holds', 'threshold>'], rows),
  ]
}
