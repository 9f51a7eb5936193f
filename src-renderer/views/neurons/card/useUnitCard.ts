// The card of the unit that is chosen: asked for when the choice has been still for a moment, and kept, so that going back is immediate.
import type { Input } from '@contract/api.ts'
import type { UnitCard } from '@contract/unitCard.ts'
import { onScopeDispose, watch } from 'vue'
import { useReadings } from '../../../state/readings.ts'
import { useLatest } from '../useLatest.ts'

/** Milliseconds: a unit that is passed over with the arrow keys is not read. */
const still = 200
const most = 40
const kept = new Map<string, UnitCard>()

/** The answer to the newest `question`; see `useLatest`. */
export function useUnitCard(question: () => Input<'inspect.unit'>) {
  const latest = useLatest(async () => {
    const asked = question()
    const key = JSON.stringify(asked)
    const card = kept.get(key) ?? (await useReadings().call('inspect.unit', asked))
    kept.delete(key)
    kept.set(key, card)
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return card
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(question()),
    (key, before) => {
      clearTimeout(timer)
      const wait = before === undefined || kept.has(key) ? 0 : still
      latest.loading.value = true
      timer = setTimeout(() => void latest.read(), wait)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return latest
}
