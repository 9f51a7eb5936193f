// The colours of the unit in each pane. In a range of its own both panes share one range, so that colours mean the same in both.
import { jointRange, unitRange, valuesOf } from '@contract/heat/unitRange.ts'
import type { TextSignals } from '@contract/inspect.ts'
import { computed, type ComputedRef, type Ref } from 'vue'
import type { Heatmap } from '../../heatmaps/heatmap.ts'
import { coloursIn, sharedColours, type UnitColours } from '../../heatmaps/unitColours.ts'

interface Pane {
  textSignals: Readonly<Ref<TextSignals | null>>
  heatmap: Readonly<Ref<Heatmap | null>>
  unit: Readonly<Ref<number>>
}
/** null where nothing is read. */
type Colours = ComputedRef<UnitColours | null>

/** `isOwn`: whether each unit is coloured in its own range. The colours of the first and of the second pane. */
export function useUnitColours(
  isOwn: () => boolean,
  first: Pane,
  second: Pane,
): [first: Colours, second: Colours] {
  const own = [first, second].map(({ textSignals, heatmap, unit }) =>
    computed(() => {
      if (!isOwn() || !textSignals.value || !heatmap.value) return null
      const { kind } = heatmap.value
      const column = valuesOf(textSignals.value, unit.value)
      return { kind, column, ...unitRange(column, kind) }
    }),
  )
  const coloursOf = ({ heatmap, unit }: Pane, pane: number): Colours =>
    computed(() => {
      const mine = own[pane]!.value
      if (!mine) return heatmap.value && sharedColours(heatmap.value, unit.value)
      const comparable = own.flatMap(({ value }) => (value?.kind === mine.kind ? [value] : []))
      return coloursIn(mine.column, mine.kind, jointRange(comparable))
    })
  return [coloursOf(first, 0), coloursOf(second, 1)]
}
