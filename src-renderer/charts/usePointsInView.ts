// The points of the lines in view. A page holds long curves thinned; once a zoom stands for a moment, the points of its range are asked for.
import { onScopeDispose, watch, type Ref } from 'vue'
import type { ChartLine } from './lines.ts'
import { lowerBound, type Columns, type Curve } from './series.ts'

/** Milliseconds for which a range must stand before its points are asked for. */
export const settleMs = 200

interface View {
  visible: Readonly<Ref<readonly ChartLine[]>>
  /** By line key. */
  curves: Readonly<Ref<ReadonlyMap<string, Curve>>>
  /** The range of x on the screen; replaced at each drawing. */
  drawn: Readonly<Ref<{ from: number; to: number }>>
  isZoomed: Readonly<Ref<boolean>>
}

/** `ask` is called for each visible line with its first and last step in a zoomed view. */
export function usePointsInView(
  { visible, curves, drawn, isZoomed }: View,
  ask: (line: ChartLine, from: number, to: number) => void,
) {
  /** First and last step of a line in view, with a neighbour on each side. */
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
    // A live run is drawn anew more often than this: only another range begins the wait again.
    if (waiting !== undefined && now.from === before.from && now.to === before.to) return
    stop()
    waiting = setTimeout(askForAll, settleMs)
  })
  onScopeDispose(stop)

  /** The visible lines with all their points in view, which `pointsOf` brings where a line is thinned. */
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
