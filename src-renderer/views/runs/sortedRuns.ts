// Sorts the runs of a table by one column (tanstack) and stores the order. Runs whose metrics measure different quantities are kept in
// separate groups.
import type { RunRow } from '@contract/run.ts'
import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/vue-table'
import { computed, type ComputedRef } from 'vue'
import { remembered } from '../../state/remember.ts'
import { columnOf, groupId, measuredIn, runColumns, sortingOf, type RunColumn } from './columns.ts'

const isSorting = (value: unknown): value is SortingState =>
  Array.isArray(value) && value.every((one) => columnOf.has(one?.id) && typeof one.desc === 'boolean')
const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
})
const ranked = runColumns.filter(({ metric }) => metric)
const onlySorts = ['pinned', ...ranked.map(({ id }) => groupId(id))]
const columns: ColumnDef<typeof features, RunRow>[] = [
  { id: 'pinned', accessorFn: (run) => Number(run.pinned), sortFn: 'basic' },
  ...ranked.map((column): ColumnDef<typeof features, RunRow> => ({
    id: groupId(column.id),
    accessorFn: (run) => measuredIn(column, run),
    sortFn: 'basic',
  })),
  ...runColumns.map((column): ColumnDef<typeof features, RunRow> => ({
    id: column.id,
    accessorFn: column.value,
    sortFn: 'basic',
    sortUndefined: 'last',
  })),
]

interface SortedRuns {
  ordered: ComputedRef<RunRow[]>
  /** Visible columns. */
  shown: ComputedRef<RunColumn[]>
  sortBy: (id: string) => void
  sortOf: (id: string) => 'ascending' | 'descending' | 'none'
  opensTask: (index: number) => boolean
}

/** Calls `onSort` after the order was changed. */
export function useSortedRuns(
  rows: () => readonly RunRow[],
  hidden: () => readonly string[],
  onSort: () => void,
): SortedRuns {
  const sorting = remembered<SortingState>('runSorting', [{ id: 'created', desc: true }], isSorting)
  const table = useTable({
    features,
    columns,
    data: computed(() => [...rows()]),
    getRowId: (run: RunRow) => run.id,
    state: computed(() => ({
      sorting: sorting.value.flatMap(({ id, desc }) => sortingOf(id, desc)),
      columnVisibility: Object.fromEntries([...onlySorts, ...hidden()].map((id) => [id, false])),
    })),
  })
  const ordered = computed(() => table.getRowModel().rows.map((row) => row.original))
  const shown = computed(() => table.getVisibleLeafColumns().map((column) => columnOf.get(column.id)!))

  /** Sorts by a column; a second call reverses the order. At first numbers ascend, except those of which the largest comes first. */
  function sortBy(id: string): void {
    const now = sorting.value[0]
    const first = id === 'created' || id === 'speed' || id === 'accuracy'
    sorting.value = [{ id, desc: now?.id === id ? !now.desc : first }]
    onSort()
  }
  const sortOf = (id: string) =>
    sorting.value[0]?.id === id ? (sorting.value[0].desc ? 'descending' : 'ascending') : 'none'

  const sortedBy = computed(() => columnOf.get(sorting.value[0]?.id ?? ''))
  /** Whether a separator precedes a run: its metric does not compare with that of the run above. */
  const opensTask = (index: number): boolean => {
    const [run, before] = [ordered.value[index], ordered.value[index - 1]]
    return !!run && !!before && measuredIn(sortedBy.value, run) !== measuredIn(sortedBy.value, before)
  }

  return { ordered, shown, sortBy, sortOf, opensTask }
}
