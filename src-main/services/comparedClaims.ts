// Claims beside compared runs: what each run measured at its validations, and when the claim first held.
import { birthOf, claimMetric, type Claim, type ComparedClaim } from '../contract/claim.ts'
import type { RunRow } from '../contract/run.ts'
import type { Tables } from '../store/tables.ts'

/** Points of a curve that are read; validations are fewer. */
const buckets = 25_000

/** The claims of the workbench, and those of the runs' configurations that are no longer among them. */
function claimsOf(tables: Tables, rows: readonly RunRow[]): Claim[] {
  const all = new Map<string, Claim>()
  for (const { config } of rows) for (const claim of config.claims ?? []) all.set(claim.key, claim)
  const own = tables.claims.list().map(({ createdAt: _createdAt, ...claim }): Claim => claim)
  for (const claim of own) all.delete(claim.key)
  return [...own, ...all.values()]
}

export function comparedClaims(tables: Tables, rows: readonly RunRow[]): ComparedClaim[] {
  return claimsOf(tables, rows).map((claim) => ({
    claim,
    runs: rows.map(({ id, summaries }) => {
      const last = (what: 'auc' | 'unit') =>
        summaries.find(({ name }) => name === claimMetric(claim.key, what))
      const auc = last('auc')
      if (!auc) return null
      const [curve] = tables.metrics.read(id, { names: [auc.name], buckets })
      return {
        auc: auc.last,
        step: auc.lastStep,
        unit: claim.unit ?? last('unit')?.last ?? null,
        birth: curve ? birthOf(curve, claim.threshold) : null,
      }
    }),
  }))
}
