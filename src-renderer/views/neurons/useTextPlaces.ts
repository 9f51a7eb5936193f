// Places of the text on the page: the selected part as a predicate, and going to a position of the text that a card was made of.
import type { TextSignals } from '@contract/inspect.ts'
import type { RunRow } from '@contract/run.ts'
import { computed, nextTick, watch, type Ref } from 'vue'
import type { Inspection } from './inspection.ts'
import { useSelectedSpan } from './useSelectedSpan.ts'

/** What the coloured text offers. */
interface ShownText {
  reveal: (t: number, align?: 'center' | 'auto') => void
  selected: () => [from: number, to: number] | null | undefined
}

export function useTextPlaces(
  run: () => RunRow,
  inspection: Inspection,
  textSignals: Ref<TextSignals | null>,
  shown: () => ShownText | null,
) {
  /** The selected text in positions of the text that is searched; a run on lines searches all its lines, of which the page shows one. */
  const painted = useSelectedSpan(
    () => shown()?.selected(),
    () => textSignals.value,
  )
  const paintedSpan = computed(() => {
    const { text: typed, offset } = inspection
    if (!painted.value || (!typed && run().task.abilities.answers === 'examples')) return undefined
    const from = typed ? 0 : offset
    return `span(${painted.value[0] + from}, ${painted.value[1] - 1 + from})`
  })

  /** Whether the caret is to be scrolled into view when the next part of the text is there. */
  let revealNext = inspection.caret > 0
  const reveal = () => requestAnimationFrame(() => shown()?.reveal(inspection.caret, 'center'))
  watch(textSignals, async (now) => {
    if (!now || !revealNext) return
    revealNext = false
    await nextTick()
    reveal()
  })
  /** Goes to a position of the typed text, the validation text, or its line that begins at `start`. */
  function goTo(position: number, start: number): void {
    const { offset, length, text: typed } = inspection
    const inView =
      typed || (position >= offset && position < offset + (textSignals.value?.tokens.length ?? 0))
    if (!inView) inspection.offset = start > 0 ? start : Math.floor(position / length) * length
    inspection.caret = typed ? position : position - inspection.offset
    if (inView) reveal()
    else revealNext = true
  }
  return { paintedSpan, goTo }
}
