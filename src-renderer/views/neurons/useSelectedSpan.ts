// The symbols that were selected last in the coloured text, kept when the focus goes elsewhere, until another part of the text is shown.
import { onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue'

/** `selected`: the symbols from .. to (exclusive) that are selected now; `shown`: what is shown. */
export function useSelectedSpan(
  selected: () => [from: number, to: number] | null | undefined,
  shown: () => unknown,
): ShallowRef<[from: number, to: number] | null> {
  const span = shallowRef<[number, number] | null>(null)
  const look = () => {
    const now = selected()
    if (now && now[1] > now[0]) span.value = now
  }
  onMounted(() => document.addEventListener('selectionchange', look))
  onBeforeUnmount(() => document.removeEventListener('selectionchange', look))
  watch(shown, () => (span.value = null))
  return span
}
