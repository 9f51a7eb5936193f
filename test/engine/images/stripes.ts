// How well a black and white picture fits a picture of stripes: the best share of right pixels among stripes of all angles, widths
// and phases of a fine grid. Noise fits some stripes too, so its best share is what chance gives.

/** Share of pixels, 0.5..1; `pixels` row by row, 0 or 1. */
export function stripeFit(pixels: ArrayLike<number>, size: number): number {
  let best = 0
  for (let a = 0; a < 24; a++) {
    const [cos, sin] = [Math.cos((Math.PI * a) / 24), Math.sin((Math.PI * a) / 24)]
    for (let period = 4; period <= Math.max(5, size / 2); period += 0.5) {
      for (let p = 0; p < 8; p++) {
        const phase = (2 * Math.PI * p) / 8
        let right = 0
        for (let i = 0; i < pixels.length; i++) {
          const along = cos * (i % size) + sin * Math.floor(i / size)
          const light = Math.sin((2 * Math.PI * along) / period + phase) >= 0 ? 1 : 0
          if (light === pixels[i]) right++
        }
        best = Math.max(best, right / pixels.length)
      }
    }
  }
  return best
}
