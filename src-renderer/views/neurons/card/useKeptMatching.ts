// Matchings of units with another run, kept, so that the next unit of the same layer or run needs no new one. The chosen run stays from card to card.
import type { Input } from '@contract/api.ts'
import type { UnitMatching } from '@contract/analyses.ts'
import { shallowRef, watch } from 'vue'
import { useReadings } from '../../../state/readings.ts'
import { useLatest } from '../useLatest.ts'

/** Id of the run that was chosen last; empty: none. */
export const comparedRun = shallowRef('')

const most = 4
const kept = new Map<string, UnitMatching>()

/** The answer to the newest `question`; null while there is none. */
export function useKeptMatching(question: () => Input<'inspect.match'> | null) {
  const latest = useLatest(async () => {
    const asked = question()
    if (!asked) return null
    const key = JSON.stringify(asked)
    const matching = kept.get(key) ?? (await useReadings().call('inspect.match', asked))
    kept.delete(key)
    kept.set(key, matching)
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return matching
  })
  watch(
    () => JSON.stringify(question()),
    () => void latest.read(),
    { immediate: true },
  )
  return latest
}

/** The `count` units of the other run with the largest |correlation| with a unit, and what a random rotation of the other run reaches. */
export function closestUnits(
  { units, otherUnits, correlations }: Pick<UnitMatching, 'units' | 'otherUnits' | 'correlations'>,
  { layer, unit }: { layer: number; unit: number },
  count: number,
) {
  const place = units.find((one) => one.layer === layer && one.unit === unit)
  if (!place) return null
  const before = units.filter((one) => one.layer < layer || (one.layer === layer && one.unit < unit)).length
  const row = correlations.subarray(before * otherUnits.length, (before + 1) * otherUnits.length)
  const closest = otherUnits.map((one, k) => ({ ...one, correlation: row[k]! }))
  closest.sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
  return { closest: closest.slice(0, count), rotated: place.rotated }
}
