// The neurons view's state: the look (kept in the link), the grid it shows, and the cells made of it. Old answers never replace newer ones.
import { widestLayer } from '@contract/shape.ts'
import type { TextSignals } from '@contract/inspect.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { RunRow } from '@contract/run.ts'
import { computed, onScopeDispose, reactive, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useCatalog } from '../../state/catalog.ts'
import { useClient } from '../../state/connection.ts'
import { useUnitSearches } from '../../state/unitSearches.ts'
import type { Kind } from '../../heatmaps/colormap.ts'
import { orderUnits, rowOf, wrangle, type UnitOrder } from '../../heatmaps/wrangle.ts'
import { lengthsFor, lookOf, ownText, queryOf, type Look } from './look.ts'

/** The link follows this long after the last change: browsers refuse hundreds of changes a minute. */
const linkDelay = 300

export function useLook(run: () => RunRow) {
  const route = useRoute()
  const router = useRouter()
  const catalog = useCatalog()
  const searches = useUnitSearches()
  const look = reactive<Look>(lookOf(route.query))
  look.text ||= ownText(run().config.data)
  const grid = shallowRef<TextSignals | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)
  const loading = shallowRef(false)
  const order = shallowRef<UnitOrder>('number')

  const signals = computed(() => catalog.cell(run().config.model.cell)?.signals ?? [])
  const signal = computed(() => look.signal || signals.value[0]?.id || 'h')
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

  let asked = 0
  async function read(): Promise<void> {
    const mine = ++asked
    loading.value = true
    failure.value = null
    const choices = lengthsFor(widestLayer(run().config.model))
    const source = look.text
      ? { text: look.text }
      : { offset: look.offset, length: Math.min(look.length, choices.at(-1)!) }
    try {
      const found = await useClient().call('inspect.grid', {
        id: run().id,
        layer: look.layer,
        signal: signal.value,
        ...(look.step !== null && { step: look.step }),
        ...source,
      })
      if (mine !== asked) return
      grid.value = found
      look.caret = Math.min(look.caret, Math.max(0, found.tokens.length - 1))
    } catch (thrown) {
      if (mine !== asked) return
      failure.value = toErrorValue(thrown)
      grid.value = null
    }
    loading.value = false
  }

  /** The unit `by` places further in the list. */
  function turn(by: number): void {
    const at = units.value.indexOf(unit.value)
    const next = units.value[(at + by + units.value.length) % Math.max(1, units.value.length)]
    if (next !== undefined) look.unit = next
  }

  watch(() => [look.layer, signal.value, look.step, look.offset, look.length, look.text], () => void read(), { immediate: true }) // prettier-ignore

  let timer: ReturnType<typeof setTimeout> | undefined
  let written = JSON.stringify(queryOf(look))
  watch(look, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (route.name !== 'neurons' || route.params['id'] !== run().id) return
      const query = queryOf(look)
      written = JSON.stringify(query)
      void router.replace({ name: 'neurons', params: { id: run().id }, query })
    }, linkDelay)
  })
  // A link followed within the view, or Back: the look follows, unless the change was its own.
  watch(
    () => route.query,
    (query) => {
      if (route.name !== 'neurons' || route.params['id'] !== run().id) return
      const found = lookOf(query)
      if (JSON.stringify(queryOf(found)) === written) return
      Object.assign(look, found)
    },
  )
  onScopeDispose(() => clearTimeout(timer))

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
