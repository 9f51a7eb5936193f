// State of the neurons view: what is inspected (stored in the link), the signal over the text, its heatmap, and the order of units.
import { widestLayer } from '@contract/shape.ts'
import { rankedUnits } from '@contract/inspect.ts'
import type { RunRow } from '@contract/run.ts'
import { computed, reactive, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { useCatalog } from '../../state/catalog.ts'
import { useUnitSearches } from '../../state/unitSearches.ts'
import type { Kind } from '@contract/heat/colormap.ts'
import { orderUnits, heatmapOf, unitOrders, widestUnit } from '../../heatmaps/heatmap.ts'
import { keepInLink } from '../run/keepInLink.ts'
import { lengthsFor, inspectionOf, openedSignal, queryOf, type Inspection } from './inspection.ts'
import { sharedReach } from './otherReading.ts'
import { readSignals } from './readSignals.ts'
import { useOtherReading } from './useOtherReading.ts'
import { useLatest } from './useLatest.ts'
import { useUnitColours } from './useUnitColours.ts'

export function useInspection(run: () => RunRow) {
  const route = useRoute()
  const catalog = useCatalog()
  const searches = useUnitSearches()
  const inspection = reactive<Inspection>(inspectionOf(route.query))
  inspection.text ||= run().task.exampleInput

  const signals = computed(() => catalog.signalsOf(run()))
  const opened = computed(() => openedSignal(catalog.cell(run().config.model.cell)?.signals ?? []))
  const signal = computed(() => inspection.signal || opened.value)
  const {
    answer: textSignals,
    failure,
    loading,
    read,
  } = useLatest(() => {
    const choices = lengthsFor(widestLayer(run().config.model))
    const source = inspection.text
      ? { text: inspection.text }
      : { offset: inspection.offset, length: Math.min(inspection.length, choices.at(-1)!) }
    return readSignals({
      id: run().id,
      layer: inspection.layer,
      signal: signal.value,
      ...(inspection.step !== null && { step: inspection.step }),
      ...source,
    })
  })
  watch(
    textSignals,
    (found) => {
      if (found) inspection.caret = Math.min(inspection.caret, Math.max(0, found.tokens.length - 1))
    },
    { flush: 'sync' },
  )
  const kind = computed<Kind>(
    () => signals.value.find((one) => one.id === textSignals.value?.signal)?.kind ?? 'free',
  )
  /** The colour range that both panes share; null with one pane, and for signals that have the same range anyway. */
  const reach = shallowRef<number | null>(null)
  const heatmap = computed(() => {
    const found = textSignals.value
    const shared = reach.value
    return found && heatmapOf(shared === null ? found : { ...found, lo: -shared, hi: shared }, kind.value)
  })
  /** The unit that varied most when this signal was opened; it stays while other parts of the text are read. */
  const widest = shallowRef({ signal: '', unit: 0 })
  watch(
    heatmap,
    (now) => {
      const opened = `${textSignals.value?.layer} ${textSignals.value?.signal}`
      if (now && widest.value.signal !== opened) widest.value = { signal: opened, unit: widestUnit(now) }
    },
    { flush: 'sync' },
  )
  const unit = computed({
    get: () => Math.min(inspection.unit ?? widest.value.unit, Math.max(0, (heatmap.value?.units ?? 1) - 1)),
    set: (next) => (inspection.unit = next),
  })
  const other = useOtherReading(
    () => ({ run: run(), inspection, textSignals: textSignals.value, unit: unit.value }),
    () => reach.value,
  )
  watch(
    () =>
      other.textSignals.value && textSignals.value
        ? sharedReach(
            { kind: kind.value, hi: textSignals.value.hi },
            { kind: other.kind.value, hi: other.range.value },
          )
        : null,
    (now) => (reach.value = now),
    { flush: 'sync' },
  )
  const [colours, otherColours] = useUnitColours(
    () => inspection.ownRange,
    { textSignals, heatmap, unit },
    other,
  )
  /** Scores of the units of this layer and signal, if the search was at this checkpoint. */
  const scores = computed(() => {
    const ranking = searches.at({ id: run().id, text: inspection.text }, textSignals.value?.step)
    return (ranking ? rankedUnits(ranking) : []).filter(
      (s) => s.layer === textSignals.value?.layer && s.signal === textSignals.value.signal,
    )
  })
  const units = computed(() =>
    heatmap.value ? orderUnits(heatmap.value, inspection.order, scores.value) : [],
  )
  const valueAt = (t: number, u: number): number =>
    textSignals.value?.values[t * textSignals.value.units + u] ?? NaN

  /** Selects the unit `by` rows further in the list. */
  function turn(by: number): void {
    const at = units.value.indexOf(unit.value)
    const next = units.value[(at + by + units.value.length) % Math.max(1, units.value.length)]
    if (next !== undefined) inspection.unit = next
  }
  /** Takes the next order of units; the score only after a search. */
  function sort(): void {
    const orders = unitOrders.filter((one) => one !== 'score' || scores.value.length > 0)
    inspection.order = orders[(orders.indexOf(inspection.order) + 1) % orders.length]!
  }

  watch(
    () => [
      inspection.layer,
      signal.value,
      inspection.step,
      inspection.offset,
      inspection.length,
      inspection.text,
    ],
    () => void read(),
    { immediate: true },
  )

  keepInLink('neurons', run().id, inspection, queryOf, inspectionOf)

  return {
    inspection,
    textSignals,
    failure,
    loading,
    signals,
    signal,
    kind,
    heatmap,
    unit,
    other,
    colours,
    otherColours,
    units,
    scores,
    valueAt,
    read,
    turn,
    sort,
  }
}
