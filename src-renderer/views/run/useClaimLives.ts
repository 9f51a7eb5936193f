// How claims developed in one run: from the curves of its validations while it trains, from its checkpoints for the others when asked.
import { birthOf, claimMetric, type Claim, type ClaimLife } from '@contract/claim.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { RunRow } from '@contract/run.ts'
import { computed, ref, shallowRef } from 'vue'
import type { StepMark } from '../../charts/annotations.ts'
import { useClaims } from '../../state/claims.ts'
import { useClient } from '../../state/connection.ts'
import { useMetrics } from '../../state/metrics.ts'

export function useClaimLives(run: () => RunRow | undefined) {
  const claims = useClaims()
  const metrics = useMetrics()
  claims.ensure()
  const fetched = shallowRef<readonly ClaimLife[]>([])
  const failure = shallowRef<ErrorValue | null>(null)
  const busy = ref(false)

  /** The name and threshold of the workbench, where the claim is still in it. */
  const current = (claim: Claim): Claim => claims.list.find(({ key }) => key === claim.key) ?? claim

  function lifeOf(id: string, claim: Claim): ClaimLife | undefined {
    const auc = metrics.columnOf(id, claimMetric(claim.key))
    if (!auc || auc.steps.length === 0) return undefined
    const unit = metrics.columnOf(id, claimMetric(claim.key, 'unit'))
    const points = Array.from(auc.steps, (step, i) => ({
      step,
      auc: auc.values[i]!,
      unit: unit?.values[i] ?? null,
      source: 'validation' as const,
    }))
    const holds = points.at(-1)!.auc >= claim.threshold
    return { claim, points, birth: birthOf(auc, claim.threshold), holds, reason: null }
  }

  const lives = computed((): ClaimLife[] => {
    const row = run()
    if (!row) return []
    const known = (row.config.claims ?? []).flatMap((claim) => lifeOf(row.id, current(claim)) ?? [])
    const keys = new Set(known.map(({ claim }) => claim.key))
    return [...known, ...fetched.value.filter(({ claim }) => !keys.has(claim.key))]
  })
  /** Claims of the workbench that have no life yet; none where the run has no text. */
  const untested = computed(() =>
    run()?.task.abilities.inspects === 'text'
      ? claims.list.filter(({ key }) => !lives.value.some(({ claim }) => claim.key === key))
      : [],
  )

  async function test(): Promise<void> {
    const row = run()
    if (!row) return
    busy.value = true
    failure.value = null
    try {
      const keys = untested.value.map(({ key }) => key)
      const found = await useClient().call('claims.history', { id: row.id, keys })
      fetched.value = [...fetched.value, ...found]
    } catch (thrown) {
      failure.value = toErrorValue(thrown)
    }
    busy.value = false
  }

  const births = computed((): StepMark[] =>
    lives.value.flatMap(({ claim, birth }) =>
      birth === null ? [] : [{ step: birth, text: `${claim.name} born at step ${birth}` }],
    ),
  )
  return { lives, untested, births, failure, busy, test }
}
