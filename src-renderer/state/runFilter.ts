// The filter of the runs: words that must all occur, and key:value terms. Shared by the list and the table. Lists the selected runs that it
// hides, so that an action on hidden runs asks first.
import type { RunId, RunRow, RunStatus } from '@contract/run.ts'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useRuns } from './runs.ts'

const keyed: Record<string, (run: RunRow, value: string) => boolean> = {
  tag: (run, value) => run.tags.some((tag) => tag.toLowerCase().includes(value)),
  status: (run, value) => run.status.startsWith(value),
  cell: (run, value) => run.config.model.cell.startsWith(value),
  task: (run, value) => run.task.id.includes(value) || run.task.title.toLowerCase().includes(value),
  data: (run, value) => run.task.data.toLowerCase().includes(value),
  id: (run, value) => run.id.startsWith(value),
}
export const filterKeys = Object.keys(keyed)

/** Text of a selection: number of selected runs and of hidden ones among them. */
export const countText = (count: number, what: string, hidden: number): string =>
  `${count.toLocaleString('en')} ${what}${hidden > 0 ? `, ${hidden.toLocaleString('en')} hidden` : ''}`

/** A predicate for a query such as `quiet tag:paper cell:gru`. The empty query matches all. */
export function runMatcher(query: string): (run: RunRow) => boolean {
  const tests = query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const [key, ...rest] = word.split(':')
      const test = rest.length > 0 ? keyed[key!] : undefined
      if (test) return (run: RunRow) => test(run, rest.join(':'))
      return (run: RunRow) =>
        run.name.toLowerCase().includes(word) ||
        run.id.startsWith(word) ||
        run.config.model.cell.includes(word) ||
        run.tags.some((tag) => tag.toLowerCase().includes(word)) ||
        run.task.data.toLowerCase().includes(word)
    })
  return (run) => tests.every((test) => test(run))
}

export const useRunFilter = defineStore('runFilter', () => {
  const text = ref('')
  const status = ref<RunStatus | ''>('')
  const runs = useRuns()
  const active = computed(() => text.value.trim() !== '' || status.value !== '')
  const shows = computed(() => {
    const matches = runMatcher(text.value)
    return (run: RunRow) => (status.value === '' || run.status === status.value) && matches(run)
  })
  const narrow = (rows: readonly RunRow[]): RunRow[] => rows.filter(shows.value)
  /** Selected runs that the filter hides. */
  const hiddenSelected = computed((): RunRow[] =>
    active.value
      ? [...runs.selected].flatMap((id) => runs.byId(id) ?? []).filter((run) => !shows.value(run))
      : [],
  )
  /** "61 selected, 60 hidden". */
  const selectionText = computed(() => countText(runs.selected.size, 'selected', hiddenSelected.value.length))
  const deselectHidden = () => hiddenSelected.value.forEach((run) => runs.select(run.id, false))
  /** The run launched last from this page: first in the list regardless of the filter, until the filter changes. */
  const launched = ref<RunId | null>(null)
  watch([text, status], () => (launched.value = null))
  const visible = computed(() => {
    if (!active.value) return runs.list
    const found = narrow(runs.list)
    const fresh = launched.value ? runs.byId(launched.value) : undefined
    return fresh && fresh.trashedAt === null ? [fresh, ...found.filter((run) => run !== fresh)] : found
  })
  const clear = () => {
    text.value = ''
    status.value = ''
  }
  return {
    text,
    status,
    launched,
    active,
    visible,
    narrow,
    clear,
    hiddenSelected,
    selectionText,
    deselectHidden,
  }
})
