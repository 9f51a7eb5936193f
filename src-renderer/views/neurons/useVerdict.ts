// Measures what a verdict needs: the effects of the best unit by themselves after a search, rates in samples on demand. Kept per ranking.
import type { UnitRanking } from '@contract/inspect.ts'
import type { RunRow } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import {
  bestUnit,
  heldVariants,
  verdictRows,
  verdictSamples,
  verdictSymbols,
  type VerdictParts,
} from '@contract/verdict.ts'
import { computed, shallowReactive, shallowRef, watch } from 'vue'
import { useReadings } from '../../state/readings.ts'

type Measured = Pick<VerdictParts, 'causal' | 'rates'>
const measured = shallowReactive(new WeakMap<UnitRanking, Measured>())
const nothing: Measured = { causal: null, rates: null }

/** `text`: the typed text that was searched; undefined for the validation text. */
export function useVerdict(run: () => RunRow, ranking: () => UnitRanking, text: () => string | undefined) {
  const failure = shallowRef<ErrorValue | null>(null)
  const busy = shallowRef<'effects' | 'rates' | null>(null)
  const parts = computed(() => measured.get(ranking()) ?? nothing)
  const rows = computed(() => verdictRows({ ranking: ranking(), ...parts.value }))
  /** Effects and rates need a run that generates text. */
  const isMeasurable = computed(() => run().task.abilities.generates === 'text')

  async function measure(what: 'effects' | 'rates', ask: () => Promise<Partial<Measured>>): Promise<void> {
    const of = ranking()
    busy.value = what
    failure.value = null
    try {
      const found = await ask()
      measured.set(of, { ...nothing, ...measured.get(of), ...found })
    } catch (thrown) {
      if (of === ranking()) failure.value = toErrorValue(thrown)
    }
    if (of === ranking()) busy.value = null
  }
  const asked = () => {
    const typed = text()
    return { id: run().id, step: ranking().step, ...(typed !== undefined && { text: typed }) }
  }
  async function measureEffects(): Promise<void> {
    const { kind, predicate } = ranking()
    const unit = bestUnit(ranking())
    if (!unit || !isMeasurable.value) return
    await measure('effects', async () => ({
      causal: await useReadings().call('inspect.causal', {
        ...asked(),
        layer: unit.layer,
        signal: unit.signal,
        unit: unit.unit,
        length: verdictSymbols,
        ...(kind === 'boolean' && { predicate }),
      }),
    }))
  }
  async function measureRates(): Promise<void> {
    const { predicate } = ranking()
    await measure('rates', async () => ({
      rates: await useReadings().call('sample.rates', {
        ...asked(),
        predicate,
        variants: heldVariants(bestUnit(ranking())!, predicate),
        ...verdictSamples,
      }),
    }))
  }
  watch(
    ranking,
    (now) => {
      busy.value = null
      failure.value = null
      if (!measured.get(now)?.causal) void measureEffects()
    },
    { immediate: true },
  )
  return { rows, busy, failure, isMeasurable, measureEffects, measureRates }
}
