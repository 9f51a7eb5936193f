// Which axes a drag over a chart zooms: a flat one x alone, a steep one y alone, so that an unsteady hand does not cut a strip without points.

export type DragAxes = 'x' | 'y' | 'xy'

/** Pixels across its direction that a drag may stray, or this share of its length, and still mean one axis. */
const strayPixels = 20
const strayShare = 1 / 8

const strays = (across: number, along: number): boolean =>
  across < Math.max(strayPixels, along * strayShare) && across < along * 0.6

/** Axes meant by a drag of so many pixels. */
export function axesOfDrag(dx: number, dy: number): DragAxes {
  const [width, height] = [Math.abs(dx), Math.abs(dy)]
  if (strays(height, width)) return 'x'
  return strays(width, height) ? 'y' : 'xy'
}

/** Follows the pointer over `element`; `axes` says what the drag in hand means, 'xy' without one. */
export function watchDrag(element: HTMLElement): { axes: () => DragAxes; stop: () => void } {
  let start: MouseEvent | null = null
  let now: MouseEvent | null = null
  const begin = (event: MouseEvent) => (start = now = event)
  const move = (event: MouseEvent) => {
    if (start) now = event
  }
  /** After the zoom, which hears the same event later. */
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
