// The reading of the second pane: the same text by another run, checkpoint, layer or signal, its heatmap and its unit.
import { widestLayer } from '@contract/shape.ts'
import { kindOfSignal } from '@contract/heat/colouredText.ts'
import type { TextSignals } from '@contract/inspect.ts'
import type { RunRow } from '@contract/run.ts'
import { computed, watch } from 'vue'
import { useCatalog } from '../../state/catalog.ts'
import { useRuns } from '../../state/runs.ts'
import { heatmapOf } from '../../heatmaps/heatmap.ts'
import { lengthsFor, openedSignal, type Inspection } from './inspection.ts'
import { bestMatch, sameSymbols, textOf } from './otherReading.ts'
import { readSignals } from './readSignals.ts'
import { useLatest } from './useLatest.ts'

/** What the first pane shows. */
export interface FirstPane {
  run: RunRow
  inspection: Inspection
  textSignals: TextSignals | null
  unit: number
}

/** `reach`: the colour range that both panes share, null for that of the signal. */
export function useOtherReading(first: () => FirstPane, reach: () => number | null) {
  const runs = useRuns()
  const catalog = useCatalog()
  const other = computed(() => first().inspection.other)
  const run = computed(() => (other.value?.run ? runs.byId(other.value.run) : first().run))
  const signals = computed(() => (run.value ? catalog.signalsOf(run.value) : []))
  const own = () => (run.value && catalog.cell(run.value.config.model.cell)?.signals) ?? []
  const signal = computed(() => {
    const wanted = other.value?.signal || first().textSignals?.signal
    return signals.value.find(({ id }) => id === wanted)?.id ?? openedSignal(own())
  })
  /** The part of the validation text in the same run, else the text itself. */
  const source = () => {
    const { inspection, textSignals } = first()
    if (inspection.text) return { text: inspection.text }
    if (other.value!.run) return { text: textOf(textSignals!) }
    const longest = lengthsFor(widestLayer(run.value!.config.model)).at(-1)!
    return { offset: inspection.offset, length: Math.min(inspection.length, longest) }
  }
  const latest = useLatest(() =>
    readSignals({
      id: run.value!.id,
      layer: other.value!.layer,
      signal: signal.value,
      ...(other.value!.step !== null && { step: other.value!.step }),
      ...source(),
    }),
  )
  watch(
    () => {
      const { inspection, textSignals } = first()
      if (!other.value || !run.value || !textSignals || textSignals.tokens.length === 0) return null
      // Of another run the text is read that the first pane shows, so it waits for it.
      const text = other.value.run
        ? textSignals.tokens
        : [inspection.text, inspection.offset, inspection.length]
      return [run.value.id, other.value.step, other.value.layer, signal.value, text]
    },
    (now, before) => {
      if (!now) latest.answer.value = null
      else if (!before || now.some((value, i) => !isSame(value, before[i]))) void latest.read()
    },
    { immediate: true },
  )
  const textSignals = computed(() => (other.value ? latest.answer.value : null))
  const kind = computed(() => kindOfSignal(signals.value, textSignals.value?.signal ?? ''))
  const range = computed(() => textSignals.value?.hi ?? NaN)
  const heatmap = computed(() => {
    const found = textSignals.value
    const shared = reach()
    return found && heatmapOf(shared === null ? found : { ...found, lo: -shared, hi: shared }, kind.value)
  })
  /** Whether positions mean the same in both panes. */
  const isLinked = computed(() => {
    const mine = first().textSignals
    return textSignals.value !== null && mine !== null && sameSymbols(mine, textSignals.value)
  })
  const match = computed(() => {
    const { textSignals: mine, unit } = first()
    const isOther = other.value?.run || other.value?.layer !== first().inspection.layer
    return isOther && isLinked.value ? bestMatch(mine!, unit, textSignals.value!) : null
  })
  const unit = computed({
    get: () => {
      const chosen = other.value?.unit ?? match.value?.unit ?? first().unit
      return Math.min(chosen, Math.max(0, (heatmap.value?.units ?? 1) - 1))
    },
    set: (next) => {
      if (other.value) other.value.unit = next
    },
  })
  const { failure, loading, read } = latest
  return {
    run,
    signals,
    signal,
    textSignals,
    kind,
    range,
    heatmap,
    isLinked,
    match,
    unit,
    failure,
    loading,
    read,
  }
}

const isSame = (a: unknown, b: unknown): boolean =>
  a === b ||
  (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => one === b[i]))
