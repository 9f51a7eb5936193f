// Loads the points of thinned curves within a zoomed view, once the zoom has not changed for a moment.
import { onScopeDispose, watch, type Ref } from 'vue'
import type { ChartLine } from './lines.ts'
import { lowerBound, type Columns, type Curve } from './series.ts'

/** Debounce: milliseconds after the last change of the range before its points are requested. */
export const settleMs = 200

interface View {
  visible: Readonly<Ref<readonly ChartLine[]>>
  /** By line key. */
  curves: Readonly<Ref<ReadonlyMap<string, Curve>>>
  /** Range of x of the last drawing. */
  drawn: Readonly<Ref<{ from: number; to: number }>>
  isZoomed: Readonly<Ref<boolean>>
}

/** Calls `ask` for each visible line of a zoomed view with its first and last step in view. */
export function usePointsInView(
  { visible, curves, drawn, isZoomed }: View,
  ask: (line: ChartLine, from: number, to: number) => void,
) {
  /** First and last step of a line in view, extended by one point on each side. */
  function stepsInView(line: ChartLine): [number, number] | null {
    const { x, steps } = curves.value.get(line.key)!
    if (steps.length === 0) return null
    const { from, to } = drawn.value
    return [
      steps[Math.max(0, lowerBound(x, from) - 1)]!,
      steps[Math.min(steps.length - 1, lowerBound(x, to))]!,
    ]
  }

  function askForAll(): void {
    waiting = undefined
    for (const line of visible.value) {
      const steps = stepsInView(line)
      if (steps) ask(line, ...steps)
    }
  }

  let waiting: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(waiting)
    waiting = undefined
  }
  watch(drawn, (now, before) => {
    if (!isZoomed.value) return stop()
    // A running run redraws more often than this interval; only a changed range restarts the wait.
    if (waiting !== undefined && now.from === before.from && now.to === before.to) return
    stop()
    waiting = setTimeout(askForAll, settleMs)
  })
  onScopeDispose(stop)

  /** The visible lines with all points in view; `pointsOf` fetches those of thinned lines. */
  const wholeLines = (
    pointsOf: ((line: ChartLine, from: number, to: number) => Promise<Columns>) | undefined,
  ): Promise<ChartLine[]> =>
    Promise.all(
      visible.value.map(async (line) => {
        const steps = line.columns.counts && pointsOf && stepsInView(line)
        return steps ? { ...line, columns: await pointsOf(line, ...steps) } : line
      }),
    )
  return { wholeLines }
}
