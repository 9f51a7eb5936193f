// The built-in frames: a disc or a square moves in a straight line and bounces off the edges.
import { writeFrames } from '../../formats/imageText.ts'
import { randomStream } from '../../run/random.ts'

const [count, frames, side] = [400, 20, 16]
const stream = 0x6d6f7665

/** The place at a time of what moves from `start` by `speed` per frame and bounces between `low` and `high`. */
function bounced(start: number, speed: number, time: number, low: number, high: number): number {
  const span = high - low
  const way = (((start - low + speed * time) % (2 * span)) + 2 * span) % (2 * span)
  return low + (way > span ? 2 * span - way : way)
}

/** Gray levels (frames, side, side) of one sequence. */
function sequence(n: number): Uint8Array {
  const chance = randomStream({ seed: [stream, 0], step: n }, stream)
  const isDisc = chance.below(2) === 0
  const radius = 2 + chance.uniform()
  const [low, high] = [radius - 0.5, side - radius - 0.5]
  const place = () => low + (high - low) * chance.uniform()
  const [x, y] = [place(), place()]
  const angle = 2 * Math.PI * chance.uniform()
  const speed = 0.8 + 0.8 * chance.uniform()
  const pixels = new Uint8Array(frames * side * side)
  for (let t = 0; t < frames; t++) {
    const [cx, cy] = [
      bounced(x, speed * Math.cos(angle), t, low, high),
      bounced(y, speed * Math.sin(angle), t, low, high),
    ]
    for (let i = 0; i < side * side; i++) {
      const [dx, dy] = [(i % side) - cx, Math.floor(i / side) - cy]
      const distance = isDisc ? Math.hypot(dx, dy) : Math.max(Math.abs(dx), Math.abs(dy))
      pixels[t * side * side + i] = Math.round(255 * Math.min(1, Math.max(0, 0.5 + radius - distance)))
    }
  }
  return pixels
}

let cached: string | undefined

/** The stored form of 400 sequences of 20 frames of 16 x 16 pixels; drawn once and cached. */
export function movingShapesText(): string {
  cached ??= writeFrames({
    rows: side,
    columns: side,
    sequences: Array.from({ length: count }, (_, n) => sequence(n)),
  })
  return cached
}
