// Which axes a drag over a chart zooms: a nearly horizontal drag x only, a nearly vertical one y only, else both.

export type DragAxes = 'x' | 'y' | 'xy'

/** Tolerance of a drag along one axis: pixels across it, or a fraction of its length. */
const strayPixels = 20
const strayShare = 1 / 8

const strays = (across: number, along: number): boolean =>
  across < Math.max(strayPixels, along * strayShare) && across < along * 0.6

/** Axes of a drag by dx and dy pixels. */
export function axesOfDrag(dx: number, dy: number): DragAxes {
  const [width, height] = [Math.abs(dx), Math.abs(dy)]
  if (strays(height, width)) return 'x'
  return strays(width, height) ? 'y' : 'xy'
}

/** Tracks drags over `element`; `axes()` gives the axes of the current drag, 'xy' without one. */
export function watchDrag(element: HTMLElement): { axes: () => DragAxes; stop: () => void } {
  let start: MouseEvent | null = null
  let now: MouseEvent | null = null
  const begin = (event: MouseEvent) => (start = now = event)
  const move = (event: MouseEvent) => {
    if (start) now = event
  }
  /** Resets the drag after the zoom plugin has handled the same event. */
  const end = (event: MouseEvent) => {
    move(event)
    setTimeout(() => (start = now = null))
  }
  element.addEventListener('mousedown', begin)
  window.addEventListener('mousemove', move, true)
  window.addEventListener('mouseup', end, true)
  return {
    axes: () => (start && now ? axesOfDrag(now.clientX - start.clientX, now.clientY - start.clientY) : 'xy'),
    stop() {
      element.removeEventListener('mousedown', begin)
      window.removeEventListener('mousemove', move, true)
      window.removeEventListener('mouseup', end, true)
    },
  }
}
