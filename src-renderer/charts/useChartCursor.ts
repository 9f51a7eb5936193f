// The cursor of a chart: its position, moved by pointer and arrow keys, and the values there.
import { computed, shallowRef, type Ref } from 'vue'
import type { LineChart } from './chartjs.ts'
import { readingsAt, type ChartLine } from './lines.ts'
import { nearestIndex, type Curve } from './series.ts'
import type { Drawn } from './useLineChart.ts'

interface View {
  chart: Readonly<Ref<LineChart | null>>
  visible: Readonly<Ref<readonly ChartLine[]>>
  /** Whole curves by line key. */
  curves: Readonly<Ref<ReadonlyMap<string, Curve>>>
  drawn: Readonly<Ref<Drawn>>
}

export function useChartCursor({ chart, visible, curves, drawn }: View) {
  /** Position of the cursor in pixels of the canvas; y is null when moved by keyboard. */
  const cursor = shallowRef<{ px: number; py: number | null } | null>(null)

  /** The values at the point nearest to the cursor: that point first, the others by vertical distance to it. */
  const readings = computed(() => {
    const [it, at] = [chart.value, cursor.value]
    // `drawn` changes with every drawing, because the scales may have changed.
    if (!it || !at || drawn.value.total === 0) return []
    const [x, y] = [it.scales['x']!, it.scales['y']!]
    const reach = (40 * (x.max - x.min)) / Math.max(1, x.width)
    const placedAt = (where: number) =>
      readingsAt(visible.value, curves.value, where, reach).map((reading) => {
        const shown = Number.isFinite(reading.smooth) ? reading.smooth : y.min
        const py = Math.min(y.bottom, Math.max(y.top, y.getPixelForValue(shown)))
        return { ...reading, px: x.getPixelForValue(reading.x), py }
      })
    const wished = x.getValueForPixel(at.px) ?? 0
    if (at.py === null) return placedAt(wished)
    const nearest = placedAt(wished).sort((a, b) => Math.abs(a.py - at.py!) - Math.abs(b.py - at.py!))[0]
    if (!nearest) return []
    const distance = ({ line, py }: { line: ChartLine; py: number }) =>
      line === nearest.line ? -1 : Math.abs(py - at.py!)
    return placedAt(nearest.x).sort((a, b) => distance(a) - distance(b))
  })

  function onMove(event: PointerEvent): void {
    const area = chart.value?.chartArea
    const inside =
      area && event.offsetX >= area.left - 4 && event.offsetX <= area.right + 4 && event.buttons === 0
    cursor.value = inside ? { px: event.offsetX, py: event.offsetY } : null
  }

  /** Arrow keys move along the points of the first visible line, with Shift in larger strides. */
  function moveByKey(event: KeyboardEvent): void {
    const scale = chart.value?.scales['x']
    const curve = visible.value[0] && curves.value.get(visible.value[0].key)
    if (!scale || !curve || curve.x.length === 0) return
    const now = cursor.value ? nearestIndex(curve.x, scale.getValueForPixel(cursor.value.px) ?? 0) : -1
    const stride = event.shiftKey ? Math.max(1, Math.round(curve.x.length / 20)) : 1
    const [first, last] = [nearestIndex(curve.x, scale.min), nearestIndex(curve.x, scale.max)]
    const wished = {
      ArrowLeft: now < 0 ? last : now - stride,
      ArrowRight: now < 0 ? first : now + stride,
      Home: first,
      End: last,
    }
    const index = Math.min(last, Math.max(first, wished[event.key as keyof typeof wished]))
    cursor.value = { px: scale.getPixelForValue(curve.x[index]!), py: null }
  }

  return { cursor, readings, onMove, moveByKey }
}
