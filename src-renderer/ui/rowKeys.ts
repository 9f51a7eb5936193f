// Keyboard and pointer in a long list of rows of which only a few are drawn: the list has the focus, one row is active
// (aria-activedescendant), so nothing is lost when rows scroll away or move.
import { computed, ref, type Ref } from 'vue'
import { isTyping } from './keys.ts'
import { isShortcut, type shortcuts } from './shortcuts.ts'

export interface RowKeys {
  /** Ids in the order shown. */
  ids: Ref<readonly string[]>
  /** Prefix of the rows' element ids. */
  prefix: string
  scrollTo: (index: number) => void
  /** Rows that fit on the screen, for Page up and down. */
  page: () => number
  open: (id: string) => void
  /** The selected rows; missing = the list has no selection. */
  selection?: {
    has(id: string): boolean
    /** Selects these alone. */
    only(ids: string[]): void
    /** Selects or deselects these and leaves the others. */
    set(ids: string[], on: boolean): void
  }
  /** Other shortcuts of the active row. */
  keys?: readonly (readonly [keyof typeof shortcuts, (id: string) => void])[]
}

/** The part of a list from one member to another, in its order; empty where one is missing. */
export function rangeOf(ids: readonly string[], from: string | null, to: string | null): string[] {
  const [a, b] = [ids.indexOf(from ?? ''), ids.indexOf(to ?? '')]
  return a < 0 || b < 0 ? [] : ids.slice(Math.min(a, b), Math.max(a, b) + 1)
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

  /** Selects everything between the anchor and the active row, and nothing else. */
  function selectRange(): void {
    const range = rangeOf(options.ids.value, anchor, activeId.value)
    if (range.length > 0) options.selection?.only(range)
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
      if (event.shiftKey && options.selection) {
        anchor ??= activeId.value
        activate(to)
        selectRange()
      } else {
        activate(to)
        anchor = activeId.value
      }
    } else if (isShortcut(event, 'selectAll') && options.selection) {
      options.selection.set([...options.ids.value], true)
    } else if (mod) {
      return
    } else if (activeId.value !== null && index.value >= 0) {
      const id = activeId.value
      const own = options.keys?.find(([name]) => isShortcut(event, name))
      if (own) own[1](id)
      else if (isShortcut(event, 'openRun')) options.open(id)
      else if (isShortcut(event, 'selectRun') && options.selection) toggle(id)
      else return
    } else return
    event.preventDefault()
  }

  function toggle(id: string): void {
    options.selection?.set([id], !options.selection.has(id))
    anchor = id
  }

  /** A row was clicked; Shift selects up to it, Ctrl adds or removes it alone. True = the click was a selecting one. */
  function onPick(id: string, event: MouseEvent): boolean {
    const before = activeId.value
    activate(options.ids.value.indexOf(id), false)
    if (event.shiftKey && options.selection) {
      anchor ??= before ?? id
      selectRange()
      return true
    }
    if ((event.ctrlKey || event.metaKey) && options.selection) {
      toggle(id)
      return true
    }
    anchor = id
    return false
  }

  /** The box of a row was clicked: Shift gives all from the last clicked one to here the state that this one takes. */
  function onBox(id: string, event: MouseEvent): void {
    const range = event.shiftKey ? rangeOf(options.ids.value, anchor, id) : []
    activate(options.ids.value.indexOf(id), false)
    if (range.length === 0) return toggle(id)
    options.selection?.set(range, !options.selection.has(id))
    anchor = id
  }

  /** When the list gets the focus without a row: the first one becomes active. */
  const onFocus = () => {
    if (index.value < 0) activate(0)
  }
  return { activeId, index, elementId, activate, onKeydown, onPick, onBox, onFocus }
}
