// Draws points as small squares straight into the pixels of a canvas: 20,000 of them take one or two milliseconds. Pure.
import type { View } from './cloudView.ts'

export interface PixelBox {
  /** One number per pixel, row by row. */
  pixels: Uint32Array
  width: number
  height: number
}

/** A colour as a pixel of ImageData on a little-endian machine. */
export const pixelOf = ([red, green, blue]: readonly [number, number, number]): number =>
  ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0

/**
 * Paints N points with centres at `view`, whose scale and places are in units of 1 / `ratio` pixels, as squares of 2 * half + 1 pixels; later
 * points lie over earlier ones.
 */
export function paintPoints(
  { pixels, width, height }: PixelBox,
  { x, y }: { x: ArrayLike<number>; y: ArrayLike<number> },
  view: View,
  { ratio, half, colours }: { ratio: number; half: number; colours: Uint32Array },
): void {
  const scale = view.scale * ratio
  for (let p = 0; p < x.length; p++) {
    const column = Math.round((x[p]! - view.x) * scale)
    const row = Math.round((view.y - y[p]!) * scale)
    const [left, right] = [Math.max(0, column - half), Math.min(width - 1, column + half)]
    const [top, bottom] = [Math.max(0, row - half), Math.min(height - 1, row + half)]
    if (left > right) continue
    const colour = colours[p]!
    for (let r = top; r <= bottom; r++)
      for (let at = r * width + left, end = r * width + right; at <= end; at++) pixels[at] = colour
  }
}
