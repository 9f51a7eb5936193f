// The neurons view's state: the look (kept in the link), the grid it shows, and the cells made of it.
import { widestLayer } from '@contract/shape.ts'
import type { RunRow } from '@contract/run.ts'
import { computed, reactive, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { useCatalog } from '../../state/catalog.ts'
import { useClient } from '../../state/connection.ts'
import { useUnitSearches } from '../../state/unitSearches.ts'
import type { Kind } from '../../heatmaps/colormap.ts'
import { orderUnits, rowOf, wrangle, type UnitOrder } from '../../heatmaps/wrangle.ts'
import { keepInLink } from '../run/keepInLink.ts'
import { lengthsFor, lookOf, queryOf, type Look } from './look.ts'
import { useLatest } from './useLatest.ts'

export function useLook(run: () => RunRow) {
  const route = useRoute()
  const catalog = useCatalog()
  const searches = useUnitSearches()
  const look = reactive<Look>(lookOf(route.query))
  look.text ||= run().task.exampleInput
  const order = shallowRef<UnitOrder>('number')

  const signals = computed(() => catalog.cell(run().config.model.cell)?.signals ?? [])
  const signal = computed(() => look.signal || signals.value[0]?.id || 'h')
  const {
    answer: grid,
    failure,
    loading,
    read,
  } = useLatest(() => {
    const choices = lengthsFor(widestLayer(run().config.model))
    const source = look.text
      ? { text: look.text }
      : { offset: look.offset, length: Math.min(look.length, choices.at(-1)!) }
    return useClient().call('inspect.grid', {
      id: run().id,
      layer: look.layer,
      signal: signal.value,
      ...(look.step !== null && { step: look.step }),
      ...source,
    })
  })
  watch(grid, (found) => {
    if (found) look.caret = Math.min(look.caret, Math.max(0, found.tokens.length - 1))
  }, { flush: 'sync' }) // prettier-ignore
  const kind = computed<Kind>(
    () => signals.value.find((one) => one.id === grid.value?.signal)?.kind ?? 'free',
  )
  const cells = computed(() => (grid.value ? wrangle(grid.value, kind.value) : null))
  const unit = computed(() => Math.min(look.unit, Math.max(0, (cells.value?.units ?? 1) - 1)))
  const row = computed(() => (cells.value ? rowOf(cells.value, unit.value) : new Uint8Array()))
  /** Those of the search at the checkpoint that is shown. */
  const scores = computed(() =>
    (searches.at({ id: run().id, text: look.text }, grid.value?.step)?.scores ?? []).filter(
      (s) => s.layer === grid.value?.layer && s.signal === grid.value.signal,
    ),
  )
  const units = computed(() => (cells.value ? orderUnits(cells.value, order.value, scores.value) : []))
  const valueAt = (t: number, u: number): number => grid.value?.values[t * grid.value.units + u] ?? NaN

  /** The unit `by` places further in the list. */
  function turn(by: number): void {
    const at = units.value.indexOf(unit.value)
    const next = units.value[(at + by + units.value.length) % Math.max(1, units.value.length)]
    if (next !== undefined) look.unit = next
  }

  watch(() => [look.layer, signal.value, look.step, look.offset, look.length, look.text], () => void read(), { immediate: true }) // prettier-ignore

  keepInLink('neurons', run().id, look, queryOf, lookOf)

  return {
    look,
    grid,
    failure,
    loading,
    order,
    signals,
    signal,
    kind,
    cells,
    unit,
    row,
    units,
    scores,
    valueAt,
    read,
    turn,
  }
}
