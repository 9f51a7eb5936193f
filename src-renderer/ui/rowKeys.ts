// Keyboard and pointer of a virtual list of rows: the list has the focus and one row is active (aria-activedescendant), so that the
// active row survives scrolling and sorting.
import { computed, ref, type Ref } from 'vue'
import { isTyping } from './keys.ts'
import { isShortcut, type shortcuts } from './shortcuts.ts'

export interface RowKeys {
  /** Ids in display order. */
  ids: Ref<readonly string[]>
  /** Prefix of the element ids of the rows. */
  prefix: string
  scrollTo: (index: number) => void
  /** Rows per page, for Page up and down. */
  page: () => number
  open: (id: string) => void
  /** Selection; undefined = the list has none. */
  selection?: {
    has(id: string): boolean
    /** Selects exactly these. */
    only(ids: string[]): void
    /** Selects or deselects these, the others stay as they are. */
    set(ids: string[], on: boolean): void
  }
  /** Further shortcuts of the active row. */
  keys?: readonly (readonly [keyof typeof shortcuts, (id: string) => void])[]
}

/** The sublist from one member to another in list order; empty if one is missing. */
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

  /** Selects exactly the rows from the anchor to the active row. */
  function selectRange(): void {
    const range = rangeOf(options.ids.value, anchor, activeId.value)
    if (range.length > 0) options.selection?.only(range)
  }

  function onKeydown(event: KeyboardEvent): void {
    if (isTyping(event.target) || event.defaultPrevented || event.altKey) return
    const mod = event.ctrlKey || event.metaKey
    const moves: Record<string, number> = {
      ArrowDown: index.value + 1,
      ArrowUp: index.value < 0 ? 0 : index.value - 1,
      Home: 0,
      End: Infinity,
      PageDown: index.value + options.page(),
      PageUp: index.value - options.page(),
    }
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

  /** Handles a click on a row: Shift selects up to it, Ctrl toggles it. Returns whether the click changed the selection. */
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

  /** Handles a click on the checkbox of a row: with Shift all rows from the last clicked one take its new state. */
  function onBox(id: string, event: MouseEvent): void {
    const range = event.shiftKey ? rangeOf(options.ids.value, anchor, id) : []
    activate(options.ids.value.indexOf(id), false)
    if (range.length === 0) return toggle(id)
    options.selection?.set(range, !options.selection.has(id))
    anchor = id
  }

  /** Activates the first row when the list gets the focus without an active row. */
  const onFocus = () => {
    if (index.value < 0) activate(0)
  }
  return { activeId, index, elementId, activate, onKeydown, onPick, onBox, onFocus }
}
