// Keyboard and pointer in a long list of rows of which only a few are drawn: the list has the focus, one row is active
// (aria-activedescendant), so nothing is lost when rows scroll away or move.
import { computed, ref, type Ref } from 'vue'
import { isTyping } from './keys.ts'

export interface RowKeys {
  /** Ids in the order shown. */
  ids: Ref<readonly string[]>
  /** Prefix of the rows' element ids. */
  prefix: string
  scrollTo: (index: number) => void
  /** Rows that fit on the screen, for Page up and down. */
  page: () => number
  open: (id: string) => void
  /** The marked rows; missing = the list has no marks. */
  marked?: { has(id: string): boolean; set(ids: string[]): void; toggle(id: string): void }
  /** Other keys, by event.key: F2, Delete ... True = handled. */
  keys?: Record<string, (id: string) => void>
}

export function useRowKeys(options: RowKeys) {
  const activeId = ref<string | null>(null)
  let anchor: string | null = null
  const index = computed(() => (activeId.value === null ? -1 : options.ids.value.indexOf(activeId.value)))
  const elementId = (id: string) => `${options.prefix}-${id}`

  function activate(at: number, scroll = true): void {
    const ids = options.ids.value
    if (ids.length === 0) return
    const next = Math.min(ids.length - 1, Math.max(0, at))
    activeId.value = ids[next]!
    if (scroll) options.scrollTo(next)
  }

  /** Marks everything between the anchor and the active row. */
  function markRange(): void {
    const ids = options.ids.value
    const from = ids.indexOf(anchor ?? '')
    const to = index.value
    if (from < 0 || to < 0) return
    options.marked?.set(ids.slice(Math.min(from, to), Math.max(from, to) + 1))
  }

  function onKeydown(event: KeyboardEvent): void {
    if (isTyping(event.target) || event.defaultPrevented || event.altKey) return
    const mod = event.ctrlKey || event.metaKey
    const moves: Record<string, number> = {
      ArrowDown: index.value + 1, ArrowUp: index.value < 0 ? 0 : index.value - 1, Home: 0, End: Infinity,
      PageDown: index.value + options.page(), PageUp: index.value - options.page(),
    } // prettier-ignore
    const to = moves[event.key]
    if (to !== undefined && !mod) {
      if (event.shiftKey && options.marked) {
        anchor ??= activeId.value
        activate(to)
        markRange()
      } else {
        activate(to)
        anchor = activeId.value
      }
    } else if (mod && event.key.toLowerCase() === 'a' && options.marked) {
      options.marked.set([...options.ids.value])
    } else if (mod) {
      return
    } else if (activeId.value !== null && index.value >= 0) {
      const id = activeId.value
      if (event.key === 'Enter') options.open(id)
      else if (event.key === ' ' && options.marked) {
        options.marked.toggle(id)
        anchor = id
      } else if (options.keys?.[event.key]) options.keys[event.key]!(id)
      else return
    } else return
    event.preventDefault()
  }

  /** A row was clicked; Shift marks up to it, Ctrl marks it alone. True = the click was a marking one. */
  function onPick(id: string, event: MouseEvent): boolean {
    const before = activeId.value
    activate(options.ids.value.indexOf(id), false)
    if (event.shiftKey && options.marked) {
      anchor ??= before ?? id
      markRange()
      return true
    }
    anchor = id
    if ((event.ctrlKey || event.metaKey) && options.marked) {
      options.marked.toggle(id)
      return true
    }
    return false
  }

  /** When the list gets the focus without a row: the first one becomes active. */
  const onFocus = () => {
    if (index.value < 0) activate(0)
  }
  return { activeId, index, elementId, activate, onKeydown, onPick, onFocus }
}
