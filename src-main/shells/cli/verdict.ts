// `unroll inspect RUN --find PREDICATE --verdict`: what the best unit does for the network, measured after the search.
import type { UnitRanking } from '../../contract/inspect.ts'
import type { RunRow } from '../../contract/run.ts'
import {
  bestUnit,
  heldVariants,
  verdictRows,
  verdictSamples,
  verdictSymbols,
  wordOf,
  type VerdictParts,
  type VerdictRow,
} from '../../contract/verdict.ts'
import type { App } from '../appInterface.ts'

/** Measures effects and rates of the best unit of a ranking; both stay null for runs that generate no text. */
export async function verdictOf(
  app: App,
  { id, task }: RunRow,
  ranking: UnitRanking,
  text: string | undefined,
): Promise<VerdictParts & { rows: VerdictRow[] }> {
  const unit = bestUnit(ranking)
  const { predicate, step, kind } = ranking
  const measured = unit !== undefined && task.abilities.generates === 'text'
  const split = kind === 'boolean' ? { predicate } : {}
  const causal = measured
    ? await app.call('inspect.causal', {
        id,
        step,
        layer: unit.layer,
        signal: unit.signal,
        unit: unit.unit,
        length: verdictSymbols,
        text,
        ...split,
      })
    : null
  const rates =
    measured && kind === 'boolean'
      ? await app.call('sample.rates', {
          id,
          step,
          predicate,
          variants: heldVariants(unit, predicate),
          ...verdictSamples,
          text,
        })
      : null
  const parts = { ranking, causal, rates }
  return { ...parts, rows: verdictRows(parts) }
}

/** The lines of a verdict. */
export function verdictLines(ranking: UnitRanking, rows: readonly VerdictRow[]): string[] {
  const unit = bestUnit(ranking)
  const head = unit ? `verdict on ${unit.signal} ${unit.unit}, layer ${unit.layer + 1}:` : 'verdict:'
  return ['', head, ...rows.flatMap((row) => [wordOf(row), ...row.numbers.map((line) => `  ${line}`)])]
}
